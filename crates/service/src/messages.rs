//! The outbox as administrators read it.

use crate::{Caller, Portal, ServiceResult, Target, act};
use domain::{MessageId, Refusal, actions::Action};
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
