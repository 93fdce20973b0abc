//! K6: the environments of the Active key are locked.
//!
//! From the commit on nobody reads or writes them, on any server: an environment of a ring whose lock runs is
//! Locking by what the ring says, however many there are, and its ring key is under a key that is gone. A job
//! marks them one by one afterwards.

use super::{approve, hex, key_file::read_file, not_confirmed};
use crate::{
    Act, Caller, Portal, ServiceError, ServiceResult, Target, jobs, kill_point, mails::Notice, risk,
};
use domain::{
    Code, KeyId, OperationId, Refusal, RingId, actions::Action, approvals::Change, events::Event,
    keys::KeyState, operations::OperationKind, policy, rings::RingFacts,
};
use std::time::Duration;
use store::{keys::Key, rings::Ring};
use vault::{Kek, Password};

/// What the lock panel's form says.
pub struct Lock {
    /// The Active key's file: the proof that whoever locks can unlock (PP-110, PP-111, X-15).
    pub file: Vec<u8>,
    pub password: Password,
    /// PP-112.
    pub typed_text: String,
    pub confirmed: bool,
    /// For API tokens: the request itself acknowledges the risk.
    pub risk_acknowledged: bool,
}

/// K6: locks every self-managed environment of the key's region (PP-097…PP-113, X-02).
///
/// # Errors
/// `LOCK_COOLDOWN`, `ENV_BUSY` and the other refusals of [`policy::lock_environments`]; `LOCK_TEXT_MISMATCH`;
/// the refusals of a key file; `LOCK_KEY_MISMATCH`. A wrong file, password or text is mailed to everyone.
pub async fn lock(portal: &Portal, caller: &Caller, id: KeyId, form: Lock) -> ServiceResult<OperationId> {
    let Lock { file, password, typed_text, confirmed, risk_acknowledged } = form;
    // Before any work: a refused lock must not cost RSA checks.
    portal
        .check(caller, Action::KeyLock, Target::Key(id), |act| {
            Box::pin(async move {
                risk::require(act, risk_acknowledged).await?;
                let (ring, key) = (act.ring()?, act.key()?);
                let facts = store::rings::facts(&act.tx, RingId(ring.id)).await?;
                policy::lock_environments(&facts, key.state, act.now)?;
                Ok(policy::approved(&facts, Change::Lock, key.id, approve::bound(&act.caller), act.now)?)
            })
        })
        .await?;
    let kek = read_file(portal, caller, file, password).await;
    let outcome = portal
        .act(caller, Action::KeyLock, Target::Key(id), move |act| {
            Box::pin(async move {
                risk::require(act, risk_acknowledged).await?;
                // It locks several keys, and a rotation of the root key locks them all: one after the other.
                act.portal.keyring().roots().hold(&act.tx).await?;
                // First of the ring: whoever writes under the ring has committed by now, or will find it locked.
                let ring = store::rings::lock_out(&act.tx, RingId(act.ring()?.id)).await?;
                let key = store::keys::lock(&act.tx, id).await?.ok_or_else(|| Refusal::not_found("key"))?;
                act.record("key", key.name.as_str());
                let facts = store::rings::facts(&act.tx, RingId(ring.id)).await?;
                policy::lock_environments(&facts, key.state, act.now)?;
                policy::approved(&facts, Change::Lock, key.id, approve::bound(&act.caller), act.now)?;
                if let Err(refusal) = prove(&facts, &key, kek, &typed_text)? {
                    tell_refused(act, Event::LockRefused, (&ring, &key), &refusal).await?;
                    return Ok(Err(refusal));
                }
                if !confirmed {
                    return Err(not_confirmed("that all environments of the region go offline").into());
                }
                approve::use_up(act, &facts, Change::Lock, &key).await?;
                start(act, &ring, &key).await.map(Ok)
            })
        })
        .await?;
    kill_point("lock.started");
    let forgotten = portal.keyring().forget_unusable(portal.db().read()).await;
    if let Err(error) = forgotten {
        tracing::error!(%error, "a locked key stays in memory until the lock's operation has run");
    }
    Ok(outcome?)
}

/// The file holds the Active key, and the text was typed.
fn prove(
    facts: &RingFacts,
    key: &Key,
    kek: ServiceResult<Kek>,
    typed_text: &str,
) -> ServiceResult<Result<(), Refusal>> {
    if let Err(refusal) = policy::lock_text(facts, typed_text) {
        return Ok(Err(refusal));
    }
    same_key(key, kek, Code::LockKeyMismatch)
}

/// Whether the file that was read holds this key. Fingerprints are public: both are told.
pub(super) fn same_key(key: &Key, kek: ServiceResult<Kek>, code: Code) -> ServiceResult<Result<(), Refusal>> {
    match kek {
        Ok(kek) if *kek.fingerprint().as_bytes() == key.fingerprint => Ok(Ok(())),
        Ok(kek) => {
            let text = format!(
                "This file holds another key. Expected the fingerprint {}, found {}.",
                hex(&key.fingerprint),
                hex(kek.fingerprint().as_bytes())
            );
            Ok(Err(Refusal::field(code, "file", text)))
        }
        Err(ServiceError::Refused(refusal)) => Ok(Err(*refusal)),
        Err(error) => Err(error),
    }
}

/// So often at most are administrators mailed about attempts of one kind.
const ATTEMPTS_MAILED_EVERY: Duration = Duration::from_secs(600);

/// a failed attempt to lock or unlock is told to every administrator, unless one was just before.
pub(super) async fn tell_refused(
    act: &mut Act,
    event: Event,
    (ring, key): (&Ring, &Key),
    refusal: &Refusal,
) -> ServiceResult<()> {
    act.refuses(refusal);
    let since = act.now - ATTEMPTS_MAILED_EVERY;
    if store::messages::any_since(&act.tx, act.caller.tenant(), event, since).await? {
        return Ok(());
    }
    let mut notice = Notice::of_key(event, ring, key, None);
    notice.error = Some(refusal.detail.clone());
    act.notify(notice).await
}

/// K6: the material of the Active and of every Available key is gone, sessions and jobs end, the job that
/// marks the environments is queued, everybody is told.
async fn start(act: &mut Act, ring: &Ring, key: &Key) -> ServiceResult<OperationId> {
    let ring_id = RingId(ring.id);
    let state = key.state.lock(act.now)?;
    store::keys::destroy(&act.tx, key.id, state, None).await?;
    act.record("before", key.state.as_str());
    act.record("after", state.as_str());
    let mut gone = Vec::new();
    for other in store::keys::available(&act.tx, ring_id).await? {
        bury(act, &other).await?;
        gone.push(other.name);
    }
    act.record("deleted_keys", gone.clone());
    store::rings::set_locking(&act.tx, ring_id, act.now).await?;
    let why = "The environment was locked.";
    let stopped = store::operations::stop_data_jobs(&act.tx, ring_id, why, act.now).await?;
    // Those of other rings are not held here: the sweep releases them, a moment later.
    store::environments::release_replaced(&act.tx, Some(ring_id)).await?;
    store::backups::destroy_broken_off(&act.tx).await?;
    let sessions = store::sessions::delete_of_ring(&act.tx, ring_id).await?;
    act.record("stopped_operations", stopped);
    act.record("ended_sessions", sessions);
    let affected = super::affected(&act.tx, ring).await?;
    act.record("environments", affected);
    let mut notice = Notice::of_key(Event::KeyLocked, ring, key, None);
    notice.affected = Some(affected);
    notice.locked_at = Some(act.now);
    notice.deleted_keys = gone;
    act.notify(notice).await?;
    let operation =
        jobs::queue(act, OperationKind::KeyLock, ring_id, jobs::On::Key(key.id), affected).await?;
    store::operations::set_keys(&act.tx, operation, (&key.name, &key.name)).await?;
    Ok(operation)
}

/// An Available key becomes a tombstone: no material, no file, no ring key (PP-107, X-12).
async fn bury(act: &Act, key: &Key) -> ServiceResult<()> {
    let state: KeyState = key.state.destroyed(act.now)?;
    store::keys::destroy(&act.tx, key.id, state, None).await?;
    store::key_files::delete(&act.tx, key.id).await?;
    Ok(store::ring_keys::delete_under(&act.tx, key.id).await?)
}
