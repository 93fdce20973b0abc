//! What holds after every event, read from the rows and not from the policy.

use super::{
    environments,
    events::{Event, Who},
    world::{Allowed, Look, World},
};
use domain::{KeyId, Timestamp, approvals::Change, environments::EnvironmentState, keys::KeyState};
use sea_orm::Statement;
use service::audit::{self, Verdict};
use std::time::Duration;
use store::ConnectionTrait;

const HOUR: Duration = Duration::from_secs(3_600);

pub(super) const NAMES: &[&str] = &[
    "one Active key, one being installed",
    "no activation within 24 h of another",
    "no lock within 72 h of an activation",
    "no unlock within 1 h of the lock, nor before its end",
    "no new and no activated key while anything is locked",
    "no key change and no lock while a change is reported",
    "under the two-person rule no lock, activation and roll-back without another's approval of exactly that, once",
    "nobody approves what they asked for",
    "a wrong file neither locks, unlocks nor proves",
    "a key that was made here is not used before its file was shown",
    "what is locked is read by nobody, and its key is nowhere",
    "what is online holds exactly the rows it should",
    "every environment has exactly one data key, two while it changes, none when deleted",
    "its key opens it: the portal's by the portal; the customer's by its file, and by the portal while it has it",
    "no tables half replaced in sight, no environment held without a job",
    "every change mailed to each of the seven administrators",
    "28 days count from the lock that took the environment, whatever comes later",
    "what was locked for 28 days is gone after the timers",
    "nothing is deleted but what is locked: after 28 days by time, before that by its name",
    "an intact audit trail",
];

pub(super) type Kept = Result<(), String>;

pub(super) fn keep(holds: bool, what: &str) -> Kept {
    if holds { Ok(()) } else { Err(what.to_owned()) }
}

pub(super) async fn check(world: &mut World<'_>, before: &Look, event: &Event, allowed: Allowed) -> Kept {
    let after = world.look().await;
    if allowed.is_ok() {
        transition(before, event)?;
        two_persons(world, before, &after, event)?;
    }
    keys(before, &after)?;
    for p in 0..3 {
        environments::one(world, &after, p).await?;
    }
    rows_of_the_database(world).await?;
    environments::time(world, before, &after, event, allowed)
}

pub(super) fn is_locked(state: EnvironmentState) -> bool {
    matches!(state, EnvironmentState::Locking | EnvironmentState::Locked | EnvironmentState::Unlocking)
}

/// What must have been so for this event to be allowed.
fn transition(before: &Look, event: &Event) -> Kept {
    let activated = before.ring.last_activation_at.map(Timestamp);
    let since_activation = activated.map_or(Duration::MAX, |at| before.now.since(at));
    // A second may pass between the look and the event.
    let second = Duration::from_secs(1);
    let any_locked = before.states.into_iter().any(is_locked);
    let installing = before.keys.iter().any(|key| matches!(key.state, KeyState::Installing { .. }));
    match event {
        Event::Upload(..) | Event::Generate(..) => {
            keep(!any_locked, "a key was added while something is locked")
        }
        Event::Activate(..) => {
            keep(!any_locked, "a key was activated while something is locked")?;
            keep(!installing, "a key was activated while another is installed")?;
            keep(!before.reported, "a key was activated while a change is reported")?;
            keep(since_activation.saturating_add(second) >= 24 * HOUR, "a key was activated within 24 hours")
        }
        Event::Prove(_, key, file) => keep(key == file, "a wrong file proved"),
        Event::Lock(_, key, file) => {
            keep(key == file, "a wrong file locked")?;
            keep(!installing, "a lock while a key is installed")?;
            keep(!before.reported, "a lock while a change is reported")?;
            keep(since_activation.saturating_add(second) >= 72 * HOUR, "a lock within 72 hours")
        }
        Event::UnlockKey(_, key, file) => {
            let since = before.now.since(Timestamp(before.ring.lock_started_at.unwrap_or(i64::MAX)));
            keep(key == file, "a wrong file unlocked")?;
            keep(before.ring.lock_completed_at.is_some(), "an unlock before the end of the lock")?;
            keep(since + second >= HOUR, "an unlock within an hour")
        }
        Event::Restore(_, from, to) | Event::Copy(_, from, to) => {
            let closed = is_locked(before.states[*from]) || is_locked(before.states[*to]);
            keep(!closed, "data moved from or to what is locked")
        }
        Event::Write(_, p) | Event::BackUp(_, p) | Event::Reset(_, p) | Event::Apply(_, p) => {
            keep(!is_locked(before.states[*p]), "something was done to what is locked")
        }
        _ => Ok(()),
    }
}

/// What the rule asks for, while it is on.
fn two_persons(world: &World<'_>, before: &Look, after: &Look, event: &Event) -> Kept {
    let installs = |look: &Look| look.keys.iter().any(|key| matches!(key.state, KeyState::Installing { .. }));
    match *event {
        Event::Approve(w) => {
            let asker = before.approval.as_ref().map(|asked| asked.asked_by);
            keep(asker.is_some_and(|asker| asker != world.user(w)), "somebody approved the own question")
        }
        Event::RunTimers if before.two_person && installs(after) && !installs(before) => {
            keep(before.roll_back_approved, "a roll-back began that nobody has approved")
        }
        Event::Upload(..) | Event::Generate(..) if before.two_person => {
            keep(installs(before) || !installs(after), "a key that was added is installed without approval")
        }
        Event::Activate(w, file) => {
            approved(world, (before, after), w, Change::Activate, world.key(file).ok())
        }
        Event::Lock(w, key, _) => approved(world, (before, after), w, Change::Lock, world.key(key).ok()),
        Event::ScheduleRollBack(w) => approved(world, (before, after), w, Change::RollBack, before.previous),
        _ => Ok(()),
    }
}

fn approved(
    world: &World<'_>,
    (before, after): (&Look, &Look),
    who: Who,
    change: Change,
    key: Option<KeyId>,
) -> Kept {
    if !before.two_person {
        return Ok(());
    }
    let exact = before.approval.as_ref().is_some_and(|asked| {
        (asked.asked_by, asked.change, Some(asked.key)) == (world.user(who), change, key)
            && asked.approver.is_some()
            && before.now.since(asked.asked_at) < 24 * HOUR
    });
    keep(exact, "a change without approval of exactly that")?;
    keep(after.approval.is_none(), "an approval is used and still there")
}

fn keys(before: &Look, after: &Look) -> Kept {
    let count = |wanted: fn(&KeyState) -> bool| after.keys.iter().filter(|key| wanted(&key.state)).count();
    let current = count(|state| {
        matches!(
            state,
            KeyState::Active { .. }
                | KeyState::Locking { .. }
                | KeyState::Locked { .. }
                | KeyState::Unlocking { .. }
        )
    });
    keep(current <= 1, "two keys are Active")?;
    keep(count(|state| matches!(state, KeyState::Installing { .. })) <= 1, "two keys are installed")?;
    for key in &after.keys {
        let gone = matches!(
            key.state,
            KeyState::Locking { .. } | KeyState::Locked { .. } | KeyState::Deleted { .. }
        );
        keep(gone == key.material.is_none(), &format!("{} and its material disagree", key.name))?;
        let unused = matches!(key.state, KeyState::Available | KeyState::Deleted { .. });
        keep(
            unused || key.proved_at.is_some(),
            &format!("{} is used, and its file was never shown", key.name),
        )?;
    }
    match (before.ring.last_activation_at, after.ring.last_activation_at) {
        (Some(first), Some(second)) if first != second => {
            keep(Timestamp(second).since(Timestamp(first)) >= 24 * HOUR, "two activations within 24 hours")
        }
        _ => Ok(()),
    }
}

pub(super) async fn number(world: &World<'_>, sql: &str) -> i64 {
    let db = world.house.portal.db().read();
    let statement = Statement::from_string(db.get_database_backend(), sql);
    db.query_one_raw(statement).await.unwrap().unwrap().try_get("", "n").unwrap()
}

/// What one query over all rows tells.
async fn rows_of_the_database(world: &World<'_>) -> Kept {
    for (what, sql) in [
        (
            "a change was not mailed to each administrator",
            "SELECT COUNT(*) AS n FROM (SELECT event, created_at, COUNT(DISTINCT user_id) AS people, COUNT(*) AS mails \
             FROM messages GROUP BY event, created_at, subject) AS told WHERE people <> 7 OR mails % 7 <> 0",
        ),
        (
            "an environment is held and no job holds it",
            "SELECT COUNT(*) AS n FROM environments e WHERE e.replaced_by IS NOT NULL AND NOT EXISTS \
             (SELECT 1 FROM operations o WHERE o.id = e.replaced_by AND o.state IN ('queued', 'running'))",
        ),
        (
            "two jobs are open on one environment",
            "SELECT COUNT(*) AS n FROM (SELECT environment_id FROM operations WHERE environment_id IS NOT NULL \
             AND state IN ('queued', 'running') GROUP BY environment_id HAVING COUNT(*) > 1) AS busy",
        ),
        (
            "a data key is under a ring key that is not there",
            "SELECT COUNT(*) AS n FROM data_keys d LEFT JOIN ring_keys g ON g.id = d.ring_key_id WHERE g.id IS NULL",
        ),
    ] {
        keep(number(world, sql).await == 0, what)?;
    }
    Ok(())
}

/// Everything that is under way ends, and the trail is whole.
pub(super) async fn at_the_end(world: &mut World<'_>) -> Kept {
    world.happen(&Event::RunJobs).await.map_err(str::to_owned)?;
    let before = world.look().await;
    let allowed = world.happen(&Event::RunTimers).await;
    allowed.map_err(str::to_owned)?;
    let timed = world.look().await;
    environments::time(world, &before, &timed, &Event::RunTimers, allowed)?;
    world.happen(&Event::RunJobs).await.map_err(str::to_owned)?;
    let after = world.look().await;
    for p in 0..3 {
        environments::one(world, &after, p).await?;
        let settled = matches!(
            after.states[p],
            EnvironmentState::PlatformManaged
                | EnvironmentState::SelfManaged
                | EnvironmentState::Locked
                | EnvironmentState::Deleted
        );
        keep(settled, &format!("{p} is {:?} and no job is left", after.states[p]))?;
    }
    let portal = &world.house.portal;
    let verdict = audit::verify(portal.db(), world.house.admin.tenant()).await.unwrap();
    keep(matches!(verdict, Verdict::Intact { .. }), &format!("{verdict:?}"))
}
