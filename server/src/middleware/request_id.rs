//! One id per request: in the answer's header, the log, problems, audit rows and mails.

use crate::state::AppState;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{Extensions, HeaderName, HeaderValue};
use uuid::Builder;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The request's id, a UUID of version 7. What a client sends in its place is not believed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RequestId(pub String);

impl RequestId {
    /// The id among a request's extensions; empty outside of a request.
    pub fn of(extensions: &Extensions) -> String {
        extensions.get::<Self>().map(|id| id.0.clone()).unwrap_or_default()
    }
}

/// Gives the request an id and the answer the same.
pub(crate) async fn assign(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let millis = u64::try_from(state.portal.clock().now().0 / 1_000).unwrap_or(0);
    let id = Builder::from_unix_timestamp_millis(millis, &vault::random::bytes::<10>()).into_uuid();
    let id = id.to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}
