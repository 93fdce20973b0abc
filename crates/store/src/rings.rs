//! Key rings: one per tenant and region.

use crate::{StoreError, StoreResult, db::TRANSITION};
use domain::{RingId, RingKeyId, TenantId, Timestamp, names::Region, rings::Eligibility, rings::RingFacts};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Statement,
};

entity!("rings" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    tenant_id: Uuid,
    region: String,
    enabled_at: Option<i64>,
    ever_activated: bool,
    last_activation_at: Option<i64>,
    platform_ring_key: Uuid,
    active_ring_key: Option<Uuid>,
});

pub use entity::Model as Ring;

/// A new ring.
pub async fn insert(db: &impl ConnectionTrait, ring: Ring) -> StoreResult<()> {
    entity::Entity::insert(entity::ActiveModel::from(ring)).exec_without_returning(db).await?;
    Ok(())
}

/// One ring of the tenant; another tenant's id finds nothing.
pub async fn get(db: &impl ConnectionTrait, tenant: TenantId, id: RingId) -> StoreResult<Option<Ring>> {
    let query = entity::Entity::find_by_id(id.0).filter(entity::Column::TenantId.eq(tenant.0));
    Ok(query.one(db).await?)
}

/// The tenant's ring in `region`.
pub async fn by_region(
    db: &impl ConnectionTrait,
    tenant: TenantId,
    region: &str,
) -> StoreResult<Option<Ring>> {
    let query = entity::Entity::find()
        .filter(entity::Column::TenantId.eq(tenant.0))
        .filter(entity::Column::Region.eq(region));
    Ok(query.one(db).await?)
}

/// The tenant's rings, by region.
pub async fn list(db: &impl ConnectionTrait, tenant: TenantId) -> StoreResult<Vec<Ring>> {
    let query = entity::Entity::find().filter(entity::Column::TenantId.eq(tenant.0));
    Ok(query.order_by_asc(entity::Column::Region).all(db).await?)
}

/// Locks the ring's row until the transaction ends: whoever decides about its keys holds this.
pub async fn lock(tx: &impl ConnectionTrait, id: RingId) -> StoreResult<Ring> {
    let row = entity::Entity::find_by_id(id.0).lock(TRANSITION).one(tx).await?;
    row.ok_or_else(|| StoreError::inconsistent("rings", id))
}

/// The operator's switch (PP-013, X-38).
pub async fn set_enabled(db: &impl ConnectionTrait, id: RingId, at: Option<Timestamp>) -> StoreResult<()> {
    let row = entity::ActiveModel { id: Set(id.0), enabled_at: Set(at.map(|t| t.0)), ..Default::default() };
    entity::Entity::update(row).exec(db).await?;
    Ok(())
}

/// K4: a key became active; its ring key wraps from now on.
pub async fn set_activated(
    tx: &impl ConnectionTrait,
    id: RingId,
    ring_key: RingKeyId,
    now: Timestamp,
) -> StoreResult<()> {
    let row = entity::ActiveModel {
        id: Set(id.0),
        ever_activated: Set(true),
        last_activation_at: Set(Some(now.0)),
        active_ring_key: Set(Some(ring_key.0)),
        ..Default::default()
    };
    entity::Entity::update(row).exec(tx).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct FactsRow {
    region: String,
    enabled_at: Option<i64>,
    ever_activated: bool,
    last_activation_at: Option<i64>,
    seats: i64,
    seat_threshold: i64,
    opted_in: bool,
    installing: Option<String>,
    locked: i64,
}

/// What the guards of the ring look at.
pub async fn facts(db: &impl ConnectionTrait, id: RingId) -> StoreResult<RingFacts> {
    let sql = "SELECT r.region, r.enabled_at, r.ever_activated, r.last_activation_at, t.seats, t.seat_threshold, \
               t.opted_in, \
               (SELECT k.name FROM protection_keys k WHERE k.ring_id = r.id AND k.state = 'installing') AS installing, \
               (SELECT COUNT(*) FROM environments e WHERE e.ring_id = r.id AND e.state = 'locked') AS locked \
               FROM rings r JOIN tenants t ON t.id = r.tenant_id WHERE r.id = $1";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [id.0.into()]);
    let row = FactsRow::find_by_statement(statement).one(db).await?;
    let row = row.ok_or_else(|| StoreError::inconsistent("rings", id))?;
    Ok(RingFacts {
        region: Region::parse(&row.region).map_err(|_| StoreError::inconsistent("rings", id))?,
        eligibility: Eligibility {
            seats: row.seats,
            threshold: row.seat_threshold,
            opted_in: row.opted_in,
            enabled_at: row.enabled_at.map(Timestamp),
        },
        ever_activated: row.ever_activated,
        last_activation_at: row.last_activation_at.map(Timestamp),
        locked_environments: u32::try_from(row.locked).unwrap_or(u32::MAX),
        installing: row.installing,
    })
}
