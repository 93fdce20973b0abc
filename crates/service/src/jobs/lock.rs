//! K6, K7: what follows a lock that has begun. It only ever goes forwards: nothing that it does can be undone
//! without the key's file.

use super::Job;
use crate::{
    ServiceResult, Target, kill_point, replicas, root_key,
    root_key::{By, Rotation},
    upkeep,
};
use domain::{KeyId, RingId, Timestamp, actions::Action};

/// So many environments are marked in one transaction.
const BATCH: u64 = 1_000;

pub(super) async fn run(job: &mut Job) -> ServiceResult<()> {
    let id = job.operation.key_id.ok_or_else(|| anyhow::anyhow!("lock without a key"))?;
    let ring_id = job.operation.ring_id;
    // The ring's time, not the operation's: both are of the same transaction, but this is the one that counts.
    let ring = store::rings::get(job.portal.db().read(), job.operation.tenant_id, ring_id).await?;
    let started = ring.and_then(|ring| ring.lock_started_at).map(Timestamp);
    let started = started.ok_or_else(|| store::StoreError::inconsistent("rings", ring_id))?;
    job.enter(1);
    replicas::wait_until_forgotten(job).await?;
    kill_point("lock.forgotten");
    job.enter(2);
    while mark(job, ring_id, started).await? {}
    job.enter(3);
    let root_key = rotate_root_key(job).await?;
    job.enter(4);
    upkeep::scrub(&job.portal).await;
    kill_point("lock.before_finish");
    finish(job, id, ring_id, root_key).await
}

/// A backup of the database from before the lock must not bring the keys back. What keeps that from being done does
/// not keep the lock from its end: the portal tries again, or its operator must.
async fn rotate_root_key(job: &mut Job) -> ServiceResult<&'static str> {
    let portal = job.portal.clone();
    if !root_key::is_due(portal.db().read()).await? {
        return Ok("rotated");
    }
    match root_key::rotate_within(&portal, By::Portal, Some(job)).await {
        Ok(Rotation::Rotated { .. }) => {
            replicas::wait_until_forgotten(job).await?;
            Ok("rotated")
        }
        Ok(Rotation::HandedIn) => Ok("to be rotated by the operator"),
        Ok(Rotation::NotSeen { processes }) => {
            tracing::error!(processes, "the root key is not rotated: not every process finds the next one");
            Ok("not rotated yet")
        }
        Err(error) if error.lease_lost() => Err(error),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the root key is not rotated yet");
            Ok("not rotated yet")
        }
    }
}

/// E8: marks the next environments; `false` when none is left.
async fn mark(job: &mut Job, ring_id: RingId, started: Timestamp) -> ServiceResult<bool> {
    let tx = job.portal.db().begin().await?;
    let marked = store::environments::mark_locked(&tx, ring_id, started, BATCH).await?;
    job.operation.done += marked;
    job.operation.total = job.operation.total.max(job.operation.done);
    job.commit(tx).await?;
    kill_point("lock.batch");
    Ok(marked == BATCH)
}

/// K7: the key is Locked; an hour after the lock began it can come back.
async fn finish(job: &mut Job, id: KeyId, ring_id: RingId, root_key: &'static str) -> ServiceResult<()> {
    let (owner, operation) = (job.owner.clone(), job.operation.clone());
    job.portal
        .act(&job.caller, Action::KeyLock, Target::Key(id), move |act| {
            Box::pin(async move {
                Job::finish(&owner, &operation, true, act).await?;
                store::rings::lock(&act.tx, ring_id).await?;
                let key = store::keys::lock(&act.tx, id).await?;
                let key = key.ok_or_else(|| store::StoreError::inconsistent("protection_keys", id))?;
                let state = key.state.locked()?;
                store::keys::set_state(&act.tx, id, state, None).await?;
                store::rings::set_locked(&act.tx, ring_id, act.now).await?;
                act.record("before", key.state.as_str());
                act.record("after", state.as_str());
                act.record("environments", operation.done);
                act.record("root_key", root_key);
                Ok(())
            })
        })
        .await
}
