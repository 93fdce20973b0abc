//! E1–E2, E5–E6: who can read changes, so every row gets a new seal under a fresh data key.
//!
//! The environment is offline meanwhile. Rows name their generation, so the job resumes wherever it
//! stopped; if a row does not open, everything is sealed back under the old key and the reason kept.

use super::Job;
use crate::{Act, ServiceError, ServiceResult, Target, kill_point, mails::Notice, rows};
use domain::{
    EnvironmentId, RingKeyId, TableId, environments::EnvironmentState, events::Event,
    operations::OperationKind,
};
use store::{environments::Environment, operations::Operation, rows::SealedRow};
use vault::DataKey;

/// The two generations of an environment in change.
struct Change {
    environment: Environment,
    old: DataKey,
    new: DataKey,
    next: u32,
}

pub(super) async fn run(job: &mut Job) -> ServiceResult<()> {
    let id = job.operation.environment_id.ok_or_else(|| anyhow::anyhow!("reseal without an environment"))?;
    job.enter(1);
    let change = prepare(job, id).await?;
    job.enter(2);
    if !job.operation.undoing {
        match forwards(job, &change).await {
            Ok(()) => return finish(job, &change, true).await,
            Err(ServiceError::Internal(error)) if error.downcast_ref::<vault::CannotOpen>().is_some() => {
                begin_undo(job, "A row could not be opened; nothing was changed.").await?;
            }
            Err(error) => return Err(error),
        }
    }
    backwards(job, &change).await?;
    finish(job, &change, false).await
}

/// Reads both generations; makes the new one if the job has not yet.
async fn prepare(job: &mut Job, id: EnvironmentId) -> ServiceResult<Change> {
    let portal = job.portal.clone();
    let tx = portal.db().begin().await?;
    let found = store::environments::get(&tx, id).await?;
    let environment = found.ok_or_else(|| store::StoreError::inconsistent("environments", id))?;
    let next = environment.generation + 1;
    let row = match store::data_keys::get(&tx, id.0, next).await? {
        Some(row) => row,
        None => {
            // Under the ring's lock: no data key may appear beneath a ring key that is being retired.
            let ring = store::rings::lock(&tx, environment.ring_id).await?;
            let wrapping = match job.operation.kind {
                OperationKind::EnvironmentReturn => Some(ring.platform_ring_key),
                _ => ring.active_ring_key,
            };
            let wrapping = wrapping.ok_or_else(|| store::StoreError::inconsistent("rings", ring.id))?;
            let row = portal.keyring().make_data_key(&tx, id.0, next, RingKeyId(wrapping)).await?;
            store::data_keys::insert(&tx, row.clone()).await?;
            row
        }
    };
    let new = portal.keyring().open(&tx, &row).await?;
    let old = portal.keyring().data_key(&tx, &environment).await?;
    job.commit(tx).await?;
    kill_point("reseal.key_made");
    Ok(Change { environment, old, new, next })
}

async fn forwards(job: &mut Job, change: &Change) -> ServiceResult<()> {
    let (from, to) = (change.environment.generation, change.next);
    for table in store::tables::list(job.portal.db().read(), change.environment.id).await? {
        seal_anew(job, change, table.id, (&change.old, from), (&change.new, to)).await?;
    }
    job.enter(3);
    check(job, change).await?;
    kill_point("reseal.checked");
    Ok(())
}

async fn backwards(job: &mut Job, change: &Change) -> ServiceResult<()> {
    let (from, to) = (change.next, change.environment.generation);
    for table in store::tables::list(job.portal.db().read(), change.environment.id).await? {
        seal_anew(job, change, table.id, (&change.new, from), (&change.old, to)).await?;
    }
    Ok(())
}

async fn begin_undo(job: &mut Job, why: &str) -> ServiceResult<()> {
    job.operation.undoing = true;
    job.operation.error = Some(why.to_owned());
    let tx = job.portal.db().begin().await?;
    job.commit(tx).await
}

/// Goes through a table in the order of its ids and seals anew what is under generation `from`.
async fn seal_anew(
    job: &mut Job,
    change: &Change,
    table: TableId,
    from: (&DataKey, u32),
    to: (&DataKey, u32),
) -> ServiceResult<()> {
    let mut after = None;
    loop {
        let tx = job.portal.db().begin().await?;
        let page = store::rows::page(&tx, table, after, job.portal.settings().batch).await?;
        after = page.items.last().map(|row| row.id);
        let fresh = reseal_page(change, table, page.items, from, to)?;
        if job.operation.undoing {
            job.operation.done = job.operation.done.saturating_sub(fresh.len() as u64);
        } else {
            job.operation.done += fresh.len() as u64;
        }
        store::rows::reseal(&tx, table, fresh).await?;
        job.commit(tx).await?;
        kill_point("reseal.batch");
        if page.next.is_none() {
            return Ok(());
        }
    }
}

fn reseal_page(
    change: &Change,
    table: TableId,
    rows: Vec<SealedRow>,
    (from_key, from): (&DataKey, u32),
    (to_key, to): (&DataKey, u32),
) -> ServiceResult<Vec<SealedRow>> {
    let mut fresh = Vec::with_capacity(rows.len());
    for mut row in rows.into_iter().filter(|row| row.generation == from) {
        let place = |generation| rows::place(&change.environment, table, row.id, generation);
        let plain = from_key.open(&place(from), &row.sealed)?;
        row.sealed = to_key.seal(&place(to), &plain);
        row.generation = to;
        fresh.push(row);
    }
    Ok(fresh)
}

/// Every row opens under the new key, before the old one is given up.
async fn check(job: &mut Job, change: &Change) -> ServiceResult<()> {
    let db = job.portal.db().clone();
    for table in store::tables::list(db.read(), change.environment.id).await? {
        let mut after = None;
        loop {
            let page = store::rows::page(db.read(), table.id, after, job.portal.settings().batch).await?;
            for row in &page.items {
                let place = rows::place(&change.environment, table.id, row.id, change.next);
                change.new.open(&place, &row.sealed)?;
            }
            // A sign of life: checking a large environment must outlive the lease.
            let tx = db.begin().await?;
            job.commit(tx).await?;
            after = page.items.last().map(|row| row.id);
            if page.next.is_none() {
                break;
            }
        }
    }
    Ok(())
}

/// Switches in one transaction: state, generation, the end of one data key, audit and mails.
async fn finish(job: &mut Job, change: &Change, succeeded: bool) -> ServiceResult<()> {
    job.enter(4);
    let id = change.environment.id;
    let (keep, drop) = match succeeded {
        true => (change.next, change.environment.generation),
        false => (change.environment.generation, change.next),
    };
    let (owner, operation, action) = (job.owner.clone(), job.operation.clone(), job.action());
    job.portal
        .act(&job.caller, action, Target::Environment(id), move |act| {
            Box::pin(async move {
                let state = switch(act, id, &operation, succeeded, (keep, drop)).await?;
                act.record("after", state.as_str());
                act.record("rows", operation.done);
                Job::finish(&owner, &operation, succeeded, act).await
            })
        })
        .await?;
    kill_point("reseal.switched");
    job.portal.db().scrub_keys().await?;
    Ok(())
}

async fn switch(
    act: &mut Act,
    id: EnvironmentId,
    operation: &Operation,
    succeeded: bool,
    (keep, drop): (u32, u32),
) -> ServiceResult<EnvironmentState> {
    let environment = store::environments::lock(&act.tx, id).await?;
    let applying = operation.kind == OperationKind::EnvironmentApply;
    let state = match applying {
        true => environment.state.applied(succeeded)?,
        false => environment.state.returned(succeeded)?,
    };
    for table in store::tables::list(&act.tx, id).await? {
        if store::rows::any_other_generation(&act.tx, table.id, keep).await? {
            return Err(anyhow::anyhow!("rows are left under the generation to be dropped").into());
        }
    }
    let error = operation.error.clone();
    store::environments::set_state(&act.tx, id, state, act.now, Some(keep), error.clone()).await?;
    store::data_keys::delete(&act.tx, id.0, drop).await?;
    let ring = store::rings::get(&act.tx, environment.tenant_id, environment.ring_id).await?;
    let ring = ring.ok_or_else(|| store::StoreError::inconsistent("rings", environment.ring_id))?;
    let key = store::keys::active(&act.tx, environment.ring_id).await?;
    let event = match (succeeded, applying) {
        (true, true) => Event::EnvironmentApplied,
        (true, false) => Event::EnvironmentReturned,
        (false, _) => Event::EnvironmentChangeFailed,
    };
    let mut notice = Notice::of_environment(event, &ring, &environment, key.as_ref());
    notice.error = error;
    notice.affected = Some(1);
    act.notify(notice).await?;
    Ok(state)
}
