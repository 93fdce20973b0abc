//! E3, E4: after a key change the data keys of all self-managed environments move to the new ring
//! key, online, in batches. No row is touched and no RSA operation is done per environment.

use super::Job;
use crate::{Act, ServiceResult, Target, keyring::place, kill_point, upkeep};
use domain::{RingId, RingKeyId, actions::Action};
use store::{data_keys::DataKeyRow, ring_keys::WrappedBy};
use uuid::Uuid;
use vault::RingKey;

/// So many data keys move in one transaction. SQLite has one writer, and the trail of reads waits for it
/// as long as a batch takes (1 ms). Twenty times as many take half the time in all, and reads four times as long (p99).
const BATCH: u64 = 50;

pub(super) async fn run(job: &mut Job) -> ServiceResult<()> {
    job.enter(0);
    let ring_id = job.operation.ring_id;
    let mut kept = 0;
    for old in retired(job, ring_id).await? {
        kept += move_all(job, ring_id, old).await?;
    }
    job.enter(1);
    kill_point("rewrap.before_retire");
    let why = format!(
        "The data keys of {kept} environments do not open under the key before; those environments keep it."
    );
    finish(job, ring_id, (kept > 0).then_some(why)).await
}

/// Ends it as it stands: what has not moved keeps its ring key, which the next key change moves on.
pub(super) async fn give_up(job: &mut Job, why: &str) -> ServiceResult<()> {
    finish(job, job.operation.ring_id, Some(why.to_owned())).await
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

/// Moves every data key that opens from under `old`; returns how many do not.
async fn move_all(job: &mut Job, ring_id: RingId, old: RingKeyId) -> ServiceResult<u64> {
    let mut after = (Uuid::nil(), 0);
    while let Some(last) = move_batch(job, ring_id, old, after).await? {
        after = last;
        kill_point("rewrap.batch");
    }
    Ok(store::data_keys::count_under(job.portal.db().read(), old).await?)
}

/// Moves up to [`BATCH`] data keys after this owner and generation; returns the last ones, or `None`
/// when no data key is left there, or when the old ring key itself does not open.
async fn move_batch(
    job: &mut Job,
    ring_id: RingId,
    old: RingKeyId,
    after: (Uuid, u32),
) -> ServiceResult<Option<(Uuid, u32)>> {
    let tx = job.portal.db().begin().await?;
    // The active ring key may have moved on since the last batch.
    let ring = store::rings::get(&tx, job.operation.tenant_id, ring_id).await?;
    let new = ring.and_then(|ring| ring.active_ring_key).map(RingKeyId);
    let new = new.ok_or_else(|| store::StoreError::inconsistent("rings", ring_id))?;
    let rows = store::data_keys::under(&tx, old, after, BATCH).await?;
    let Some(last) = rows.last().map(|row| (row.owner, row.generation)) else { return Ok(None) };
    let from = match job.portal.keyring().ring_key(&tx, old).await {
        Err(error) if error.key_trouble().is_some() => return Ok(None),
        from => from?,
    };
    let to = job.portal.keyring().ring_key(&tx, new).await?;
    let fresh = rewrap(rows, &from, &to, new);
    job.operation.done += fresh.len() as u64;
    job.operation.total = job.operation.total.max(job.operation.done);
    store::data_keys::rewrap(&tx, old, new, fresh).await?;
    job.commit(tx).await?;
    Ok(Some(last))
}

/// The same data keys under the new ring key, but for those that do not open.
fn rewrap(rows: Vec<DataKeyRow>, from: &RingKey, to: &RingKey, new: RingKeyId) -> Vec<DataKeyRow> {
    let moved = rows.into_iter().filter_map(|mut row| {
        let Ok(wrapped) = from.rewrap(to, &place(&row), &row.wrapped) else {
            tracing::error!(owner = %row.owner, generation = row.generation, "a data key does not open");
            return None;
        };
        (row.wrapped, row.ring_key) = (wrapped, new);
        Some(row)
    });
    moved.collect()
}

/// Retires what wraps nothing any more. Under the ring's lock no data key can appear beneath an old
/// ring key, because new ones are wrapped under the same lock.
async fn finish(job: &mut Job, ring_id: RingId, failed: Option<String>) -> ServiceResult<()> {
    let old = retired(job, ring_id).await?;
    let succeeded = failed.is_none();
    job.operation.error = failed;
    let (owner, operation) = (job.owner.clone(), job.operation.clone());
    let gone = job
        .portal
        .act(&job.caller, Action::EnvironmentRewrap, Target::Ring(ring_id), move |act| {
            Box::pin(async move {
                Job::finish(&owner, &operation, succeeded, act).await?;
                act.record("environments", operation.done);
                retire(act, ring_id, old, succeeded).await
            })
        })
        .await?;
    for id in gone {
        job.portal.keyring().forget(id);
    }
    upkeep::scrub(&job.portal).await;
    Ok(())
}

/// Deletes the ring keys among `old` that wrap nothing; returns them.
async fn retire(act: &Act, ring_id: RingId, old: Vec<RingKeyId>, all: bool) -> ServiceResult<Vec<RingKeyId>> {
    let ring = store::rings::lock(&act.tx, ring_id).await?;
    let mut gone = Vec::with_capacity(old.len());
    for id in old.into_iter().filter(|id| Some(id.0) != ring.active_ring_key) {
        let (data_keys, backups) = (
            store::data_keys::count_under(&act.tx, id).await?,
            store::backups::count_under(&act.tx, id).await?,
        );
        if data_keys > 0 && all {
            return Err(anyhow::anyhow!("data keys are left under a retired ring key").into());
        }
        // A backup keeps the key it was made under.
        if data_keys + backups == 0 {
            store::ring_keys::delete(&act.tx, id).await?;
            gone.push(id);
        }
    }
    Ok(gone)
}
