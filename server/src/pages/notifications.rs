//! The form of a notification: it is sent again.

use super::{Done, Posted, Route};
use axum::{response::Response, routing::post};
use domain::MessageId;
use service::{ServiceResult, messages};

pub(super) const FORMS: &[Route] = &[("/notifications/{id}", || post(send))];

async fn send(form: Posted) -> Response {
    let outcome = sent(&form).await;
    form.answer(outcome).await
}

async fn sent(form: &Posted) -> ServiceResult<String> {
    let id: MessageId = form.id("id")?;
    messages::send_again(form.portal(), form.caller()?, id).await?;
    Ok(Done::MessageQueued.at(&format!("/notifications/{id}")))
}
