//! `--dev-clock`: the portal's clock can be moved ahead, to try out waits of 24 and 72 hours.
//!
//! The offset is in the database, so that all processes move together. Without the flag neither the
//! route nor the task exists.

use crate::state::AppState;
use app::url::safe_next;
use axum::{
    Extension, Form, Json, Router,
    extract::{FromRequest, Request, State},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use http::{StatusCode, header::CONTENT_TYPE};
use serde::Deserialize;
use serde_json::json;
use service::{OffsetClock, Portal, ServiceResult};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// How often a process reads the offset.
const POLL: Duration = Duration::from_millis(500);
/// The farthest one step goes: ten years.
const MOST: i64 = 315_360_000;

/// `POST /dev/clock` with `seconds`, as a form (303 to `next`) or as JSON (200).
pub fn router(clock: Arc<OffsetClock>) -> Router<AppState> {
    Router::new().route("/dev/clock", post(advance)).layer(Extension(clock))
}

#[derive(Deserialize)]
struct Advance {
    seconds: i64,
    #[serde(default)]
    next: String,
}

async fn advance(
    State(state): State<AppState>,
    Extension(clock): Extension<Arc<OffsetClock>>,
    request: Request,
) -> Response {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let json = kind.starts_with("application/json");
    let read = match json {
        true => Json::from_request(request, &state)
            .await
            .map(|Json(form)| form)
            .map_err(IntoResponse::into_response),
        false => Form::from_request(request, &state)
            .await
            .map(|Form(form)| form)
            .map_err(IntoResponse::into_response),
    };
    let Advance { seconds, next } = match read {
        Ok(form) => form,
        Err(response) => return response,
    };
    if !(1..=MOST).contains(&seconds) {
        let text = "The clock only moves ahead: give seconds, 1 to 315360000.";
        return (StatusCode::UNPROCESSABLE_ENTITY, text).into_response();
    }
    match move_ahead(&state.portal, &clock, seconds).await {
        Ok(()) if json => Json(json!({ "now": state.portal.clock().now().rfc3339() })).into_response(),
        Ok(()) => Redirect::to(safe_next(&next)).into_response(),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the clock cannot be moved");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn move_ahead(portal: &Portal, clock: &OffsetClock, seconds: i64) -> ServiceResult<()> {
    let tx = portal.db().begin().await?;
    let before = store::portal::lock(&tx).await?.map_or(0, |portal| portal.clock_offset);
    let after = before.saturating_add(seconds * 1_000_000);
    store::portal::set_clock_offset(&tx, after).await?;
    store::sessions::move_ahead(&tx, after - before).await?;
    tx.commit().await?;
    clock.advance_to(after);
    tracing::warn!(seconds, now = portal.clock().now().rfc3339(), "the clock was moved ahead");
    Ok(())
}

/// Follows the offset that other processes set, until `stop`.
pub async fn follow(portal: Portal, clock: Arc<OffsetClock>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match store::portal::get(portal.db().read()).await {
            Ok(row) => clock.advance_to(row.map_or(0, |row| row.clock_offset)),
            Err(error) => tracing::error!(%error, "the clock's offset cannot be read"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
}
