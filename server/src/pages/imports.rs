//! CSV files on their way in: taken as they arrive, never whole in memory.

use super::{Done, Posted, Route, posted::unreadable};
use crate::state::AppState;
use axum::{
    extract::{DefaultBodyLimit, Multipart, Request, State},
    response::Response,
    routing::post,
};
use domain::{Code, Refusal, TableId};
use service::{ServiceResult, imports};

/// The use case counts the file's bytes itself.
pub(super) const FORMS: &[Route] =
    &[("/tables/{id}/import", || post(import).layer(DefaultBodyLimit::disable()))];

async fn import(State(state): State<AppState>, request: Request) -> Response {
    let (form, body) = match Posted::streamed(request, &state).await {
        Ok(form) => form,
        Err(answer) => return answer,
    };
    let outcome = imported(&form, body).await;
    form.answer(outcome).await
}

async fn imported(form: &Posted, mut body: Multipart) -> ServiceResult<String> {
    let table: TableId = form.id("id")?;
    let mut upload = imports::begin(form.portal(), form.caller()?, table).await?;
    while let Some(mut field) = body.next_field().await.map_err(|error| unreadable(&error, "file"))? {
        if field.name() != Some("file") {
            continue;
        }
        while let Some(bytes) = field.chunk().await.map_err(|error| unreadable(&error, "file"))? {
            upload.push(&bytes).await?;
        }
        let operation = upload.finish().await?;
        return Ok(Done::ImportStarted.at(&format!("/operations/{operation}")));
    }
    Err(Refusal::field(Code::Invalid, "file", "Select a CSV file with a header line."))?
}
