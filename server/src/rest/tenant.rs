//! The caller's organisation.

use super::{
    extract::{Api, Json},
    problem::Answer,
    wire,
};
use api_types::Tenant;

/// Your organisation
#[utoipa::path(get, path = "/tenant", operation_id = "get_tenant", tag = "tenant",
    responses((status = 200, body = Tenant)))]
pub(super) async fn get(api: Api) -> Answer<Json<Tenant>> {
    let (tenant, rings) = service::tenants::get(&api.portal, &api.caller).await?;
    Ok(Json(Tenant {
        id: tenant.id,
        name: tenant.name,
        seats: tenant.seats,
        seat_threshold: tenant.seat_threshold,
        opted_in: tenant.opted_in,
        two_person: tenant.two_person,
        created_at: wire::at(domain::Timestamp(tenant.created_at)),
        regions: rings.into_iter().map(|ring| ring.region).collect(),
    }))
}
