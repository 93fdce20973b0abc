//! Mails to administrators and whether they arrived.

use super::{
    answer::{self, cursor, limit},
    extract::{Api, Json, Path, Query},
    problem::Answer,
    wire::{allowed, at},
};
use api_types::{List, Message, MessageDetails, MessageState};
use domain::{MessageId, actions::Action, messages::MessageState as State};
use serde::Deserialize;
use service::messages;
use utoipa::IntoParams;

/// Which page of messages.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// The `next` of the page before.
    after: Option<String>,
    /// 1 to 200, 50 unless asked for.
    limit: Option<usize>,
}

/// Messages of the organisation, the newest first
#[utoipa::path(get, path = "/messages", operation_id = "list_messages", tag = "messages",
    params(Which), responses((status = 200, body = List<Message>)))]
pub(super) async fn list(api: Api, Query(which): Query<Which>) -> Answer<Json<List<Message>>> {
    let (after, limit) = (cursor(which.after.as_deref())?, limit(which.limit, 200)?);
    let page = messages::list(&api.portal, &api.caller, after, limit).await?;
    Ok(answer::list(page, message))
}

/// One message with its text
#[utoipa::path(get, path = "/messages/{id}", operation_id = "get_message", tag = "messages",
    params(("id" = Uuid, Path)), responses((status = 200, body = MessageDetails)))]
pub(super) async fn get(api: Api, Path(id): Path<MessageId>) -> Answer<Json<MessageDetails>> {
    let (found, send) = messages::details(&api.portal, &api.caller, id).await?;
    Ok(Json(MessageDetails {
        message: message(&found),
        text: found.text,
        allowed_actions: vec![allowed(Action::MessageSend, &send)],
    }))
}

/// Send a message again
///
/// One that was given up, or at once one that waits after an attempt in vain. All its attempts are before it again.
#[utoipa::path(post, path = "/messages/{id}/send", operation_id = "send_message", tag = "messages",
    params(("id" = Uuid, Path)), responses((status = 200, body = MessageDetails)))]
pub(super) async fn send(api: Api, Path(id): Path<MessageId>) -> Answer<Json<MessageDetails>> {
    messages::send_again(&api.portal, &api.caller, id).await?;
    get(api, Path(id)).await
}

fn message(message: &store::messages::Message) -> Message {
    Message {
        id: message.id.0,
        event: message.event.as_str().to_owned(),
        address: message.address.clone(),
        subject: message.subject.clone(),
        state: match message.state {
            State::Queued => MessageState::Queued,
            State::Sent => MessageState::Sent,
            State::Failed => MessageState::Failed,
        },
        attempts: message.attempts,
        next_attempt_at: (message.state == State::Queued).then(|| at(message.next_attempt_at)),
        last_error: message.last_error.clone(),
        created_at: at(message.created_at),
        sent_at: message.sent_at.map(at),
    }
}
