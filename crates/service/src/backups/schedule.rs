//! Backups by schedule: set, ended, and made when their turn has come.

use super::begin;
use crate::{Caller, Portal, ServiceResult, act::Target, timers};
use domain::{
    Code, EnvironmentId, Refusal, Timestamp, actions::Action, backups::Schedule,
    environments::EnvironmentState, policy,
};
use std::time::Duration;
use store::{backup_schedules::Planned, environments::Environment};

/// So many schedules are read at once.
const BATCH: u64 = 20;
/// When a turn that could not be taken is tried again.
const RETRY: Duration = Duration::from_secs(600);

/// Has a backup made every so many hours from now on, and the newest `keep` of those kept.
///
/// # Errors
/// `INVALID` at `every_hours` or `keep`; `ENV_LOCKED`.
pub async fn set_schedule(
    portal: &Portal,
    caller: &Caller,
    id: EnvironmentId,
    every_hours: i64,
    keep: i64,
) -> ServiceResult<()> {
    portal
        .act(caller, Action::BackupSchedule, Target::Environment(id), move |act| {
            Box::pin(async move {
                let schedule = Schedule::new(every_hours, keep)
                    .map_err(|(field, why)| Refusal::field(Code::Invalid, field, why))?;
                let environment = store::environments::lock(&act.tx, id).await?;
                policy::schedule_backups(&store::environments::facts(&act.tx, &environment).await?)?;
                act.record("every_hours", schedule.every_hours());
                act.record("keep", schedule.keep());
                let next_at = schedule.next(act.now, act.now);
                let planned = Planned { environment_id: id, schedule, next_at };
                Ok(store::backup_schedules::set(&act.tx, planned, act.caller.user()).await?)
            })
        })
        .await
}

/// Ends the schedule; its backups stay.
///
/// # Errors
/// `NOT_FOUND` when there is none.
pub async fn cancel_schedule(portal: &Portal, caller: &Caller, id: EnvironmentId) -> ServiceResult<()> {
    portal
        .act(caller, Action::BackupSchedule, Target::Environment(id), move |act| {
            Box::pin(async move {
                store::environments::lock(&act.tx, id).await?;
                if !store::backup_schedules::delete(&act.tx, id).await? {
                    return Err(Refusal::not_found("schedule").into());
                }
                act.record("every_hours", serde_json::Value::Null);
                Ok(())
            })
        })
        .await
}

/// Begins the backups whose turn has come. One that finds another job on its environment waits for it; one of an
/// environment that is locked or deleted is left out (PP-100).
pub(crate) async fn run_due(portal: &Portal) -> ServiceResult<()> {
    let (db, now) = (portal.db().read(), portal.clock().now());
    let (mut after, mut outcomes) = (None, Vec::new());
    loop {
        let page = store::backup_schedules::due(db, now, after.as_ref(), BATCH).await?;
        for due in &page {
            outcomes.push(run(portal, *due).await);
        }
        after = page.last().copied();
        if after.is_none() {
            return timers::whole(outcomes);
        }
    }
}

/// One whose turn fails does not try it at each look, and keeps no other waiting.
async fn run(portal: &Portal, due: Planned) -> ServiceResult<()> {
    let db = portal.db();
    let Some(environment) = store::environments::get(db.read(), due.environment_id).await? else {
        return Ok(());
    };
    let taken = match policy::back_up(&store::environments::facts(db.read(), &environment).await?) {
        Ok(()) => take_turn(portal, &environment).await,
        Err(refusal) if waits(refusal.code) => Ok(()),
        Err(_) => pass_turn(portal, due, environment.state).await,
    };
    if taken.is_err() {
        let later = portal.clock().now() + RETRY;
        store::backup_schedules::set_next(db.write(), due.environment_id, later).await?;
    }
    taken
}

/// What ends by itself.
const fn waits(code: Code) -> bool {
    matches!(code, Code::EnvironmentBusy | Code::EnvironmentOffline)
}

/// Another process may be first, or something else may have begun on the environment.
async fn take_turn(portal: &Portal, environment: &Environment) -> ServiceResult<()> {
    let caller = timers::caller(portal, environment.tenant_id).await?;
    let (id, ring) = (environment.id, environment.ring_id);
    let taken = portal
        .act(&caller, Action::BackupCreate, Target::Environment(id), move |act| {
            Box::pin(async move {
                store::rings::lock(&act.tx, ring).await?;
                let environment = store::environments::lock(&act.tx, id).await?;
                let planned = store::backup_schedules::get(&act.tx, id).await?;
                let planned = planned.filter(|planned| planned.next_at <= act.now).ok_or_else(taken)?;
                policy::back_up(&store::environments::facts(&act.tx, &environment).await?)?;
                store::backup_schedules::set_next(&act.tx, id, next(planned, act.now)).await?;
                begin(act, &environment, true).await
            })
        })
        .await;
    match taken {
        Err(error) if error.refusal().is_some_and(|refusal| first(refusal.code)) => Ok(()),
        taken => taken.map(drop),
    }
}

/// Somebody else was first, with this backup or with something else.
const fn first(code: Code) -> bool {
    matches!(code, Code::Conflict | Code::EnvironmentLocked | Code::NotFound) || waits(code)
}

fn taken() -> Refusal {
    Refusal::new(Code::Conflict, "Another process has just begun this backup.")
}

fn next(planned: Planned, now: Timestamp) -> Timestamp {
    planned.schedule.next(planned.next_at, now)
}

/// Nothing is made; the schedule of what is gone for good goes, too.
async fn pass_turn(portal: &Portal, due: Planned, state: EnvironmentState) -> ServiceResult<()> {
    let db = portal.db().write();
    if state == EnvironmentState::Deleted {
        store::backup_schedules::delete(db, due.environment_id).await?;
    } else {
        let next = next(due, portal.clock().now());
        store::backup_schedules::set_next(db, due.environment_id, next).await?;
    }
    Ok(())
}
