//! a roll-back that is wanted in the first 24 hours, in which no key is activated, is done when they are over.

use super::{activate::start_activation, approve};
use crate::{Caller, Portal, ServiceResult, Target, Via, fresh, mails::Notice, timers};
use domain::{
    Code, KeyId, Refusal, RingId, Timestamp, UserId, actions::Action, approvals::Change, events::Event,
    keys::KeyState, policy, rings::BETWEEN_ACTIVATIONS, roles,
};
use store::{keys::Key, roll_backs::RollBack};

/// The key that was Active before the latest change, if it is still there to roll back to.
pub(crate) fn previous(keys: &[Key]) -> Option<&Key> {
    let before = keys.iter().filter(|key| key.state == KeyState::Available && key.activated_at.is_some());
    before.max_by_key(|key| key.activated_at)
}

/// Has the key before the latest change activated as soon as the 24 hours after it are over. Returns when.
///
/// # Errors
/// The refusals of [`policy::schedule_roll_back`].
pub async fn schedule(
    portal: &Portal,
    caller: &Caller,
    ring: RingId,
    confirmed: bool,
) -> ServiceResult<Timestamp> {
    portal
        .act(caller, Action::KeyScheduleRollBack, Target::Ring(ring), move |act| {
            Box::pin(async move {
                let ring = store::rings::lock(&act.tx, ring).await?;
                let ring_id = RingId(ring.id);
                let facts = store::rings::facts(&act.tx, ring_id).await?;
                let keys = store::keys::list(&act.tx, ring_id).await?;
                let key = previous(&keys);
                policy::schedule_roll_back(&facts, key.is_some(), act.now)?;
                let key = key.ok_or_else(|| store::StoreError::inconsistent("rings", ring.id))?;
                if !confirmed {
                    return Err(super::not_confirmed("the roll-back").into());
                }
                let approver = approve::use_up(act, &facts, Change::RollBack, key).await?;
                let due_at = facts.last_activation_at.map_or(act.now, |at| at + BETWEEN_ACTIVATIONS);
                let roll_back = RollBack {
                    ring_id: ring.id,
                    key_id: key.id.0,
                    due_at: due_at.0,
                    scheduled_by: act.caller.user().0,
                    approved_by: approver.map(|user| user.0),
                    address: act.caller.address().map(str::to_owned),
                };
                store::roll_backs::insert(&act.tx, roll_back).await?;
                act.record("key", key.name.as_str());
                act.record("due_at", due_at.human());
                let active = keys.iter().find(|key| matches!(key.state, KeyState::Active { .. }));
                let mut notice = Notice::of_key(Event::RollBackScheduled, &ring, key, active);
                notice.due_at = Some(due_at);
                act.notify(notice).await?;
                Ok(due_at)
            })
        })
        .await
}

/// Calls a scheduled roll-back off.
///
/// # Errors
/// `NOTHING_TO_ROLL_BACK` when none is scheduled.
pub async fn cancel(portal: &Portal, caller: &Caller, ring: RingId) -> ServiceResult<()> {
    call_off(portal, caller, ring, None).await
}

async fn call_off(portal: &Portal, caller: &Caller, ring: RingId, why: Option<String>) -> ServiceResult<()> {
    portal
        .act(caller, Action::KeyCancelRollBack, Target::Ring(ring), move |act| {
            Box::pin(async move {
                let ring = store::rings::lock(&act.tx, ring).await?;
                let facts = store::rings::facts(&act.tx, RingId(ring.id)).await?;
                policy::cancel_roll_back(&facts)?;
                let id = facts.roll_back.map(|roll_back| roll_back.key);
                let id = id.ok_or_else(|| store::StoreError::inconsistent("roll_backs", ring.id))?;
                store::roll_backs::delete(&act.tx, RingId(ring.id)).await?;
                let key = store::keys::get(&act.tx, id).await?;
                let key = key.ok_or_else(|| store::StoreError::inconsistent("roll_backs", ring.id))?;
                act.record("key", key.name.as_str());
                let mut notice = Notice::of_key(Event::RollBackCancelled, &ring, &key, None);
                notice.error = why;
                act.notify(notice).await
            })
        })
        .await
}

/// Begins the roll-backs whose time has come. One that has to wait (a report, another activation) stays scheduled;
/// one that cannot happen any more is called off, and everybody is told why.
pub(crate) async fn run_due(portal: &Portal) -> ServiceResult<()> {
    let db = portal.db().read();
    let mut outcomes = Vec::new();
    for due in store::roll_backs::due(db, portal.clock().now()).await? {
        outcomes.push(run(portal, &due).await);
    }
    timers::whole(outcomes)
}

async fn run(portal: &Portal, due: &RollBack) -> ServiceResult<()> {
    let caller = requester(portal, due).await?;
    match may_begin(portal, &caller, due).await? {
        Ok(()) => begin(portal, &caller, due).await,
        Err(refusal) if waits(refusal.code) => Ok(()),
        Err(refusal) => {
            let portal_itself = timers::caller(portal, caller.tenant()).await?;
            call_off(portal, &portal_itself, RingId(due.ring_id), Some(refusal.detail)).await
        }
    }
}

/// What ends by itself or when somebody clears it.
const fn waits(code: Code) -> bool {
    matches!(code, Code::ChangeReported | Code::ActivationInProgress | Code::ActivationCooldown)
}

/// With the roles of now: who may not activate keys any more does not by a schedule either.
async fn may_begin(portal: &Portal, caller: &Caller, due: &RollBack) -> ServiceResult<policy::Decision> {
    if !roles::allows(caller.roles(), Action::KeyActivate, None) {
        let detail = format!("{} may not activate keys any more.", caller.email());
        return Ok(Err(Refusal::new(Code::Forbidden, detail)));
    }
    let db = portal.db().read();
    let key = store::keys::get(db, KeyId(due.key_id)).await?;
    let key = key.ok_or_else(|| store::StoreError::inconsistent("roll_backs", due.ring_id))?;
    let facts = store::rings::facts(db, RingId(due.ring_id)).await?;
    if let Err(refusal) = policy::scheduled_roll_back(&facts) {
        return Ok(Err(refusal));
    }
    Ok(policy::activate_key(&facts, key.state, key.proved_at.is_some(), portal.clock().now()))
}

/// Another process, or a person, may be first.
async fn begin(portal: &Portal, caller: &Caller, due: &RollBack) -> ServiceResult<()> {
    let (ring, key, approver) = (RingId(due.ring_id), KeyId(due.key_id), due.approved_by.map(UserId));
    let begun = portal
        .act(caller, Action::KeyActivate, Target::Key(key), move |act| {
            Box::pin(async move {
                store::rings::lock(&act.tx, ring).await?;
                policy::scheduled_roll_back(&store::rings::facts(&act.tx, ring).await?)?;
                if store::roll_backs::delete(&act.tx, ring).await? {
                    act.record("scheduled", true);
                    start_activation(act, key, approver).await?;
                }
                Ok(())
            })
        })
        .await;
    match begun {
        Err(error) if error.refusal().is_some() => Ok(()),
        begun => begun,
    }
}

/// Who scheduled it.
async fn requester(portal: &Portal, due: &RollBack) -> ServiceResult<Caller> {
    let db = portal.db().read();
    let user = UserId(due.scheduled_by);
    let row = store::users::get(db, user).await?;
    let row = row.ok_or_else(|| store::StoreError::inconsistent("roll_backs", due.ring_id))?;
    let roles = if row.disabled_at.is_some() { Vec::new() } else { store::users::roles(db, user).await? };
    let request = fresh::id(portal.clock().now()).to_string();
    Ok(Caller::new(&row, roles, Via::Timer, due.address.clone(), request))
}
