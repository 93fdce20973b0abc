//! Regions and their key rings.

use super::{
    extract::{Api, Json},
    problem::Answer,
    wire,
};
use api_types::{List, Region};
use domain::{Refusal, RingId};
use service::keys;

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
