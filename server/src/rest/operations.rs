//! Long-running jobs.

use super::{
    answer::{self, cursor, limit},
    extract::{Api, Json, Path, Query},
    problem::Answer,
    regions, wire,
};
use api_types::{List, Operation};
use domain::{EnvironmentId, OperationId};
use serde::Deserialize;
use service::operations;
use store::operations::Filter;
use utoipa::IntoParams;

/// Which jobs.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    #[param(value_type = Option<uuid::Uuid>)]
    environment: Option<EnvironmentId>,
    region: Option<String>,
    /// `true`: only those that are queued or running.
    open: Option<bool>,
    /// The `next` of the page before.
    after: Option<String>,
    /// 1 to 200, 50 unless asked for.
    limit: Option<usize>,
}

/// Jobs you see, the newest first
#[utoipa::path(get, path = "/operations", operation_id = "list_operations", tag = "operations",
    params(Which), responses((status = 200, body = List<Operation>)))]
pub(super) async fn list(api: Api, Query(which): Query<Which>) -> Answer<Json<List<Operation>>> {
    let (after, limit) = (cursor(which.after.as_deref())?, limit(which.limit, 200)?);
    let ring = regions::ring_if(&api, which.region.as_deref()).await?;
    let filter = Filter {
        environment: which.environment,
        ring,
        open_only: which.open.unwrap_or(false),
        ..Filter::default()
    };
    let page = operations::list(&api.portal, &api.caller, filter, after, limit).await?;
    Ok(answer::list(page, |operation| wire::operation(operation, &api.caller)))
}

/// One job
#[utoipa::path(get, path = "/operations/{id}", operation_id = "get_operation", tag = "operations",
    params(("id" = Uuid, Path)), responses((status = 200, body = Operation)))]
pub(super) async fn get(api: Api, Path(id): Path<OperationId>) -> Answer<Json<Operation>> {
    let operation = operations::get(&api.portal, &api.caller, id).await?;
    Ok(Json(wire::operation(&operation, &api.caller)))
}

/// Cancel a job
///
/// Backups, restores, copies and imports, until what they change stands; what they made is removed, but for the rows
/// that an import has stored.
#[utoipa::path(post, path = "/operations/{id}/cancel", operation_id = "cancel_operation", tag = "operations",
    params(("id" = Uuid, Path)), responses((status = 200, body = Operation)))]
pub(super) async fn cancel(api: Api, Path(id): Path<OperationId>) -> Answer<Json<Operation>> {
    operations::cancel(&api.portal, &api.caller, id).await?;
    get(api, Path(id)).await
}
