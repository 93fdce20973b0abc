//! Environments: list, create, look at, apply the key, return it, unlock, delete.

use super::{
    answer::{self, Accepted, Created, accepted, created, cursor, limit},
    extract::{Api, Json, Path, Query},
    problem::{Answer, Failure},
    regions, wire,
};
use api_types::{
    ApplyKey, DeleteEnvironment, Environment, EnvironmentDetails, List, NewEnvironment, Operation, ReturnKey,
    UnlockEnvironment,
};
use domain::{EnvironmentId, environments as words};
use serde::Deserialize;
use service::environments;
use store::environments::{Filter, Sort};
use utoipa::IntoParams;

/// Which environments, in which order.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Part of the name, letter case aside.
    search: Option<String>,
    #[serde(rename = "type")]
    #[param(value_type = Option<api_types::EnvironmentType>)]
    kind: Option<String>,
    /// `locked` are also those that a running lock has not come to (`locking`).
    #[param(value_type = Option<api_types::EnvironmentState>)]
    state: Option<String>,
    region: Option<String>,
    /// `name` (unless asked for), `-name`, `created` or `-created`; the minus turns the order round.
    sort: Option<String>,
    /// The `next` of the page before; goes with the same order.
    after: Option<String>,
    /// 1 to 200, 50 unless asked for.
    limit: Option<usize>,
}

/// Environments you see
#[utoipa::path(get, path = "/environments", operation_id = "list_environments", tag = "environments",
    params(Which), responses((status = 200, body = List<Environment>)))]
pub(super) async fn list(api: Api, Query(which): Query<Which>) -> Answer<Json<List<Environment>>> {
    let (sort, after, limit) =
        (sort(which.sort.as_deref())?, cursor(which.after.as_deref())?, limit(which.limit, 200)?);
    let filter = filter(&api, which).await?;
    let page = environments::list(&api.portal, &api.caller, filter, sort, after, limit).await?;
    Ok(answer::list(page, wire::environment))
}

async fn filter(api: &Api, which: Which) -> Answer<Filter> {
    let kind = |text: &str| {
        words::EnvironmentType::parse(text).ok_or_else(|| Failure::field("type", "There is no such type."))
    };
    let state = |text: &str| {
        words::EnvironmentState::parse(text).ok_or_else(|| Failure::field("state", "There is no such state."))
    };
    let ring = regions::ring_if(api, which.region.as_deref()).await?;
    Ok(Filter {
        search: which.search,
        kind: which.kind.as_deref().map(kind).transpose()?,
        state: which.state.as_deref().map(state).transpose()?,
        ring,
        only: None,
    })
}

fn sort(text: Option<&str>) -> Answer<Sort> {
    match text {
        None | Some("name") => Ok(Sort::Name),
        Some("-name") => Ok(Sort::NameDescending),
        Some("created") => Ok(Sort::Created),
        Some("-created") => Ok(Sort::CreatedDescending),
        Some(_) => Err(Failure::field("sort", "Give name, -name, created or -created.")),
    }
}

/// Create an environment
///
/// It starts under the platform's key (PP-084).
#[utoipa::path(post, path = "/environments", operation_id = "create_environment", tag = "environments",
    request_body = NewEnvironment,
    responses((status = 201, body = EnvironmentDetails, headers(("Location" = String)))))]
pub(super) async fn create(
    api: Api,
    Json(form): Json<NewEnvironment>,
) -> Answer<Created<EnvironmentDetails>> {
    let form = environments::NewEnvironment { name: form.name, kind: form.kind, region: form.region };
    let id = environments::create(&api.portal, &api.caller, form).await?;
    let made = environments::get(&api.portal, &api.caller, id).await?;
    Ok(created(&api, &format!("/environments/{id}"), wire::details(&made, &api.caller)))
}

/// One environment, how it is encrypted, and what you may do to it
#[utoipa::path(get, path = "/environments/{id}", operation_id = "get_environment", tag = "environments",
    params(("id" = Uuid, Path)), responses((status = 200, body = EnvironmentDetails)))]
pub(super) async fn get(api: Api, Path(id): Path<EnvironmentId>) -> Answer<Json<EnvironmentDetails>> {
    let details = environments::get(&api.portal, &api.caller, id).await?;
    Ok(Json(wire::details(&details, &api.caller)))
}

/// Apply the region's active key
///
/// The environment is offline until the job ends (PP-090).
#[utoipa::path(post, path = "/environments/{id}/apply", operation_id = "apply_key", tag = "environments",
    params(("id" = Uuid, Path)), request_body = ApplyKey,
    responses((status = 202, body = Operation, headers(("Operation-Location" = String)))))]
pub(super) async fn apply(
    api: Api,
    Path(id): Path<EnvironmentId>,
    Json(form): Json<ApplyKey>,
) -> Answer<Accepted> {
    let operation =
        environments::apply(&api.portal, &api.caller, id, form.confirmed, form.risk_acknowledged).await?;
    accepted(&api, operation).await
}

/// Return to the platform's key
///
/// The environment is offline until the job ends. In production its name must be typed (PP-094).
#[utoipa::path(post, path = "/environments/{id}/return", operation_id = "return_key", tag = "environments",
    params(("id" = Uuid, Path)), request_body = ReturnKey,
    responses((status = 202, body = Operation, headers(("Operation-Location" = String)))))]
pub(super) async fn give_back(
    api: Api,
    Path(id): Path<EnvironmentId>,
    Json(form): Json<ReturnKey>,
) -> Answer<Accepted> {
    let ReturnKey { typed_name, confirmed, risk_acknowledged } = form;
    let operation =
        environments::give_back(&api.portal, &api.caller, id, typed_name, confirmed, risk_acknowledged)
            .await?;
    accepted(&api, operation).await
}

/// Unlock an environment
///
/// Its key must be Active again; an hour after the lock began at the earliest (PP-115…PP-128).
#[utoipa::path(post, path = "/environments/{id}/unlock", operation_id = "unlock_environment", tag = "environments",
    params(("id" = Uuid, Path)), request_body = UnlockEnvironment,
    responses((status = 202, body = Operation, headers(("Operation-Location" = String)))))]
pub(super) async fn unlock(
    api: Api,
    Path(id): Path<EnvironmentId>,
    Json(form): Json<UnlockEnvironment>,
) -> Answer<Accepted> {
    let operation =
        environments::unlock(&api.portal, &api.caller, id, form.confirmed, form.risk_acknowledged).await?;
    accepted(&api, operation).await
}

/// Delete a locked environment for good
///
/// Nothing brings its data back. Its name must be typed (PP-082).
#[utoipa::path(post, path = "/environments/{id}/delete", operation_id = "delete_environment", tag = "environments",
    params(("id" = Uuid, Path)), request_body = DeleteEnvironment,
    responses((status = 202, body = Operation, headers(("Operation-Location" = String)))))]
pub(super) async fn delete(
    api: Api,
    Path(id): Path<EnvironmentId>,
    Json(form): Json<DeleteEnvironment>,
) -> Answer<Accepted> {
    let DeleteEnvironment { typed_name, risk_acknowledged } = form;
    let operation = environments::delete(&api.portal, &api.caller, id, typed_name, risk_acknowledged).await?;
    accepted(&api, operation).await
}
