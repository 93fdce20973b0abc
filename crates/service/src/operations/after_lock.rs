//! What is left to do when a lock has ended.

use crate::{Caller, Portal, ServiceResult, act::decide, root_key};
use domain::{
    KeyId, Timestamp,
    actions::Action,
    keys::KeyState,
    operations::{OperationKind, OperationState},
    policy::{self, Decision},
    rings::NO_UNLOCK_AFTER_LOCK,
};
use store::operations::Operation;

/// The way back from a lock, and what became of the root key.
pub struct AfterLock {
    pub key: KeyId,
    /// T1: from when the key's file may come back (PP-106).
    pub unlock_from: Timestamp,
    /// Whether it may now; `None` when the key is back.
    pub unlock: Option<Decision>,
    pub root_key: AfterLockRootKey,
}

/// What became of the root key: a backup from before the lock opens with the one of then.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AfterLockRootKey {
    /// The portal has written a new one into its own file, of which there is no copy yet.
    Replaced,
    /// Who hands it in has replaced it.
    ReplacedOutside,
    /// It is the one of before the lock.
    Same,
}

/// Of a lock that has ended, as long as it is the region's latest; `operation` came from [`super::get`].
///
/// # Errors
/// `Internal` when the database does not answer.
pub async fn after_lock(
    portal: &Portal,
    caller: &Caller,
    operation: &Operation,
) -> ServiceResult<Option<AfterLock>> {
    let done = operation.kind == OperationKind::KeyLock && operation.state == OperationState::Succeeded;
    let Some(id) = operation.key_id.filter(|_| done) else { return Ok(None) };
    let db = &portal.db().snapshot().await?;
    let facts = store::rings::facts(db, operation.ring_id).await?;
    let Some(key) = store::keys::get(db, id).await? else { return Ok(None) };
    let Some(began) = facts.lock_started_at.filter(|at| *at == operation.created_at) else { return Ok(None) };
    let locked = matches!(key.state, KeyState::Locked { .. });
    let unlock = || {
        decide(caller, Action::KeyUnlock, None)
            .and_then(|()| policy::unlock_key(&facts, key.state, portal.clock().now()))
    };
    let due = root_key::due_since(db, Some(began)).await?.is_some();
    Ok(Some(AfterLock {
        key: id,
        unlock_from: began + NO_UNLOCK_AFTER_LOCK,
        unlock: locked.then(unlock),
        root_key: match (due, portal.keyring().roots().file().is_own()) {
            (true, _) => AfterLockRootKey::Same,
            (false, true) => AfterLockRootKey::Replaced,
            (false, false) => AfterLockRootKey::ReplacedOutside,
        },
    }))
}
