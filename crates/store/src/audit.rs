//! The audit trail: append-only, a hash chain per tenant.

use crate::{StoreError, StoreResult};
use domain::{TenantId, Timestamp, UserId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement, prelude::Uuid,
};

entity!("audit_entries" {
    #[sea_orm(primary_key, auto_increment = false)] tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)] seq: i64,
    at: i64,
    actor: String,
    actor_id: Option<Uuid>,
    action: String,
    target: String,
    target_id: Option<Uuid>,
    outcome: String,
    details: String,
    address: Option<String>,
    request_id: String,
    hash: Vec<u8>,
});

pub use entity::Model as StoredEntry;
use entity::{Column, Entity};

/// What is recorded, before it has its place in the chain.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    pub at: Timestamp,
    /// The person's address, or what acted.
    pub actor: String,
    pub actor_id: Option<UserId>,
    pub action: String,
    /// What it was done to, in words.
    pub target: String,
    pub target_id: Option<Uuid>,
    /// `succeeded`, `refused` or `failed`.
    pub outcome: &'static str,
    /// JSON: values before and after, a refusal's code; never a secret.
    pub details: String,
    pub address: Option<String>,
    pub request_id: String,
}

/// Where a tenant's chain ends.
#[derive(Clone, PartialEq, Debug)]
pub struct Head {
    pub seq: i64,
    pub hash: Vec<u8>,
}

/// Begins a tenant's chain.
pub async fn insert_head(tx: &impl ConnectionTrait, tenant: TenantId, hash: &[u8]) -> StoreResult<()> {
    let sql = "INSERT INTO audit_heads (tenant_id, seq, hash) VALUES ($1, 0, $2)";
    let values = [tenant.0.into(), hash.to_vec().into()];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// The chain's end, locked until the transaction ends so that two appends cannot share a place.
pub async fn lock_head(tx: &impl ConnectionTrait, tenant: TenantId) -> StoreResult<Head> {
    let lock = if tx.get_database_backend() == sea_orm::DbBackend::Postgres { "FOR UPDATE" } else { "" };
    let sql = format!("SELECT seq, hash FROM audit_heads WHERE tenant_id = $1 {lock}");
    head(tx, tenant, sql).await
}

/// The chain's end as it is now.
pub async fn get_head(db: &impl ConnectionTrait, tenant: TenantId) -> StoreResult<Head> {
    head(db, tenant, "SELECT seq, hash FROM audit_heads WHERE tenant_id = $1".to_owned()).await
}

async fn head(db: &impl ConnectionTrait, tenant: TenantId, sql: String) -> StoreResult<Head> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [tenant.0.into()]);
    let row = db.query_one_raw(statement).await?;
    let row = row.ok_or_else(|| StoreError::inconsistent("audit_heads", tenant))?;
    Ok(Head { seq: row.try_get("", "seq")?, hash: row.try_get("", "hash")? })
}

/// Appends an entry with its place and hash, and moves the chain's end there.
pub async fn append(
    tx: &impl ConnectionTrait,
    tenant: TenantId,
    entry: Entry,
    place: Head,
) -> StoreResult<()> {
    let sql = "UPDATE audit_heads SET seq = $2, hash = $3 WHERE tenant_id = $1";
    let values = [tenant.0.into(), place.seq.into(), place.hash.clone().into()];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    let row = StoredEntry {
        tenant_id: tenant.0,
        seq: place.seq,
        at: entry.at.0,
        actor: entry.actor,
        actor_id: entry.actor_id.map(|id| id.0),
        action: entry.action,
        target: entry.target,
        target_id: entry.target_id,
        outcome: entry.outcome.to_owned(),
        details: entry.details,
        address: entry.address,
        request_id: entry.request_id,
        hash: place.hash,
    };
    Entity::insert(entity::ActiveModel::from(row)).exec_without_returning(tx).await?;
    Ok(())
}

/// Which entries a list shows.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Filter {
    /// Part of it.
    pub actor: Option<String>,
    /// `key.activate`, or `key` for everything done to keys.
    pub action: Option<String>,
    pub outcome: Option<String>,
    /// Part of its words.
    pub target: Option<String>,
    pub target_id: Option<Uuid>,
}

/// Up to `limit` entries before place `before`, the newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    tenant: TenantId,
    filter: &Filter,
    before: Option<i64>,
    limit: u64,
) -> StoreResult<Vec<StoredEntry>> {
    let mut query = Entity::find().filter(Column::TenantId.eq(tenant.0));
    if let Some(before) = before {
        query = query.filter(Column::Seq.lt(before));
    }
    if let Some(actor) = &filter.actor {
        query = query.filter(Column::Actor.contains(actor.as_str()));
    }
    if let Some(action) = &filter.action {
        query = query.filter(match action.contains('.') {
            true => Column::Action.eq(action.as_str()),
            false => Column::Action.starts_with(format!("{action}.")),
        });
    }
    if let Some(outcome) = &filter.outcome {
        query = query.filter(Column::Outcome.eq(outcome.as_str()));
    }
    if let Some(target) = &filter.target {
        query = query.filter(Column::Target.contains(target.as_str()));
    }
    if let Some(target) = filter.target_id {
        query = query.filter(Column::TargetId.eq(target));
    }
    Ok(query.order_by_desc(Column::Seq).limit(limit).all(db).await?)
}

/// Up to `limit` entries after place `after`, the oldest first: for verification.
pub async fn after(
    db: &impl ConnectionTrait,
    tenant: TenantId,
    after: i64,
    limit: u64,
) -> StoreResult<Vec<StoredEntry>> {
    let query = Entity::find().filter(Column::TenantId.eq(tenant.0)).filter(Column::Seq.gt(after));
    Ok(query.order_by_asc(Column::Seq).limit(limit).all(db).await?)
}
