//! Regions and their key rings.

use super::{
    extract::{Api, Json, Path},
    problem::Answer,
    wire,
};
use api_types::{Confirmation, List, Region, ReportChange};
use domain::{ApprovalId, Refusal, RingId};
use service::keys;
use uuid::Uuid;

/// Regions with eligibility, timers and what you may do there
#[utoipa::path(get, path = "/regions", operation_id = "list_regions", tag = "regions",
    responses((status = 200, body = List<Region>)))]
pub(super) async fn list(api: Api) -> Answer<Json<List<Region>>> {
    let mut items = Vec::new();
    for ring in keys::rings(&api.portal, &api.caller).await? {
        let overview = keys::overview(&api.portal, &api.caller, RingId(ring.id)).await?;
        items.push(wire::region(&overview));
    }
    Ok(Json(List { items, next: None }))
}

/// Report a key change
///
/// "This was not us": no key is activated and nothing is locked in the region until a Global administrator who
/// neither made, approved nor reported the change clears that. Within 72 hours of the change. Every administrator is mailed.
#[utoipa::path(post, path = "/regions/{region}/report", operation_id = "report_change", tag = "regions",
    params(("region" = String, Path)), request_body = ReportChange, responses((status = 200, body = Region)))]
pub(super) async fn report(
    api: Api,
    Path(region): Path<String>,
    Json(form): Json<ReportChange>,
) -> Answer<Json<Region>> {
    let ring = ring(&api, &region).await?;
    keys::report(&api.portal, &api.caller, ring, form.confirmed, form.link).await?;
    one(&api, ring).await
}

/// Clear a report
///
/// As a Global administrator who neither made, approved nor reported the change. Every administrator is mailed.
#[utoipa::path(post, path = "/regions/{region}/report/clear", operation_id = "clear_report", tag = "regions",
    params(("region" = String, Path)), request_body = Confirmation, responses((status = 200, body = Region)))]
pub(super) async fn clear_report(
    api: Api,
    Path(region): Path<String>,
    Json(form): Json<Confirmation>,
) -> Answer<Json<Region>> {
    let ring = ring(&api, &region).await?;
    keys::clear_report(&api.portal, &api.caller, ring, form.confirmed).await?;
    one(&api, ring).await
}

/// Schedule a roll-back
///
/// In the first 24 hours after a change, when no key can be activated: the key before it is activated when they are
/// over. Every administrator is mailed.
#[utoipa::path(post, path = "/regions/{region}/roll-back", operation_id = "schedule_roll_back", tag = "regions",
    params(("region" = String, Path)), request_body = Confirmation, responses((status = 200, body = Region)))]
pub(super) async fn schedule_roll_back(
    api: Api,
    Path(region): Path<String>,
    Json(form): Json<Confirmation>,
) -> Answer<Json<Region>> {
    let ring = ring(&api, &region).await?;
    keys::schedule_roll_back(&api.portal, &api.caller, ring, form.confirmed).await?;
    one(&api, ring).await
}

/// Call a scheduled roll-back off
///
/// Every administrator is mailed.
#[utoipa::path(delete, path = "/regions/{region}/roll-back", operation_id = "cancel_roll_back", tag = "regions",
    params(("region" = String, Path)), responses((status = 200, body = Region)))]
pub(super) async fn cancel_roll_back(api: Api, Path(region): Path<String>) -> Answer<Json<Region>> {
    let ring = ring(&api, &region).await?;
    keys::cancel_roll_back(&api.portal, &api.caller, ring).await?;
    one(&api, ring).await
}

/// Approve a key change
///
/// Two-person rule: what another administrator has asked for. That one may do exactly this until 24 hours after asking.
/// Every administrator is mailed.
#[utoipa::path(post, path = "/regions/{region}/approvals/{id}", operation_id = "give_approval", tag = "regions",
    params(("region" = String, Path), ("id" = Uuid, Path, description = "`approval.id` of the region: what was looked at")),
    request_body = Confirmation, responses((status = 200, body = Region)))]
pub(super) async fn give_approval(
    api: Api,
    Path((region, id)): Path<(String, Uuid)>,
    Json(form): Json<Confirmation>,
) -> Answer<Json<Region>> {
    let ring = ring(&api, &region).await?;
    keys::give_approval(&api.portal, &api.caller, ring, ApprovalId(id), form.confirmed).await?;
    one(&api, ring).await
}

/// Refuse a key change, or withdraw what you asked for
///
/// Every administrator is mailed.
#[utoipa::path(delete, path = "/regions/{region}/approvals/{id}", operation_id = "withdraw_approval", tag = "regions",
    params(("region" = String, Path), ("id" = Uuid, Path, description = "`approval.id` of the region: what was looked at")),
    responses((status = 200, body = Region)))]
pub(super) async fn withdraw_approval(
    api: Api,
    Path((region, id)): Path<(String, Uuid)>,
) -> Answer<Json<Region>> {
    let ring = ring(&api, &region).await?;
    keys::withdraw_approval(&api.portal, &api.caller, ring, ApprovalId(id)).await?;
    one(&api, ring).await
}

async fn one(api: &Api, ring: RingId) -> Answer<Json<Region>> {
    Ok(Json(wire::region(&keys::overview(&api.portal, &api.caller, ring).await?)))
}

/// The ring of the region with this name.
pub(super) async fn ring(api: &Api, name: &str) -> Answer<RingId> {
    let rings = keys::rings(&api.portal, &api.caller).await?;
    let ring = rings.into_iter().find(|ring| ring.region == name);
    Ok(ring.map(|ring| RingId(ring.id)).ok_or_else(|| Refusal::not_found("region"))?)
}

/// Likewise, where a region may be asked for.
pub(super) async fn ring_if(api: &Api, name: Option<&str>) -> Answer<Option<RingId>> {
    match name {
        Some(name) => ring(api, name).await.map(Some),
        None => Ok(None),
    }
}
