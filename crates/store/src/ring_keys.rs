//! Ring keys: the AES key between a key-encryption key and the data keys, one per activation.

use crate::{StoreError, StoreResult};
use domain::{KeyId, PlatformKeyId, RingId, RingKeyId, Timestamp};
use sea_orm::{ConnectionTrait, EntityTrait, Statement, prelude::Uuid};

entity!("ring_keys" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    ring_id: Uuid,
    platform_key_id: Option<Uuid>,
    protection_key_id: Option<Uuid>,
    wrapped: Vec<u8>,
    created_at: i64,
});

use entity::{Entity, Model};

/// Whose key-encryption key wraps a ring key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WrappedBy {
    Platform(PlatformKeyId),
    Protection(KeyId),
}

impl WrappedBy {
    /// What the two columns say of which exactly one is set.
    pub fn of(platform_key_id: Option<Uuid>, protection_key_id: Option<Uuid>) -> Option<Self> {
        match (platform_key_id, protection_key_id) {
            (Some(id), None) => Some(Self::Platform(PlatformKeyId(id))),
            (None, Some(id)) => Some(Self::Protection(KeyId(id))),
            _ => None,
        }
    }
}

/// A ring key as it lies in the database.
#[derive(Clone)]
pub struct RingKeyRow {
    pub id: RingKeyId,
    pub ring_id: RingId,
    pub wrapped_by: WrappedBy,
    /// RSA-OAEP-256 under the key-encryption key, that sealed by the root key.
    pub wrapped: Vec<u8>,
    pub created_at: Timestamp,
}

impl TryFrom<Model> for RingKeyRow {
    type Error = StoreError;

    fn try_from(row: Model) -> StoreResult<Self> {
        let wrapped_by = WrappedBy::of(row.platform_key_id, row.protection_key_id)
            .ok_or_else(|| StoreError::inconsistent("ring_keys", row.id))?;
        Ok(Self {
            id: RingKeyId(row.id),
            ring_id: RingId(row.ring_id),
            wrapped_by,
            wrapped: row.wrapped,
            created_at: Timestamp(row.created_at),
        })
    }
}

/// A new ring key.
pub async fn insert(tx: &impl ConnectionTrait, key: RingKeyRow) -> StoreResult<()> {
    let (platform_key_id, protection_key_id) = match key.wrapped_by {
        WrappedBy::Platform(id) => (Some(id.0), None),
        WrappedBy::Protection(id) => (None, Some(id.0)),
    };
    let row = Model {
        id: key.id.0,
        ring_id: key.ring_id.0,
        platform_key_id,
        protection_key_id,
        wrapped: key.wrapped,
        created_at: key.created_at.0,
    };
    Entity::insert(entity::ActiveModel::from(row)).exec_without_returning(tx).await?;
    Ok(())
}

/// One ring key; `None` once it is retired.
pub async fn get(db: &impl ConnectionTrait, id: RingKeyId) -> StoreResult<Option<RingKeyRow>> {
    Entity::find_by_id(id.0).one(db).await?.map(RingKeyRow::try_from).transpose()
}

/// Those of `ids` that are neither retired nor under a key whose material is gone (locked).
pub async fn usable(db: &impl ConnectionTrait, ids: &[RingKeyId]) -> StoreResult<Vec<RingKeyId>> {
    use std::fmt::Write as _;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = String::from(
        "SELECT g.id FROM ring_keys g LEFT JOIN protection_keys k ON k.id = g.protection_key_id \
         WHERE (g.platform_key_id IS NOT NULL OR k.material IS NOT NULL) AND g.id IN (",
    );
    for index in 1..=ids.len() {
        // Writing to a String cannot fail.
        let _ = write!(sql, "{}${index}", if index == 1 { "" } else { ", " });
    }
    sql.push(')');
    let values = ids.iter().map(|id| id.0.into());
    let rows =
        db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    rows.into_iter().map(|row| Ok(RingKeyId(row.try_get("", "id")?))).collect()
}

/// The ring's keys, the oldest first.
pub async fn of_ring(db: &impl ConnectionTrait, ring: RingId) -> StoreResult<Vec<RingKeyRow>> {
    use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
    let query = Entity::find().filter(entity::Column::RingId.eq(ring.0));
    let rows = query.order_by_asc(entity::Column::CreatedAt).all(db).await?;
    rows.into_iter().map(RingKeyRow::try_from).collect()
}

/// Retires the ring keys under a protection key that is destroyed and wrapped no data key any more. One that a backup
/// needs stays: only the key's file opens it.
pub async fn delete_under(tx: &impl ConnectionTrait, key: KeyId) -> StoreResult<()> {
    let sql = "DELETE FROM ring_keys WHERE protection_key_id = $1 \
               AND NOT EXISTS (SELECT 1 FROM backups b WHERE b.ring_key_id = ring_keys.id)";
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, [key.0.into()])).await?;
    Ok(())
}

/// The ring keys under deleted protection keys of this fingerprint: whoever brings the file back opens them.
pub async fn bereft(
    db: &impl ConnectionTrait,
    ring: RingId,
    fingerprint: &[u8; 32],
) -> StoreResult<Vec<RingKeyRow>> {
    let sql = "SELECT g.* FROM ring_keys g JOIN protection_keys k ON k.id = g.protection_key_id \
               WHERE k.ring_id = $1 AND k.fingerprint = $2 AND k.state = 'deleted'";
    let values = [ring.0.into(), fingerprint.to_vec().into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = Entity::find().from_raw_sql(statement).all(db).await?;
    rows.into_iter().map(RingKeyRow::try_from).collect()
}

/// Another protection key has the same material from now on; `row` is sealed for it.
pub async fn adopt(tx: &impl ConnectionTrait, row: RingKeyRow, key: KeyId) -> StoreResult<()> {
    use sea_orm::ActiveValue::Set;
    let change = entity::ActiveModel {
        id: Set(row.id.0),
        protection_key_id: Set(Some(key.0)),
        wrapped: Set(row.wrapped),
        ..Default::default()
    };
    Entity::update(change).exec(tx).await?;
    Ok(())
}

/// Retires a ring key that wraps nothing any more.
pub async fn delete(tx: &impl ConnectionTrait, id: RingKeyId) -> StoreResult<()> {
    Entity::delete_by_id(id.0).exec(tx).await?;
    Ok(())
}
