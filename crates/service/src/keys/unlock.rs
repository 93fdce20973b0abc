//! K8: the file of a locked key comes back (PP-114…PP-123, X-13).

use super::{
    key_file::read_file,
    lock::{same_key, tell_refused},
};
use crate::{Caller, Portal, ServiceResult, Target, jobs, mails::Notice, risk};
use domain::{
    Code, KeyId, OperationId, Refusal, RingId, actions::Action, events::Event, operations::OperationKind,
    policy,
};
use vault::Password;

/// What the unlock panel's form says.
pub struct Unlock {
    /// The file of the key that locked the environments.
    pub file: Vec<u8>,
    pub password: Password,
    /// For API tokens: the request itself acknowledges the risk.
    pub risk_acknowledged: bool,
}

/// K8: brings a locked key back by its own file; a job installs it. Environments stay locked (PP-115).
///
/// # Errors
/// `UNLOCK_TOO_EARLY`, `KEY_NOT_LOCKED`; the refusals of a key file; `UNLOCK_KEY_MISMATCH`.
pub async fn unlock(portal: &Portal, caller: &Caller, id: KeyId, form: Unlock) -> ServiceResult<OperationId> {
    let Unlock { file, password, risk_acknowledged } = form;
    portal
        .check(caller, Action::KeyUnlock, Target::Key(id), |act| {
            Box::pin(async move {
                risk::require(act, risk_acknowledged).await?;
                let (ring, key) = (act.ring()?, act.key()?);
                let facts = store::rings::facts(&act.tx, RingId(ring.id)).await?;
                Ok(policy::unlock_key(&facts, key.state, act.now)?)
            })
        })
        .await?;
    let kek = read_file(portal, caller, file, password).await;
    let outcome = portal
        .act(caller, Action::KeyUnlock, Target::Key(id), move |act| {
            Box::pin(async move {
                risk::require(act, risk_acknowledged).await?;
                let root = act.portal.keyring().roots().hold(&act.tx).await?;
                let ring = store::rings::lock(&act.tx, RingId(act.ring()?.id)).await?;
                let ring_id = RingId(ring.id);
                let key = store::keys::lock(&act.tx, id).await?.ok_or_else(|| Refusal::not_found("key"))?;
                act.record("key", key.name.as_str());
                let facts = store::rings::facts(&act.tx, ring_id).await?;
                policy::unlock_key(&facts, key.state, act.now)?;
                let material = kek.as_ref().ok().map(|kek| root.seal_protection_key(kek, ring_id, id));
                if let Err(refusal) = same_key(&key, kek, Code::UnlockKeyMismatch)? {
                    tell_refused(act, Event::UnlockRefused, (&ring, &key), &refusal).await?;
                    return Ok(Err(refusal));
                }
                let material = material.ok_or_else(|| anyhow::anyhow!("a key that was read is not here"))?;
                let state = key.state.unlock(act.now)?;
                store::keys::restore(&act.tx, id, state, material).await?;
                act.record("before", key.state.as_str());
                act.record("after", state.as_str());
                act.notify(Notice::of_key(Event::KeyUnlocking, &ring, &key, None)).await?;
                let operation =
                    jobs::queue(act, OperationKind::KeyUnlock, ring_id, jobs::On::Key(id), 1).await?;
                store::operations::set_keys(&act.tx, operation, (&key.name, &key.name)).await?;
                Ok(Ok(operation))
            })
        })
        .await?;
    Ok(outcome?)
}
