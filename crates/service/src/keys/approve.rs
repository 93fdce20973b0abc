//! The two-person rule: one administrator asks for an exact change, another approves it, the first makes it.

use crate::{Act, Caller, Portal, ServiceResult, Target, Via, act, mails::Notice};
use domain::{
    ApprovalId, KeyId, Refusal, RingId, UserId, actions::Action, approvals::Change, events::Event, policy,
    rings::RingFacts,
};
use store::{approvals::Question, keys::Key, rings::Ring};

/// Asks the other administrators to approve this change of this key; every administrator is mailed.
///
/// # Errors
/// The refusals of [`policy::ask_approval`]; `NOT_CONFIRMED`.
pub async fn ask(
    portal: &Portal,
    caller: &Caller,
    id: KeyId,
    change: Change,
    confirmed: bool,
) -> ServiceResult<()> {
    portal
        .act(caller, Action::KeyAskApproval, Target::Key(id), move |act| {
            Box::pin(async move {
                let ring = store::rings::lock(&act.tx, RingId(act.ring()?.id)).await?;
                let key = store::keys::get(&act.tx, id).await?.ok_or_else(|| Refusal::not_found("key"))?;
                let facts = store::rings::facts(&act.tx, RingId(ring.id)).await?;
                policy::ask_approval(&facts, change, key.state, act.now)?;
                if !confirmed {
                    return Err(super::not_confirmed("what you ask for").into());
                }
                let question = Question {
                    id: act.fresh_id(),
                    ring_id: ring.id,
                    change: change.as_str().to_owned(),
                    key_id: id.0,
                    asked_by: act.caller.user().0,
                    asked_at: act.now.0,
                    pinned_at: facts.last_activation_at.map(|at| at.0),
                    approved_by: None,
                    approved_at: None,
                };
                store::approvals::replace(&act.tx, question).await?;
                tell(act, Event::ApprovalAsked, (&ring, &key), change).await
            })
        })
        .await
}

/// Whether the caller may ask for that now.
///
/// # Errors
/// `NOT_FOUND` for a key of somebody else.
pub async fn may_ask(
    portal: &Portal,
    caller: &Caller,
    id: KeyId,
    change: Change,
) -> ServiceResult<policy::Decision> {
    let (listed, overview) = super::get(portal, caller, id).await?;
    Ok(act::decide(caller, Action::KeyAskApproval, None)
        .and_then(|()| policy::ask_approval(&overview.facts, change, listed.key.state, overview.now)))
}

/// Approves what another administrator has asked for; that one may do it until 24 hours after asking. `id` is the
/// question that was looked at.
///
/// # Errors
/// The refusals of [`policy::give_approval`]; `CONFLICT` when something else is asked by now; `NOT_CONFIRMED`.
pub async fn give(
    portal: &Portal,
    caller: &Caller,
    ring: RingId,
    id: ApprovalId,
    confirmed: bool,
) -> ServiceResult<()> {
    portal
        .act(caller, Action::KeyGiveApproval, Target::Ring(ring), move |act| {
            Box::pin(async move {
                let (ring, facts) = look(act, ring).await?;
                policy::same_question(&facts, id, act.now)?;
                policy::give_approval(&facts, act.caller.user(), act.now)?;
                if !confirmed {
                    return Err(super::not_confirmed("that you approve").into());
                }
                store::approvals::approve(&act.tx, RingId(ring.id), act.caller.user(), act.now).await?;
                answer(act, Event::ApprovalGiven, &ring, &facts).await
            })
        })
        .await
}

/// Refuses what another administrator has asked for, or withdraws the own question.
///
/// # Errors
/// `NOTHING_TO_APPROVE`; `CONFLICT` when something else is asked by now.
pub async fn withdraw(portal: &Portal, caller: &Caller, ring: RingId, id: ApprovalId) -> ServiceResult<()> {
    portal
        .act(caller, Action::KeyWithdrawApproval, Target::Ring(ring), move |act| {
            Box::pin(async move {
                let (ring, facts) = look(act, ring).await?;
                policy::withdraw_approval(&facts, act.now)?;
                policy::same_question(&facts, id, act.now)?;
                store::approvals::delete(&act.tx, RingId(ring.id)).await?;
                answer(act, Event::ApprovalWithdrawn, &ring, &facts).await
            })
        })
        .await
}

async fn look(act: &Act, ring: RingId) -> ServiceResult<(Ring, RingFacts)> {
    let ring = store::rings::lock(&act.tx, ring).await?;
    let facts = store::rings::facts(&act.tx, RingId(ring.id)).await?;
    Ok((ring, facts))
}

async fn answer(act: &mut Act, event: Event, ring: &Ring, facts: &RingFacts) -> ServiceResult<()> {
    let missing = || store::StoreError::inconsistent("approvals", ring.id);
    let approval = facts.approval.clone().ok_or_else(missing)?;
    let key = store::keys::get(&act.tx, approval.key).await?.ok_or_else(missing)?;
    act.record("asked_by", approval.asker);
    tell(act, event, (ring, &key), approval.change).await
}

async fn tell(act: &mut Act, event: Event, (ring, key): (&Ring, &Key), change: Change) -> ServiceResult<()> {
    act.record("change", change.as_str());
    act.record("key", key.name.as_str());
    let mut notice = Notice::of_key(event, ring, key, None);
    notice.change = Some(change.of(&key.name));
    act.notify(notice).await
}

/// Whom the rule binds: not what runs by itself, which was approved before.
pub(super) fn bound(caller: &Caller) -> Option<UserId> {
    (!matches!(caller.via(), Via::Timer | Via::Job | Via::Operator)).then(|| caller.user())
}

/// The guard of a change under the rule, in its transaction: with the policy's consent the approval is used up. Who had
/// given it.
pub(super) async fn use_up(
    act: &mut Act,
    facts: &RingFacts,
    change: Change,
    key: &Key,
) -> ServiceResult<Option<UserId>> {
    policy::approved(facts, change, key.id, bound(&act.caller), act.now)?;
    if !facts.two_person || bound(&act.caller).is_none() {
        return Ok(None);
    }
    let approver = facts.approval.as_ref().and_then(|approval| approval.approver.clone());
    act.record("approved_by", approver.unwrap_or_default());
    Ok(store::approvals::take(&act.tx, key.ring_id).await?)
}
