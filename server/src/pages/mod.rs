//! The pages' side of HTTP: documents (GET), their server functions, and the forms (POST → 303).
//!
//! A form posts to the path of the page it stands on. Success is a 303 to a page that may say so
//! (`?done=…`); a refusal is the page again, with the refusal's status, what was typed and what was
//! wrong ([`Posted::answer`]). Handlers decide nothing: they read fields, call one use case, answer.
//!
//! What the layers around must put into a request's extensions: [`SignedIn`], and the
//! `leptos::nonce::Nonce` of the Content-Security-Policy.

mod backups;
mod downloads;
mod environments;
mod fields;
mod imports;
mod keys;
mod notifications;
mod posted;
mod preferences;
mod render;
mod risk;
mod rows;
mod session;
mod tables;

pub use app::{done::Done, request::SignedIn};
pub use fields::{Fields, SentFile};
pub use posted::Posted;
pub use render::{document, render};

use crate::state::AppState;
use app::App;
use axum::{
    Router,
    routing::{MethodRouter, get, post},
};
use leptos_axum::generate_route_list;
use std::sync::LazyLock;

/// An address and what answers there.
type Route = (&'static str, fn() -> MethodRouter<AppState>);

const FORMS: [&[Route]; 10] = [
    backups::FORMS,
    environments::FORMS,
    keys::FORMS,
    tables::FORMS,
    rows::FORMS,
    imports::FORMS,
    notifications::FORMS,
    risk::FORMS,
    preferences::FORMS,
    session::FORMS,
];

/// Where the pages are. Found once per process: while Leptos walks the routes, no page in the same
/// process loads its data, and one that asks just then waits for ever.
static PAGES: LazyLock<Vec<String>> =
    LazyLock::new(|| generate_route_list(App).iter().map(|page| page.path().to_owned()).collect());

/// Every page by GET, every server function under `/fn`, every form by POST.
pub fn router() -> Router<AppState> {
    let documents = pages().fold(Router::new(), |router, page| router.route(page, get(document)));
    let others = FORMS.into_iter().flatten().chain(downloads::FILES);
    others
        .fold(documents, |router, (address, route)| router.route(address, route()))
        .route("/fn/{*name}", post(render::function))
}

/// Where pages are.
pub fn pages() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(String::as_str)
}

/// Where forms are posted to: what tests ask as every kind of caller.
pub fn forms() -> impl Iterator<Item = &'static str> {
    FORMS.into_iter().flatten().map(|(address, _)| *address)
}

/// Where files are downloaded from, likewise.
pub fn files() -> impl Iterator<Item = &'static str> {
    downloads::FILES.iter().map(|(address, _)| *address)
}
