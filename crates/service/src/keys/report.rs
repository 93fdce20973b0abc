//! "This was not us". Whoever did not know of a key change stops all others until somebody else has looked.

use crate::{Act, Caller, Portal, ServiceResult, Target, Via, mails::Notice};
use domain::{
    Code, Refusal, RingId, Timestamp, UserId,
    actions::Action,
    events::Event,
    keys::KeyState,
    policy,
    rings::{NO_LOCK_AFTER_CHANGE, RingFacts},
};
use store::{keys::Key, reports::ReportLink, rings::Ring};

/// Reports the latest key change of the ring as not authorised: no key is activated and nothing is locked until a
/// Global administrator who neither made, approved nor reported it clears that. `link` is the token of a mail's link, which is
/// used up.
///
/// # Errors
/// The refusals of [`policy::report_change`]; `NOTHING_TO_REPORT` for a link that was used or is about an older change.
pub async fn report(
    portal: &Portal,
    caller: &Caller,
    ring: RingId,
    confirmed: bool,
    link: Option<String>,
) -> ServiceResult<()> {
    portal
        .act(caller, Action::KeyReport, Target::Ring(ring), move |act| {
            Box::pin(async move {
                let ring = store::rings::lock(&act.tx, ring).await?;
                let facts = store::rings::facts(&act.tx, RingId(ring.id)).await?;
                policy::report_change(&facts, act.now)?;
                if let Some(token) = &link {
                    take(act, &ring, token).await?;
                }
                if !confirmed {
                    return Err(
                        super::not_confirmed("that no key changes until somebody else has looked").into()
                    );
                }
                let key = latest(act, &ring).await?;
                let who = (act.caller.user(), store::operations::asked_by(&act.tx, key.id).await?);
                store::reports::insert(&act.tx, RingId(ring.id), who, act.now).await?;
                tell(act, Event::ChangeReported, &ring, &key).await
            })
        })
        .await
}

/// Clears a report: keys can change and environments can be locked again.
///
/// # Errors
/// The refusals of [`policy::clear_report`].
pub async fn clear(portal: &Portal, caller: &Caller, ring: RingId, confirmed: bool) -> ServiceResult<()> {
    portal
        .act(caller, Action::KeyClearReport, Target::Ring(ring), move |act| {
            Box::pin(async move {
                let ring = store::rings::lock(&act.tx, ring).await?;
                let facts = store::rings::facts(&act.tx, RingId(ring.id)).await?;
                policy::clear_report(&facts, clearer(&act.caller))?;
                if !confirmed {
                    return Err(super::not_confirmed("that you have looked at the change").into());
                }
                act.record("reported_by", facts.report.map(|report| report.email).unwrap_or_default());
                store::reports::delete(&act.tx, RingId(ring.id)).await?;
                let key = latest(act, &ring).await?;
                tell(act, Event::ReportCleared, &ring, &key).await
            })
        })
        .await
}

/// Whom the report must not be cleared by; the operator at the machine is the way out where nobody else is left.
pub(crate) fn clearer(caller: &Caller) -> Option<UserId> {
    (*caller.via() != Via::Operator).then(|| caller.user())
}

/// Who could clear a report of the latest change by the caller, in words.
pub(super) async fn clearing(
    db: &impl store::ConnectionTrait,
    caller: &Caller,
    (ring, facts): (RingId, &RingFacts),
    keys: &[Key],
) -> ServiceResult<String> {
    let changed_by = match latest_of(keys) {
        Some(key) => store::operations::asked_by(db, key.id).await?,
        None => None,
    };
    let clearable = store::reports::clearable(db, ring, (caller.user(), changed_by)).await?;
    Ok(policy::clearing(facts, clearable))
}

/// The key that the latest change made active, or is about to: there was one, says the policy.
async fn latest(act: &Act, ring: &Ring) -> ServiceResult<Key> {
    let keys = store::keys::list(&act.tx, RingId(ring.id)).await?;
    Ok(latest_of(&keys).cloned().ok_or_else(|| store::StoreError::inconsistent("rings", ring.id))?)
}

fn latest_of(keys: &[Key]) -> Option<&Key> {
    let installing = keys.iter().find(|key| matches!(key.state, KeyState::Installing { .. }));
    installing.or_else(|| keys.iter().max_by_key(|key| key.activated_at))
}

async fn tell(act: &mut Act, event: Event, ring: &Ring, key: &Key) -> ServiceResult<()> {
    act.record("key", key.name.as_str());
    act.notify(Notice::of_key(event, ring, key, None)).await
}

/// What a link of a mail is good for: about the ring's latest change, its recipient's, unused.
async fn take(act: &Act, ring: &Ring, token: &str) -> ServiceResult<()> {
    let hash = super::sha256(token.as_bytes());
    let link = store::reports::link(&act.tx, &hash).await?;
    if !good(link.as_ref(), RingId(ring.id), act.caller.user(), act.now)
        || !store::reports::take_link(&act.tx, &hash).await?
    {
        return Err(used_up().into());
    }
    Ok(())
}

fn good(link: Option<&ReportLink>, ring: RingId, user: UserId, now: Timestamp) -> bool {
    link.is_some_and(|link| link.ring_id == ring.0 && link.user_id == user.0 && now.0 < link.expires_at)
}

fn used_up() -> Refusal {
    let detail = "This link was used, is not yours, or is about a change before the latest one.";
    Refusal::new(Code::NothingToReport, detail)
        .remedy("Look at the region's keys; you can report a change there.")
}

/// Makes the token of a mail's link, for one recipient.
pub(crate) async fn make_link(act: &Act, ring: RingId, user: UserId) -> ServiceResult<String> {
    let token = super::hex(&vault::random::bytes::<16>());
    let link = ReportLink {
        token_hash: super::sha256(token.as_bytes()).to_vec(),
        ring_id: ring.0,
        user_id: user.0,
        // A change that is asked for now is active a little later.
        expires_at: (act.now + 2 * NO_LOCK_AFTER_CHANGE).0,
    };
    store::reports::insert_link(&act.tx, link).await?;
    Ok(token)
}
