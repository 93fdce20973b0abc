//! E1–E2, E5–E6: who can read changes, so every row gets a new seal under a fresh data key.
//!
//! The environment is offline meanwhile. Rows name their generation, so the job resumes wherever it
//! stopped; if a row does not open, everything is sealed back under the old key and the reason kept.
//! What opens under neither key stays as it is, with both keys: a job always ends, and never loses a row.

mod passes;

use super::Job;
use crate::{Act, ServiceResult, Target, environments, kill_point, mails::Notice, upkeep};
use domain::{
    EnvironmentId, RingKeyId, environments::EnvironmentState, events::Event, operations::OperationKind,
};
use store::{environments::Environment, keys::Key, operations::Operation};
use vault::DataKey;

/// The two generations of an environment in change.
struct Change {
    environment: Environment,
    old: DataKey,
    new: DataKey,
    next: u32,
}

pub(super) async fn run(job: &mut Job) -> ServiceResult<()> {
    let environment = environment(job).await?;
    job.enter(1);
    let change = match prepare(job, environment.clone()).await {
        Ok(change) => change,
        Err(error) => {
            let Some(why) = error.key_trouble() else { return Err(error) };
            job.operation.error = Some(why);
            return finish(job, &environment, false).await;
        }
    };
    job.enter(2);
    if !job.operation.undoing {
        match passes::forwards(job, &change).await {
            Ok(()) => return finish(job, &environment, true).await,
            Err(error) if error.cannot_open() => {
                let row = error.damaged_row().map(|row| row.told("nothing was changed."));
                begin_undo(job, row.as_deref().unwrap_or("A row could not be opened; nothing was changed."))
                    .await?;
            }
            Err(error) => return Err(error),
        }
    }
    passes::backwards(job, &change).await?;
    finish(job, &environment, false).await
}

/// Ends a job that does not get further: by sealing back, or, if that is what fails, as it stands.
pub(super) async fn give_up(job: &mut Job, why: &str) -> ServiceResult<()> {
    if !job.operation.undoing {
        begin_undo(job, why).await?;
        return run(job).await;
    }
    let environment = environment(job).await?;
    finish(job, &environment, false).await
}

async fn environment(job: &Job) -> ServiceResult<Environment> {
    let id = job.operation.environment_id.ok_or_else(|| anyhow::anyhow!("reseal without an environment"))?;
    let found = store::environments::get(job.portal.db().read(), id).await?;
    Ok(found.ok_or_else(|| store::StoreError::inconsistent("environments", id))?)
}

/// Opens both generations; makes the new one if the job has not yet.
async fn prepare(job: &mut Job, environment: Environment) -> ServiceResult<Change> {
    let portal = job.portal.clone();
    let tx = portal.db().begin().await?;
    let (id, next) = (environment.id.0, environment.generation + 1);
    let row = match store::data_keys::get(&tx, id, next).await? {
        Some(row) => row,
        None => {
            // Under the ring's lock: no data key may appear beneath a ring key that is being retired.
            let ring = store::rings::lock(&tx, environment.ring_id).await?;
            let wrapping = match job.operation.kind {
                OperationKind::EnvironmentReturn => Some(ring.platform_ring_key),
                _ => ring.active_ring_key,
            };
            let wrapping = wrapping.ok_or_else(|| store::StoreError::inconsistent("rings", ring.id))?;
            let row = portal.keyring().make_data_key(&tx, id, next, RingKeyId(wrapping)).await?;
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

async fn begin_undo(job: &mut Job, why: &str) -> ServiceResult<()> {
    job.operation.undoing = true;
    job.operation.error = Some(why.to_owned());
    job.renew().await
}

/// Switches in one transaction: state, generation, the end of one data key, audit and mails.
async fn finish(job: &mut Job, before: &Environment, succeeded: bool) -> ServiceResult<()> {
    job.enter(4);
    let (id, old, next) = (before.id, before.generation, before.generation + 1);
    let (keep, drop) = if succeeded { (next, old) } else { (old, next) };
    let (owner, operation, action) = (job.owner.clone(), job.operation.clone(), job.action());
    job.portal
        .act(&job.caller, action, Target::Environment(id), move |act| {
            Box::pin(async move {
                Job::finish(&owner, &operation, succeeded, act).await?;
                let state = switch(act, id, &operation, succeeded, (keep, drop)).await?;
                act.record("after", state.as_str());
                act.record("rows", operation.done);
                Ok(())
            })
        })
        .await?;
    kill_point("reseal.switched");
    upkeep::scrub(&job.portal).await;
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
    // Forwards, every row was just opened under the key that stays. Backwards, some may be left.
    let left = if succeeded { 0 } else { passes::count_under(&act.tx, id, drop).await? };
    let mut error = operation.error.clone();
    if left > 0 {
        let text = error.unwrap_or_default();
        error = Some(
            format!("{text} {left} rows cannot be opened; they and their key were kept.")
                .trim_start()
                .to_owned(),
        );
        act.record("rows_left", left);
    }
    let old = environments::wrapping_key(&act.tx, id, environment.generation).await?;
    let new = environments::wrapping_key(&act.tx, id, keep).await?;
    if left == 0 {
        store::data_keys::delete(&act.tx, id.0, drop).await?;
    }
    store::environments::set_state(&act.tx, id, state, act.now, Some(keep), error.clone()).await?;
    if succeeded {
        let name = |key: &Option<Key>| key.as_ref().map_or_else(String::new, |key| key.name.clone());
        store::operations::set_keys(&act.tx, operation.id, (&name(&old), &name(&new))).await?;
    }
    let event = match (succeeded, applying) {
        (true, true) => Event::EnvironmentApplied,
        (true, false) => Event::EnvironmentReturned,
        (false, _) => Event::EnvironmentChangeFailed,
    };
    tell(act, &environment, event, (old.as_ref(), new.as_ref()), error).await?;
    Ok(state)
}

async fn tell(
    act: &mut Act,
    environment: &Environment,
    event: Event,
    keys: (Option<&Key>, Option<&Key>),
    error: Option<String>,
) -> ServiceResult<()> {
    let ring = store::rings::get(&act.tx, environment.tenant_id, environment.ring_id).await?;
    let ring = ring.ok_or_else(|| store::StoreError::inconsistent("rings", environment.ring_id))?;
    let mut notice = Notice::of_environment(event, &ring, environment, keys);
    notice.error = error;
    act.notify(notice).await
}
