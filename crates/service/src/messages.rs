//! The outbox as administrators read it.

use crate::{Act, Caller, Portal, ServiceResult, Target, act};
use domain::{
    MessageId, Refusal,
    actions::Action,
    messages::{MessageFacts, MessageState},
    policy::{self, Decision},
};
use store::{Cursor, Page, messages::Message};

/// A page of the tenant's messages, the newest first.
pub async fn list(
    portal: &Portal,
    caller: &Caller,
    after: Option<Cursor>,
    limit: usize,
) -> ServiceResult<Page<Message>> {
    let allowed = act::permit(caller, Action::MessageRead, None);
    portal.witness(caller, Action::MessageRead, Target::Tenant, allowed).await?;
    let limit = limit.clamp(1, 200);
    Ok(store::messages::list(portal.db().read(), caller.tenant(), after.as_ref(), limit).await?)
}

/// One message.
pub async fn get(portal: &Portal, caller: &Caller, id: MessageId) -> ServiceResult<Message> {
    let allowed = act::permit(caller, Action::MessageRead, None);
    portal.witness(caller, Action::MessageRead, Target::Tenant, allowed).await?;
    let found = store::messages::get(portal.db().read(), caller.tenant(), id).await?;
    Ok(found.ok_or_else(|| Refusal::not_found("message"))?)
}

/// One message, and whether the caller may have it sent again now.
pub async fn details(portal: &Portal, caller: &Caller, id: MessageId) -> ServiceResult<(Message, Decision)> {
    let message = get(portal, caller, id).await?;
    let facts = store::messages::facts(portal.db().read(), &message).await?;
    let decision = act::decide(caller, Action::MessageSend, None).and_then(|()| policy::send_again(&facts));
    Ok((message, decision))
}

/// Sends a message again that was given up, or now one that waits; all its attempts are before it again.
///
/// # Errors
/// `CONFLICT` when it was delivered, was never tried, or is for somebody who is no administrator any more.
pub async fn send_again(portal: &Portal, caller: &Caller, id: MessageId) -> ServiceResult<()> {
    portal.act(caller, Action::MessageSend, Target::Tenant, move |act| Box::pin(queue_again(act, id))).await
}

async fn queue_again(act: &mut Act, id: MessageId) -> ServiceResult<()> {
    let found = store::messages::get(&act.tx, act.caller.tenant(), id).await?;
    let message = found.ok_or_else(|| Refusal::not_found("message"))?;
    let facts = store::messages::facts(&act.tx, &message).await?;
    policy::send_again(&facts)?;
    if !store::messages::send_again(&act.tx, id, act.now).await? {
        // It arrived between the two looks.
        policy::send_again(&MessageFacts { state: MessageState::Sent, ..facts })?;
    }
    act.record("message", id.to_string());
    act.record("subject", message.subject.as_str());
    act.record("recipient", message.address.as_str());
    Ok(())
}
