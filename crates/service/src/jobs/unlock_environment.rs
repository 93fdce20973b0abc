//! E9, E10: a locked environment whose key is Active again comes back online.

use super::Job;
use crate::{Act, ServiceResult, Target, environments::wrapping_key, kill_point, mails::Notice, rows};
use domain::{EnvironmentId, actions::Action, events::Event};
use store::{environments::Environment, operations::Operation};
use vault::DataKey;

pub(super) async fn run(job: &mut Job) -> ServiceResult<()> {
    let environment = environment(job).await?;
    job.enter(0);
    let key = match job.portal.keyring().data_key(job.portal.db().read(), &environment).await {
        Ok(key) => key,
        Err(error) => {
            let Some(why) = error.key_trouble() else { return Err(error) };
            job.operation.error = Some(why);
            return finish(job, environment.id, false).await;
        }
    };
    job.enter(1);
    kill_point("unlock.opened");
    let broken = check(job, &environment, &key).await?;
    if broken > 0 {
        job.operation.error = Some(format!("{broken} rows cannot be opened; they were kept as they are."));
    }
    kill_point("unlock.checked");
    finish(job, environment.id, true).await
}

/// As E10: Locked again.
pub(super) async fn give_up(job: &mut Job, why: &str) -> ServiceResult<()> {
    let environment = environment(job).await?;
    job.operation.error = Some(why.to_owned());
    finish(job, environment.id, false).await
}

async fn environment(job: &Job) -> ServiceResult<Environment> {
    let id = job.operation.environment_id.ok_or_else(|| anyhow::anyhow!("unlock without an environment"))?;
    let found = store::environments::get(job.portal.db().read(), id).await?;
    Ok(found.ok_or_else(|| store::StoreError::inconsistent("environments", id))?)
}

/// Opens every row; returns how many do not. A row that was damaged before the lock must not keep the others
/// locked away.
async fn check(job: &mut Job, environment: &Environment, key: &DataKey) -> ServiceResult<u64> {
    let db = job.portal.db().clone();
    let (mut broken, mut done) = (0, 0);
    for table in store::tables::list(db.read(), environment.id).await? {
        let mut after = None;
        loop {
            let page = store::rows::page(db.read(), table.id, after, job.portal.settings().batch).await?;
            for row in &page.items {
                let place = rows::place(environment, table.id, row.id, environment.generation);
                if key.open(&place, &row.sealed).is_err() {
                    tracing::error!(table = %table.id, row = %row.id, "a row does not open");
                    broken += 1;
                }
            }
            done += page.items.len() as u64;
            job.operation.done = done;
            job.renew().await?;
            after = page.items.last().map(|row| row.id);
            if page.next.is_none() {
                break;
            }
        }
    }
    Ok(broken)
}

/// Switches in one transaction: state, audit and mails.
async fn finish(job: &mut Job, id: EnvironmentId, succeeded: bool) -> ServiceResult<()> {
    if succeeded {
        job.enter(2);
    }
    let (owner, operation) = (job.owner.clone(), job.operation.clone());
    job.portal
        .act(&job.caller, Action::EnvironmentUnlock, Target::Environment(id), move |act| {
            Box::pin(async move { switch(act, id, &owner, &operation, succeeded).await })
        })
        .await
}

async fn switch(
    act: &mut Act,
    id: EnvironmentId,
    owner: &str,
    operation: &Operation,
    succeeded: bool,
) -> ServiceResult<()> {
    Job::finish(owner, operation, succeeded, act).await?;
    let environment = store::environments::lock(&act.tx, id).await?;
    let state = environment.state.unlocked(succeeded)?;
    let ring = store::rings::get(&act.tx, environment.tenant_id, environment.ring_id).await?;
    let ring = ring.ok_or_else(|| store::StoreError::inconsistent("rings", environment.ring_id))?;
    // What failed is locked since when it was: the 28 days go on.
    let since = if succeeded { act.now } else { environment.state_since };
    store::environments::set_state(&act.tx, id, state, since, None, operation.error.clone()).await?;
    act.record("before", environment.state.as_str());
    act.record("after", state.as_str());
    act.record("rows", operation.done);
    let key = wrapping_key(&act.tx, id, environment.generation).await?;
    if let Some(key) = key.as_ref().filter(|_| succeeded) {
        store::operations::set_keys(&act.tx, operation.id, (&key.name, &key.name)).await?;
    }
    let event = if succeeded { Event::EnvironmentUnlocked } else { Event::EnvironmentChangeFailed };
    let mut notice = Notice::of_environment(event, &ring, &environment, (key.as_ref(), key.as_ref()));
    notice.error = operation.error.clone();
    act.notify(notice).await
}
