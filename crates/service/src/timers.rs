//! What time alone does: reminders of a deletion, and the deletion of what stayed locked for 28 days (T28).
//!
//! The [scheduler](crate::scheduler) of one process does it; whoever comes second finds it done, because the transaction
//! that acts looks again under the ring's lock. A portal that was down, or whose clock jumped, does what is due when it
//! is back.

use crate::{
    Caller, Portal, ServiceResult, Target, Via, backups, environments, fresh, keys,
    mails::Notice,
    root_key::{self, By, Rotation},
    upkeep,
};
use domain::{
    Code, EnvironmentId, RingId, TenantId, Timestamp, UserId,
    actions::Action,
    environments::EnvironmentState,
    events::Event,
    rings::{LOCKED_AT_MOST, REMINDER_DAYS},
};
use std::time::Duration;
use store::{environments::Environment, rings::LockedSince};

/// So many deletions are begun in one look.
const BATCH: u64 = 20;

/// Does everything that is due now. What cannot be done stands in nobody else's way.
///
/// # Errors
/// The first; the others are in the log.
pub async fn run_once(portal: &Portal) -> ServiceResult<()> {
    whole([
        remind_all(portal).await,
        keys::run_due_roll_backs(portal).await,
        backups::run_due(portal).await,
        backups::sweep(portal).await,
        delete_overdue(portal).await,
    ])
}

/// The first error of things that do not depend on each other; the others are logged here.
pub(crate) fn whole(outcomes: impl IntoIterator<Item = ServiceResult<()>>) -> ServiceResult<()> {
    let mut errors = outcomes.into_iter().filter_map(Result::err);
    let first = errors.next();
    for error in errors {
        tracing::error!(%error, "this is due, too, cannot be done now and is tried again");
    }
    first.map_or(Ok(()), Err)
}

async fn remind_all(portal: &Portal) -> ServiceResult<()> {
    let now = portal.clock().now();
    let mut outcomes = Vec::new();
    for since in store::rings::locked_since(portal.db().read(), now - first_reminder()).await? {
        outcomes.push(remind(portal, since, now).await);
    }
    whole(outcomes)
}

async fn delete_overdue(portal: &Portal) -> ServiceResult<()> {
    let before = portal.clock().now() - LOCKED_AT_MOST;
    let mut outcomes = Vec::new();
    for environment in store::environments::locked_before(portal.db().read(), before, BATCH).await? {
        outcomes.push(delete(portal, environment).await);
    }
    whole(outcomes)
}

/// Rotates the root key if a lock could not: until then a backup from before it still opens. Goes on with a rotation
/// that stopped half-way, too, whoever began it; of two that go on with the same one the second finds it done.
pub async fn rotate_root_key(portal: &Portal) -> ServiceResult<()> {
    let db = portal.db().read();
    let own = portal.keyring().roots().file().is_own();
    if !own || !(root_key::is_due(db).await? || root_key::is_announced(portal).await?) {
        return Ok(());
    }
    if store::rings::any_locking(db).await? {
        // The lock's own operation does it.
        return Ok(());
    }
    match root_key::rotate(portal, By::Portal).await? {
        Rotation::NotSeen { processes } => {
            tracing::error!(processes, "the root key is not rotated: not every process finds the next one");
        }
        Rotation::Rotated { .. } => upkeep::scrub(portal).await,
        Rotation::HandedIn => {}
    }
    Ok(())
}

fn first_reminder() -> Duration {
    days(REMINDER_DAYS[0])
}

fn days(count: u32) -> Duration {
    Duration::from_secs(u64::from(count) * 86_400)
}

/// one mail to each administrator for the latest day that has come; days that passed unnoticed are over.
async fn remind(portal: &Portal, since: LockedSince, now: Timestamp) -> ServiceResult<()> {
    let ring_id = RingId(since.ring_id);
    let at = Timestamp(since.locked_at);
    let day = REMINDER_DAYS.iter().rev().copied().find(|day| now >= at + days(*day));
    let Some(day) = day.filter(|day| i64::from(*day) > since.reminded) else { return Ok(()) };
    let caller = caller(portal, TenantId(since.tenant_id)).await?;
    portal
        .act(&caller, Action::EnvironmentRead, Target::Ring(ring_id), move |act| {
            Box::pin(async move {
                let ring = store::rings::lock(&act.tx, ring_id).await?;
                if !store::rings::add_reminder(&act.tx, ring_id, at, day).await? {
                    return Ok(());
                }
                let key = store::keys::locked_or_active(&act.tx, ring_id).await?;
                let Some(key) = key else { return Ok(()) };
                let mut notice = Notice::of_key(Event::DeletionReminder, &ring, &key, None);
                notice.affected = Some(since.environments.try_into().unwrap_or(0));
                notice.locked_at = Some(at);
                act.record("reminder_day", day);
                act.record("key", key.id.to_string());
                act.notify(notice).await
            })
        })
        .await
}

/// E11: as a deletion by hand, without the typed name.
async fn delete(portal: &Portal, environment: Environment) -> ServiceResult<()> {
    let caller = caller(portal, environment.tenant_id).await?;
    let id: EnvironmentId = environment.id;
    let deleted = portal
        .act(&caller, Action::EnvironmentDelete, Target::Environment(id), move |act| {
            Box::pin(async move {
                store::rings::lock(&act.tx, environment.ring_id).await?;
                let environment = store::environments::lock(&act.tx, id).await?;
                let due = environment.state_since + LOCKED_AT_MOST <= act.now;
                if environment.state == EnvironmentState::Locked && due {
                    environments::erase(act, &environment).await?;
                }
                Ok(())
            })
        })
        .await;
    match deleted {
        // Another process, or a person, was first.
        Err(error) if error.refusal().is_some_and(|refusal| refusal.code == Code::NotFound) => Ok(()),
        deleted => deleted,
    }
}

/// The portal itself, in the tenant's trail and mails.
pub(crate) async fn caller(portal: &Portal, tenant: TenantId) -> ServiceResult<Caller> {
    let db = portal.db().read();
    let users = store::users::list(db, tenant).await?;
    let first = users.into_iter().min_by_key(|user| (user.created_at, user.id));
    let first = first.ok_or_else(|| store::StoreError::inconsistent("tenants", tenant))?;
    let roles = store::users::roles(db, UserId(first.id)).await?;
    let request = fresh::id(portal.clock().now()).to_string();
    Ok(Caller::new(&first, roles, Via::Timer, None, request))
}
