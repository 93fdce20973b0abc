//! `/api/v1`: the surface for automation and `keysteadctl`.
//!
//! Handlers read the request, call one use case and turn its answer into [`api_types`]; they decide
//! nothing. Callers prove who they are with a bearer token and nothing else. Every error is a problem
//! (RFC 9457), rendered by [`problem::render`].

mod answer;
mod audit;
mod backups;
mod environments;
mod export;
mod extract;
mod imports;
mod key_form;
mod keys;
mod messages;
mod openapi;
mod operations;
mod problem;
mod regions;
mod rows;
mod tables;
mod tenant;
mod wire;

pub use export::download;
pub use openapi::document;
pub(crate) use problem::of_layer;

use crate::state::AppState;
use axum::{Router, extract::DefaultBodyLimit, middleware, routing::any};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt as _},
    routes,
};

/// Where the API lives.
pub const PREFIX: &str = "/api/v1";

/// Bodies of requests without a limit of their own, in bytes.
const BODY: usize = 1024 * 1024;
/// Rows come in bulk, and with files.
const ROWS_BODY: usize = 64 * 1024 * 1024;
/// A key file with its form around it; the file itself is checked against its own limit.
const KEY_BODY: usize = 2 * service::keys::MAX_FILE;

/// Every operation, and problems for everything else under `/api`.
pub fn router() -> Router<AppState> {
    let (operations, _) = operations().split_for_parts();
    operations
        .route("/api", any(problem::no_such_address))
        .route("/api/", any(problem::no_such_address))
        .route("/api/{*rest}", any(problem::no_such_address))
        .layer(DefaultBodyLimit::max(BODY))
        .layer(middleware::from_fn(problem::render))
}

/// The operations with their documentation: a route that is not documented does not exist.
fn operations() -> OpenApiRouter<AppState> {
    let bulk = || DefaultBodyLimit::max(ROWS_BODY);
    let v1 = OpenApiRouter::new()
        .routes(routes!(openapi::get))
        .routes(routes!(tenant::get))
        .routes(routes!(regions::list))
        .routes(routes!(regions::report))
        .routes(routes!(regions::clear_report))
        .routes(routes!(regions::schedule_roll_back, regions::cancel_roll_back))
        .routes(routes!(regions::give_approval, regions::withdraw_approval))
        .routes(routes!(keys::list, keys::upload).layer(DefaultBodyLimit::max(KEY_BODY)))
        .routes(routes!(keys::generate))
        .routes(routes!(keys::get))
        .routes(routes!(keys::download))
        .routes(routes!(keys::prove).layer(DefaultBodyLimit::max(KEY_BODY)))
        .routes(routes!(keys::activate))
        .routes(routes!(keys::ask_approval))
        .routes(routes!(keys::lock).layer(DefaultBodyLimit::max(KEY_BODY)))
        .routes(routes!(keys::unlock).layer(DefaultBodyLimit::max(KEY_BODY)))
        .routes(routes!(environments::list, environments::create))
        .routes(routes!(environments::get))
        .routes(routes!(environments::apply))
        .routes(routes!(environments::give_back))
        .routes(routes!(environments::unlock))
        .routes(routes!(environments::delete))
        .routes(routes!(backups::list, backups::create))
        .routes(routes!(backups::get, backups::delete))
        .routes(routes!(backups::restore_targets))
        .routes(routes!(backups::restore))
        .routes(routes!(backups::get_schedule, backups::set_schedule, backups::cancel_schedule))
        .routes(routes!(backups::copy_targets))
        .routes(routes!(backups::copy))
        .routes(routes!(backups::reset))
        .routes(routes!(tables::list, tables::create))
        .routes(routes!(tables::get))
        .routes(routes!(rows::list, rows::insert).layer(bulk()))
        .routes(routes!(rows::get, rows::update, rows::delete).layer(bulk()))
        .routes(routes!(imports::upload))
        .routes(routes!(export::get))
        .routes(routes!(operations::list))
        .routes(routes!(operations::get))
        .routes(routes!(operations::cancel))
        .routes(routes!(imports::report))
        .routes(routes!(messages::list))
        .routes(routes!(messages::get))
        .routes(routes!(messages::send))
        .routes(routes!(audit::list));
    OpenApiRouter::with_openapi(openapi::frame()).nest(PREFIX, v1)
}
