//! K9, K10: a locked key whose file is back becomes Active, or Locked again with the reason.

use super::Job;
use crate::{Act, ServiceResult, Target, kill_point, mails::Notice};
use domain::{KeyId, RingId, RingKeyId, Timestamp, actions::Action, events::Event};
use std::sync::Arc;
use store::{keys::Key, operations::Operation, ring_keys::WrappedBy};
use vault::RingKey;

pub(super) async fn run(job: &mut Job) -> ServiceResult<()> {
    let id = key_id(job)?;
    job.enter(0);
    match open(job, id).await {
        Ok((ring_key, opened)) => activate(job, id, ring_key, opened).await,
        Err(error) => match error.key_trouble() {
            Some(why) => fail(job, id, &why).await,
            None => Err(error),
        },
    }
}

/// As K10: Locked again, its material destroyed.
pub(super) async fn give_up(job: &mut Job, why: &str) -> ServiceResult<()> {
    let id = key_id(job)?;
    fail(job, id, why).await
}

fn key_id(job: &Job) -> ServiceResult<KeyId> {
    Ok(job.operation.key_id.ok_or_else(|| anyhow::anyhow!("unlock without a key"))?)
}

/// The ring key that wrapped everything when it was locked, opened by the key that is back.
async fn open(job: &mut Job, id: KeyId) -> ServiceResult<(RingKeyId, Arc<RingKey>)> {
    let tx = job.portal.db().begin().await?;
    let (root, key, kek) = job.open_key(&tx, id).await?;
    let ring = store::rings::get(&tx, job.operation.tenant_id, key.ring_id).await?;
    let ring_key = ring.and_then(|ring| ring.active_ring_key).map(RingKeyId);
    let wrong = || store::StoreError::inconsistent("rings", key.ring_id);
    let row = store::ring_keys::get(&tx, ring_key.ok_or_else(wrong)?).await?.ok_or_else(wrong)?;
    if row.wrapped_by != WrappedBy::Protection(id) {
        return Err(wrong().into());
    }
    let opened = Arc::new(kek.unwrap(&root.open_ring_key(&row)?)?);
    tx.rollback().await?;
    job.enter(1);
    kill_point("unlock_key.opened");
    Ok((row.id, opened))
}

/// K9: Active; 24 h and 72 h start; environments stay Locked (PP-115).
async fn activate(job: &mut Job, id: KeyId, ring_key: RingKeyId, opened: Arc<RingKey>) -> ServiceResult<()> {
    job.enter(2);
    job.operation.done = 1;
    let (owner, operation) = (job.owner.clone(), job.operation.clone());
    job.portal
        .act(&job.caller, Action::KeyUnlock, Target::Key(id), move |act| {
            Box::pin(async move {
                let key = take(act, id, &owner, &operation, true).await?;
                let state = key.state.installed(act.now)?;
                store::keys::set_state(&act.tx, id, state, None).await?;
                store::rings::set_activated(&act.tx, key.ring_id, ring_key, act.now).await?;
                act.record("before", key.state.as_str());
                act.record("after", state.as_str());
                let mut notice = Notice::of_key(Event::KeyUnlocked, &act.ring()?, &key, None);
                notice.activated_at = Some(act.now);
                act.notify(notice).await
            })
        })
        .await?;
    job.portal.keyring().keep(ring_key, opened);
    Ok(())
}

/// K10: Locked again since when it was, with the reason.
async fn fail(job: &mut Job, id: KeyId, why: &str) -> ServiceResult<()> {
    job.operation.error = Some(why.to_owned());
    let (owner, operation, why) = (job.owner.clone(), job.operation.clone(), why.to_owned());
    job.portal
        .act(&job.caller, Action::KeyUnlock, Target::Key(id), move |act| {
            Box::pin(async move {
                let key = take(act, id, &owner, &operation, false).await?;
                let state = key.state.install_failed(act.ring()?.lock_started_at.map(Timestamp))?;
                store::keys::destroy(&act.tx, id, state, Some(why.clone())).await?;
                let mut notice = Notice::of_key(Event::KeyUnlockFailed, &act.ring()?, &key, None);
                notice.error = Some(why);
                act.notify(notice).await
            })
        })
        .await
}

/// Ends the operation and locks ring and key, in that order.
async fn take(
    act: &mut Act,
    id: KeyId,
    owner: &str,
    operation: &Operation,
    succeeded: bool,
) -> ServiceResult<Key> {
    Job::finish(owner, operation, succeeded, act).await?;
    act.scope.ring = Some(store::rings::lock(&act.tx, RingId(act.ring()?.id)).await?);
    let key = store::keys::lock(&act.tx, id).await?;
    Ok(key.ok_or_else(|| store::StoreError::inconsistent("protection_keys", id))?)
}
