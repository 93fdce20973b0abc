//! All routes of the public listener, joined, and the layers around them.

use crate::{assets, caller, middleware as layers, pages, rest, session_store, state::AppState};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
};

/// The largest body of a request, in bytes. Uploads set their own limit at their route.
pub const MAX_BODY: usize = 1024 * 1024;

/// The whole application. Serve it with `into_make_service_with_connect_info::<SocketAddr>()`, so
/// that it knows its clients' addresses.
pub fn build(state: AppState) -> Router {
    build_with(state, Router::new())
}

/// As [`build`], with routes that are not always there behind the same layers.
pub fn build_with(state: AppState, more: Router<AppState>) -> Router {
    let pages = pages::router()
        .layer(from_fn_with_state(layers::Gate::new(state.clone()), layers::gate))
        .layer(from_fn_with_state(state.clone(), caller::identify))
        .layer(session_store::layer(&state.portal, state.site.secure))
        .layer(from_fn(layers::check_target));
    let all = Router::new().merge(pages).merge(rest::router()).merge(assets::router()).merge(more);
    all.layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn_with_state(state.clone(), layers::check_origin))
        .layer(from_fn_with_state(state.clone(), layers::resolve_address))
        .layer(from_fn(layers::catch_panic))
        .layer(from_fn_with_state(state.clone(), layers::secure_headers))
        .layer(from_fn(layers::log))
        .layer(from_fn_with_state(state.clone(), layers::assign_request_id))
        .with_state(state)
}
