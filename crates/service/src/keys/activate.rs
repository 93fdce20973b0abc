//! K3: a key is asked to become the Active one.

use super::approve;
use crate::{Act, Caller, Portal, ServiceResult, Target, jobs, mails::Notice, risk};
use domain::{
    Code, KeyId, Refusal, RingId, RingKeyId, UserId, actions::Action, approvals::Change, events::Event,
    operations::OperationKind, policy,
};

/// K3: asks for an activation; a job installs the key (PP-072…PP-083). `confirmed` is PP-075's
/// second confirmation.
pub async fn activate(
    portal: &Portal,
    caller: &Caller,
    id: KeyId,
    confirmed: bool,
    risk_acknowledged: bool,
) -> ServiceResult<domain::OperationId> {
    portal
        .act(caller, Action::KeyActivate, Target::Key(id), move |act| {
            Box::pin(async move {
                risk::require(act, risk_acknowledged).await?;
                if !confirmed {
                    return Err(
                        not_confirmed("the key change and that all administrators will be notified").into()
                    );
                }
                start_activation(act, id, None).await
            })
        })
        .await
}

/// `approver`: who approved it under the two-person rule when it was scheduled.
pub(super) async fn start_activation(
    act: &mut Act,
    id: KeyId,
    approver: Option<UserId>,
) -> ServiceResult<domain::OperationId> {
    let ring = store::rings::lock(&act.tx, RingId(act.ring()?.id)).await?;
    let ring_id = RingId(ring.id);
    let key = store::keys::lock(&act.tx, id).await?.ok_or_else(|| Refusal::not_found("key"))?;
    let facts = store::rings::facts(&act.tx, ring_id).await?;
    policy::activate_key(&facts, key.state, key.proved_at.is_some(), act.now)?;
    let approver = approve::use_up(act, &facts, Change::Activate, &key).await?.or(approver);
    store::rings::set_change_approved_by(&act.tx, ring_id, approver).await?;
    let previous = store::keys::active(&act.tx, ring_id).await?;
    let state = key.state.activate(act.now)?;
    store::keys::set_state(&act.tx, id, state, None).await?;
    // A new change: what mails say of the one before is over.
    store::reports::delete_links(&act.tx, ring_id).await?;
    act.record("key", key.name.as_str());
    act.record("before", key.state.as_str());
    act.record("after", state.as_str());
    let mut notice = Notice::of_key(Event::KeyActivationRequested, &ring, &key, previous.as_ref());
    notice.affected = Some(affected(&act.tx, &ring).await?);
    act.notify(notice).await?;
    jobs::queue(act, OperationKind::KeyInstall, ring_id, jobs::On::Key(id), 1).await
}

/// How many data keys a key change moves.
pub(crate) async fn affected(
    tx: &impl store::ConnectionTrait,
    ring: &store::rings::Ring,
) -> ServiceResult<u64> {
    match ring.active_ring_key {
        Some(id) => Ok(store::data_keys::count_under(tx, RingKeyId(id)).await?),
        None => Ok(0),
    }
}

pub(crate) fn not_confirmed(what: &str) -> Refusal {
    Refusal::field(Code::NotConfirmed, "confirmed", format!("Confirm {what}."))
}
