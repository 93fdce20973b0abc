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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::middleware::RequestId;
    use axum::{Extension, Router, body::Body, middleware::from_fn, routing::get};
    use http::Request as HttpRequest;
    use tower::ServiceExt as _;

    async fn answer(path: &str) -> (u16, String) {
        let broken = async || -> &'static str { panic!("a secret that must not be shown") };
        let router = Router::new().route("/broken", get(broken)).route("/api/broken", get(broken));
        let router = router.layer(from_fn(catch)).layer(Extension(RequestId("r-1".to_owned())));
        let request = HttpRequest::get(path).body(Body::empty()).unwrap();
        let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
        let body = axum::body::to_bytes(body, 100_000).await.unwrap();
        (parts.status.as_u16(), String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_panic_is_a_plain_500_that_names_the_request_and_nothing_else() {
        for (path, sign) in [("/broken", "<!DOCTYPE html>"), ("/api/broken", "urn:keystead:problem:INTERNAL")]
        {
            let (status, text) = answer(path).await;
            assert_eq!(status, 500, "{path}");
            assert!(text.contains(sign) && text.contains("r-1") && !text.contains("secret"), "{text}");
        }
    }
}
