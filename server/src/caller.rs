//! Who asks: from the session cookie to a [`Caller`], once per request.

use crate::{middleware::RequestId, state::AppState};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use service::sessions;
use tower_sessions::Session;

pub use app::request::SignedIn;

/// Reads who is signed in, in one query, and puts [`SignedIn`] into the request. Must run inside the
/// session layer, which puts the [`Session`] there; the session's own data is loaded only by the
/// handlers that ask for it.
pub async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = request.extensions().get::<Session>().and_then(Session::id);
    let caller = match id {
        None => None,
        Some(id) => {
            let address = crate::middleware::client_address(request.extensions());
            let request_id = RequestId::of(request.extensions());
            let hash = crate::session_store::hash(&id);
            match sessions::identify(&state.portal, hash, address, request_id.clone()).await {
                Ok(caller) => caller,
                Err(error) => {
                    tracing::error!(
                        request = request_id,
                        error = format!("{error:#}"),
                        "no session can be read"
                    );
                    return crate::middleware::problem::failed(&request, &error);
                }
            }
        }
    };
    request.extensions_mut().insert(SignedIn(caller));
    next.run(request).await
}
