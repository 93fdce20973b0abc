//! Organisations and the operator's settings for them.

use crate::{StoreError, StoreResult, db::TRANSITION};
use domain::{TenantId, Timestamp};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QueryOrder, QuerySelect};

entity!("tenants" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    name: String,
    seats: i64,
    seat_threshold: i64,
    opted_in: bool,
    two_person: bool,
    created_at: i64,
});

pub use entity::Model as Tenant;

/// A new tenant.
pub async fn insert(db: &impl ConnectionTrait, tenant: Tenant) -> StoreResult<()> {
    let row: entity::ActiveModel = tenant.into();
    entity::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// One tenant.
pub async fn get(db: &impl ConnectionTrait, id: TenantId) -> StoreResult<Option<Tenant>> {
    Ok(entity::Entity::find_by_id(id.0).one(db).await?)
}

/// Locks the tenant's row until the transaction ends: whoever decides about its people or settings
/// holds this.
pub async fn lock(tx: &impl ConnectionTrait, id: TenantId) -> StoreResult<Tenant> {
    let row = entity::Entity::find_by_id(id.0).lock(TRANSITION).one(tx).await?;
    row.ok_or_else(|| StoreError::inconsistent("tenants", id))
}

/// Every tenant, oldest first: for the operator's commands.
pub async fn list(db: &impl ConnectionTrait) -> StoreResult<Vec<Tenant>> {
    Ok(entity::Entity::find().order_by_asc(entity::Column::CreatedAt).all(db).await?)
}

/// The operator's settings (PP-004, PP-005).
pub async fn set_eligibility(
    db: &impl ConnectionTrait,
    id: TenantId,
    (seats, threshold, opted_in): (i64, i64, bool),
) -> StoreResult<()> {
    let row = entity::ActiveModel {
        id: Set(id.0),
        seats: Set(seats),
        seat_threshold: Set(threshold),
        opted_in: Set(opted_in),
        ..Default::default()
    };
    entity::Entity::update(row).exec(db).await?;
    Ok(())
}

/// The two-person rule on or off.
pub async fn set_two_person(db: &impl ConnectionTrait, id: TenantId, on: bool) -> StoreResult<()> {
    let row = entity::ActiveModel { id: Set(id.0), two_person: Set(on), ..Default::default() };
    entity::Entity::update(row).exec(db).await?;
    Ok(())
}

/// A tenant as it starts.
pub fn new(id: TenantId, name: String, now: Timestamp) -> Tenant {
    Tenant {
        id: id.0,
        name,
        seats: 0,
        seat_threshold: domain::rings::SEAT_THRESHOLD,
        opted_in: false,
        two_person: false,
        created_at: now.0,
    }
}
