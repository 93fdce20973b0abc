//! Protection keys: list, upload, activate.

use super::{
    answer::{Accepted, Created, accepted, created},
    extract::{Api, Json, Path},
    key_form::KeyForm,
    problem::Answer,
    regions, wire,
};
use api_types::{ActivateKey, Key, KeyAdded, KeyUpload, List, Operation};
use domain::KeyId;
use service::keys;

/// Keys of a region with what you may do to each
#[utoipa::path(get, path = "/regions/{region}/keys", operation_id = "list_keys", tag = "keys",
    params(("region" = String, Path)), responses((status = 200, body = List<Key>)))]
pub(super) async fn list(api: Api, Path(region): Path<String>) -> Answer<Json<List<Key>>> {
    let ring = regions::ring(&api, &region).await?;
    let overview = keys::overview(&api.portal, &api.caller, ring).await?;
    let items = overview.keys.iter().map(|listed| wire::key(listed, &region)).collect();
    Ok(Json(List { items, next: None }))
}

/// Upload a key
///
/// Every administrator is mailed. A region's first uploaded key activates itself (PP-070): the
/// answer then has the `operation`.
#[utoipa::path(post, path = "/regions/{region}/keys", operation_id = "upload_key", tag = "keys",
    params(("region" = String, Path)),
    request_body(content = KeyUpload, content_type = "multipart/form-data"),
    responses((status = 201, body = KeyAdded, headers(("Location" = String)))))]
pub(super) async fn upload(
    api: Api,
    Path(region): Path<String>,
    KeyForm(form): KeyForm,
) -> Answer<Created<KeyAdded>> {
    let ring = regions::ring(&api, &region).await?;
    let added = keys::upload(&api.portal, &api.caller, ring, form).await?;
    let (listed, _) = keys::get(&api.portal, &api.caller, added.id).await?;
    let operation = match added.operation {
        Some(id) => Some(service::operations::get(&api.portal, &api.caller, id).await?),
        None => None,
    };
    let operation = operation.as_ref().map(wire::operation);
    let body = KeyAdded { key: wire::key(&listed, &region), operation };
    Ok(created(&api, &format!("/keys/{}", added.id), body))
}

/// One key
#[utoipa::path(get, path = "/keys/{id}", operation_id = "get_key", tag = "keys",
    params(("id" = Uuid, Path)), responses((status = 200, body = Key)))]
pub(super) async fn get(api: Api, Path(id): Path<KeyId>) -> Answer<Json<Key>> {
    let (listed, overview) = keys::get(&api.portal, &api.caller, id).await?;
    Ok(Json(wire::key(&listed, overview.facts.region.as_str())))
}

/// Activate a key
///
/// Every administrator is mailed. The next activation is possible after 24 hours (PP-083).
#[utoipa::path(post, path = "/keys/{id}/activate", operation_id = "activate_key", tag = "keys",
    params(("id" = Uuid, Path)), request_body = ActivateKey,
    responses((status = 202, body = Operation, headers(("Operation-Location" = String)))))]
pub(super) async fn activate(
    api: Api,
    Path(id): Path<KeyId>,
    Json(form): Json<ActivateKey>,
) -> Answer<Accepted> {
    let operation =
        keys::activate(&api.portal, &api.caller, id, form.confirmed, form.risk_acknowledged).await?;
    accepted(&api, operation).await
}
