//! A defect in one request ends that request, not the connection.

use super::problem;
use axum::{extract::Request, middleware::Next, response::Response};
use futures::FutureExt;
use std::panic::AssertUnwindSafe;

/// Answers a panic with a plain 500 that names the request. The panic hook has logged it.
pub(crate) async fn catch(request: Request, next: Next) -> Response {
    let about = problem::About::of(&request);
    // Nothing of the request is used after a panic; shared state recovers from poisoned locks.
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => about.outage(),
    }
}
