//! Documents: a page as a whole, for a GET or in answer to a refused form.

use super::SignedIn;
use crate::{assets, middleware::problem::About, state::AppState};
use app::{forms::FormState, frame, frame::Frame, shell::Assets, shell::shell};
use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use domain::Code;
use http::{Method, StatusCode, request::Parts};
use leptos::{nonce::Nonce, prelude::provide_context, server_fn::axum::server_fn_paths};
use std::sync::LazyLock;

/// The built site's files, the same for the life of the process.
static ASSETS: LazyLock<Assets> = LazyLock::new(assets::manifest);

/// In a request's extensions: the page is another one than the address says.
#[derive(Clone, Copy)]
pub(super) struct Elsewhere;

/// `GET` of any page.
pub async fn document(State(state): State<AppState>, request: Request) -> Response {
    respond(&state, request, FormState::default()).await
}

/// The page at the address of `parts` in answer to a refused form. The status is `status`, unless
/// the page itself cannot be shown, or leads elsewhere.
pub async fn render(state: &AppState, parts: Parts, status: StatusCode, form: FormState) -> Response {
    let mut request = Request::from_parts(parts, Body::empty());
    *request.method_mut() = Method::GET;
    let mut response = respond(state, request, form).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = status;
    }
    response
}

/// A server function; the pages' own, not an interface for others.
pub(super) async fn function(State(state): State<AppState>, request: Request) -> Response {
    let path = request.uri().path();
    if !server_fn_paths().any(|(known, method)| known == path && method == *request.method()) {
        let text = "There is nothing at this address. Load the page again: the portal may have been updated.";
        return About::of(&request).refuse(StatusCode::NOT_FOUND, Code::NotFound, text);
    }
    let context = context(&state, &request, Frame::default(), FormState::default());
    leptos_axum::handle_server_fns_with_context(context, request).await.into_response()
}

async fn respond(state: &AppState, request: Request, form: FormState) -> Response {
    let signed_in = request.extensions().get::<SignedIn>().cloned().unwrap_or_default();
    let frame = frame::load(&state.portal, signed_in.0.as_ref(), request.headers()).await;
    let frame = frame.unwrap_or_else(|error| {
        tracing::error!(error = format!("{error:#}"), "the frame of a page could not be made");
        Frame::default()
    });
    let context = context(state, &request, frame, form);
    leptos_axum::render_app_async_with_context(context, shell)(request).await
}

/// What pages and server functions find in their context.
fn context(
    state: &AppState,
    request: &Request,
    frame: Frame,
    form: FormState,
) -> impl Fn() + Clone + Send + Sync + 'static {
    let portal = state.portal.clone();
    let signed_in = request.extensions().get::<SignedIn>().cloned().unwrap_or_default();
    let nonce = request.extensions().get::<Nonce>().cloned();
    let mut assets = ASSETS.clone();
    if request.extensions().get::<Elsewhere>().is_some() {
        assets.js = None;
    }
    move || {
        provide_context(portal.clone());
        provide_context(signed_in.clone());
        provide_context(frame.clone());
        provide_context(form.clone());
        provide_context(assets.clone());
        if let Some(nonce) = nonce.clone() {
            provide_context(nonce);
        }
    }
}
