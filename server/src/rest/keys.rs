//! Protection keys: list, upload, generate, activate.

use super::{
    answer::{Accepted, Created, accepted, created},
    extract::{Api, Json, Path},
    key_form::{KeyForm, LockForm, ProofForm, UnlockForm},
    problem::Answer,
    regions, wire,
};
use api_types::{
    ActivateKey, AskApproval, GenerateKey, Key, KeyAdded, KeyProof, KeyUpload, List, LockEnvironments,
    Operation, UnlockKey,
};
use axum::response::{IntoResponse, Response};
use domain::KeyId;
use http::header;
use service::keys;
use vault::Password;

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
    let operation = operation.as_ref().map(|operation| wire::operation(operation, &api.caller));
    let body = KeyAdded { key: wire::key(&listed, &region), operation };
    Ok(created(&api, &format!("/keys/{}", added.id), body))
}

/// Generate a key
///
/// Every administrator is mailed. Download its file within an hour, then prove that it was kept: the key cannot be
/// activated before that.
#[utoipa::path(post, path = "/regions/{region}/keys/generate", operation_id = "generate_key", tag = "keys",
    params(("region" = String, Path)), request_body = GenerateKey,
    responses((status = 201, body = Key, headers(("Location" = String)))))]
pub(super) async fn generate(
    api: Api,
    Path(region): Path<String>,
    Json(form): Json<GenerateKey>,
) -> Answer<Created<Key>> {
    let ring = regions::ring(&api, &region).await?;
    let GenerateKey { name, password, risk_acknowledged } = form;
    let form = keys::Generate { name, password: Password::new(password), risk_acknowledged };
    let id = keys::generate(&api.portal, &api.caller, ring, form).await?;
    let (listed, _) = keys::get(&api.portal, &api.caller, id).await?;
    Ok(created(&api, &format!("/keys/{id}"), wire::key(&listed, &region)))
}

/// Download a generated key's file
///
/// Once, by who had the key made, within an hour; the file leaves the portal with it (PP-062). Its password is the
/// one given when it was made.
#[utoipa::path(post, path = "/keys/{id}/file", operation_id = "download_key_file", tag = "keys",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/x-pkcs12")))]
pub(super) async fn download(api: Api, Path(id): Path<KeyId>) -> Answer<Response> {
    let (name, file) = keys::download(&api.portal, &api.caller, id).await?;
    let headers = [
        (header::CONTENT_TYPE, keys::FILE_TYPE.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, file).into_response())
}

/// Prove that a generated key's file was kept
///
/// Send the file and its password back: only then can the key be activated.
#[utoipa::path(post, path = "/keys/{id}/proof", operation_id = "prove_key", tag = "keys",
    params(("id" = Uuid, Path)),
    request_body(content = KeyProof, content_type = "multipart/form-data"),
    responses((status = 200, body = Key)))]
pub(super) async fn prove(api: Api, Path(id): Path<KeyId>, ProofForm(proof): ProofForm) -> Answer<Json<Key>> {
    keys::prove(&api.portal, &api.caller, id, proof).await?;
    get(api, Path(id)).await
}

/// One key
#[utoipa::path(get, path = "/keys/{id}", operation_id = "get_key", tag = "keys",
    params(("id" = Uuid, Path)), responses((status = 200, body = Key)))]
pub(super) async fn get(api: Api, Path(id): Path<KeyId>) -> Answer<Json<Key>> {
    let (listed, overview) = keys::get(&api.portal, &api.caller, id).await?;
    Ok(Json(wire::key(&listed, overview.facts.region.as_str())))
}

/// Ask for approval
///
/// Two-person rule: another administrator approves this exact change; then you have until 24 hours after asking to make
/// it. Every administrator is mailed.
#[utoipa::path(post, path = "/keys/{id}/approval", operation_id = "ask_approval", tag = "keys",
    params(("id" = Uuid, Path)), request_body = AskApproval, responses((status = 200, body = Key)))]
pub(super) async fn ask_approval(
    api: Api,
    Path(id): Path<KeyId>,
    Json(form): Json<AskApproval>,
) -> Answer<Json<Key>> {
    let change = wire::change(form.change);
    keys::ask_approval(&api.portal, &api.caller, id, change, form.confirmed).await?;
    get(api, Path(id)).await
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

/// Lock the region's environments
///
/// Every environment that is encrypted with the Active key goes offline for everyone until the key's file comes back;
/// the Active and every Available key are destroyed. After 28 days the environments are deleted (PP-097…PP-112). Not
/// within 72 hours of a key change (PP-032).
#[utoipa::path(post, path = "/keys/{id}/lock", operation_id = "lock_environments", tag = "keys",
    params(("id" = Uuid, Path)),
    request_body(content = LockEnvironments, content_type = "multipart/form-data"),
    responses((status = 202, body = Operation, headers(("Operation-Location" = String)))))]
pub(super) async fn lock(api: Api, Path(id): Path<KeyId>, LockForm(form): LockForm) -> Answer<Accepted> {
    let operation = keys::lock(&api.portal, &api.caller, id, form).await?;
    accepted(&api, operation).await
}

/// Unlock a key
///
/// By its own file, an hour after the lock began at the earliest (PP-106). Its environments stay locked until each is
/// unlocked (PP-115).
#[utoipa::path(post, path = "/keys/{id}/unlock", operation_id = "unlock_key", tag = "keys",
    params(("id" = Uuid, Path)),
    request_body(content = UnlockKey, content_type = "multipart/form-data"),
    responses((status = 202, body = Operation, headers(("Operation-Location" = String)))))]
pub(super) async fn unlock(
    api: Api,
    Path(id): Path<KeyId>,
    UnlockForm(form): UnlockForm,
) -> Answer<Accepted> {
    let operation = keys::unlock(&api.portal, &api.caller, id, form).await?;
    accepted(&api, operation).await
}
