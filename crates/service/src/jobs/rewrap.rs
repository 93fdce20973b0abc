//! E3, E4: after a key change the data keys of all self-managed environments move to the new ring
//! key, online, in batches. No row is touched and no RSA operation is done per environment.

use super::Job;
use crate::{ServiceResult, Target, keyring::place, kill_point};
use domain::{RingId, RingKeyId, actions::Action};
use store::{data_keys::DataKeyRow, ring_keys::WrappedBy};
use vault::RingKey;

/// So many data keys move in one transaction: 1 MiB of memory, a few milliseconds of locks.
const BATCH: u64 = 4_000;

pub(super) async fn run(job: &mut Job) -> ServiceResult<()> {
    job.enter(0);
    let ring_id = job.operation.ring_id;
    for old in retired(job, ring_id).await? {
        while move_batch(job, ring_id, old).await? {
            kill_point("rewrap.batch");
        }
    }
    job.enter(1);
    kill_point("rewrap.before_retire");
    finish(job, ring_id).await?;
    job.portal.db().scrub_keys().await?;
    Ok(())
}

/// The ring's keys under protection keys, but for the one that wraps from now on.
async fn retired(job: &Job, ring_id: RingId) -> ServiceResult<Vec<RingKeyId>> {
    let db = job.portal.db().read();
    let ring = store::rings::get(db, job.operation.tenant_id, ring_id).await?;
    let active = ring.and_then(|ring| ring.active_ring_key).map(RingKeyId);
    let keys = store::ring_keys::of_ring(db, ring_id).await?;
    let own = keys.into_iter().filter(|key| matches!(key.wrapped_by, WrappedBy::Protection(_)));
    Ok(own.map(|key| key.id).filter(|id| Some(*id) != active).collect())
}

/// Moves up to [`BATCH`] data keys; `false` when none is left under `old`.
async fn move_batch(job: &mut Job, ring_id: RingId, old: RingKeyId) -> ServiceResult<bool> {
    let tx = job.portal.db().begin().await?;
    // The active ring key may have moved on since the last batch.
    let ring = store::rings::get(&tx, job.operation.tenant_id, ring_id).await?;
    let new = ring.and_then(|ring| ring.active_ring_key).map(RingKeyId);
    let new = new.ok_or_else(|| store::StoreError::inconsistent("rings", ring_id))?;
    let rows = store::data_keys::under(&tx, old, BATCH).await?;
    if rows.is_empty() {
        return Ok(false);
    }
    let from = job.portal.keyring().ring_key(&tx, old).await?;
    let to = job.portal.keyring().ring_key(&tx, new).await?;
    let fresh = rewrap(rows, &from, &to, new)?;
    job.operation.done += fresh.len() as u64;
    job.operation.total = job.operation.total.max(job.operation.done);
    store::data_keys::rewrap(&tx, old, new, fresh).await?;
    job.commit(tx).await?;
    Ok(true)
}

fn rewrap(
    rows: Vec<DataKeyRow>,
    from: &RingKey,
    to: &RingKey,
    new: RingKeyId,
) -> ServiceResult<Vec<DataKeyRow>> {
    rows.into_iter()
        .map(|mut row| {
            row.wrapped = from.rewrap(to, &place(&row), &row.wrapped)?;
            row.ring_key = new;
            Ok(row)
        })
        .collect()
}

/// Retires what wraps nothing any more. Under the ring's lock no data key can appear beneath an old
/// ring key, because new ones are wrapped under the same lock.
async fn finish(job: &mut Job, ring_id: RingId) -> ServiceResult<()> {
    let old = retired(job, ring_id).await?;
    let (owner, operation, forget) = (job.owner.clone(), job.operation.clone(), old.clone());
    job.portal
        .act(&job.caller, Action::EnvironmentRewrap, Target::Ring(ring_id), move |act| {
            Box::pin(async move {
                let ring = store::rings::lock(&act.tx, ring_id).await?;
                for id in old.into_iter().filter(|id| Some(id.0) != ring.active_ring_key) {
                    if store::data_keys::count_under(&act.tx, id).await? > 0 {
                        return Err(anyhow::anyhow!("data keys are left under a retired ring key").into());
                    }
                    store::ring_keys::delete(&act.tx, id).await?;
                }
                act.record("environments", operation.done);
                Job::finish(&owner, &operation, true, act).await
            })
        })
        .await?;
    for id in forget {
        job.portal.keyring().forget(id);
    }
    Ok(())
}
