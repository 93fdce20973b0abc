//! One log line per request, and how many of which class were answered. Never a query, a cookie,
//! another header or a body.

use super::RequestId;
use axum::{extract::Request, middleware::Next, response::Response};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use tokio::time::Instant;
use tracing::Instrument;

static ANSWERS: [AtomicU64; 5] = [const { AtomicU64::new(0) }; 5];

/// How many answers of each class this process gave.
pub(crate) fn answers() -> [(&'static str, u64); 5] {
    let classes = ["1xx", "2xx", "3xx", "4xx", "5xx"];
    std::array::from_fn(|index| (classes[index], ANSWERS[index].load(Relaxed)))
}

/// Logs method, path, status and duration; what happens inside is logged with the request's id.
pub(crate) async fn log(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = RequestId::of(request.extensions());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let span = tracing::info_span!("request", id);
    let response = next.run(request).instrument(span).await;
    let status = response.status().as_u16();
    if let Some(count) = ANSWERS.get(usize::from(status / 100).wrapping_sub(1)) {
        count.fetch_add(1, Relaxed);
    }
    let millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(target: "keystead::http", %method, path, status, millis, request = id);
    response
}
