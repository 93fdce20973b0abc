//! Data keys: one AES key per owner and generation, wrapped by a ring key.

use crate::{StoreError, StoreResult, batch};
use domain::{RingKeyId, Timestamp};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, Statement, Value, prelude::Uuid};

entity!("data_keys" {
    #[sea_orm(primary_key, auto_increment = false)] owner_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)] generation: i64,
    ring_key_id: Uuid,
    wrapped: Vec<u8>,
});

/// A data key as it lies in the database.
#[derive(Clone)]
pub struct DataKeyRow {
    /// The environment (or, later, the service) it belongs to.
    pub owner: Uuid,
    pub generation: u32,
    pub ring_key: RingKeyId,
    /// AES-256-GCM, bound to owner and generation.
    pub wrapped: Vec<u8>,
}

impl TryFrom<entity::Model> for DataKeyRow {
    type Error = StoreError;

    fn try_from(row: entity::Model) -> StoreResult<Self> {
        let generation =
            u32::try_from(row.generation).map_err(|_| StoreError::inconsistent("data_keys", row.owner_id))?;
        Ok(Self {
            owner: row.owner_id,
            generation,
            ring_key: RingKeyId(row.ring_key_id),
            wrapped: row.wrapped,
        })
    }
}

/// A new data key.
pub async fn insert(tx: &impl ConnectionTrait, key: DataKeyRow) -> StoreResult<()> {
    let row = entity::Model {
        owner_id: key.owner,
        generation: i64::from(key.generation),
        ring_key_id: key.ring_key.0,
        wrapped: key.wrapped,
    };
    entity::Entity::insert(entity::ActiveModel::from(row)).exec_without_returning(tx).await?;
    Ok(())
}

/// One data key.
pub async fn get(db: &impl ConnectionTrait, owner: Uuid, generation: u32) -> StoreResult<Option<DataKeyRow>> {
    let row = entity::Entity::find_by_id((owner, i64::from(generation))).one(db).await?;
    row.map(DataKeyRow::try_from).transpose()
}

/// One data key, and whether its key-encryption key is here: a ring key that some process still holds in
/// memory must not open anything once its protection key is locked.
pub async fn get_usable(
    db: &impl ConnectionTrait,
    owner: Uuid,
    generation: u32,
) -> StoreResult<Option<(DataKeyRow, bool)>> {
    let sql = "SELECT d.owner_id, d.generation, d.ring_key_id, d.wrapped, \
               (g.platform_key_id IS NOT NULL OR k.material IS NOT NULL) AS usable \
               FROM data_keys d JOIN ring_keys g ON g.id = d.ring_key_id \
               LEFT JOIN protection_keys k ON k.id = g.protection_key_id \
               WHERE d.owner_id = $1 AND d.generation = $2";
    #[derive(FromQueryResult)]
    struct Row {
        #[sea_orm(nested)]
        key: entity::Model,
        usable: bool,
    }
    let values = [owner.into(), i64::from(generation).into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let row = Row::find_by_statement(statement).one(db).await?;
    row.map(|row| Ok((row.key.try_into()?, row.usable))).transpose()
}

/// Destroys every data key of an owner (E11, E12).
pub async fn delete_all(tx: &impl ConnectionTrait, owner: Uuid) -> StoreResult<()> {
    use sea_orm::{ColumnTrait, QueryFilter};
    entity::Entity::delete_many().filter(entity::Column::OwnerId.eq(owner)).exec(tx).await?;
    Ok(())
}

/// Retires a generation.
pub async fn delete(tx: &impl ConnectionTrait, owner: Uuid, generation: u32) -> StoreResult<()> {
    entity::Entity::delete_by_id((owner, i64::from(generation))).exec(tx).await?;
    Ok(())
}

/// How many data keys this ring key still wraps.
pub async fn count_under(db: &impl ConnectionTrait, ring_key: RingKeyId) -> StoreResult<u64> {
    #[derive(FromQueryResult)]
    struct Count {
        n: i64,
    }
    let sql = "SELECT COUNT(*) AS n FROM data_keys WHERE ring_key_id = $1";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [ring_key.0.into()]);
    let row = Count::find_by_statement(statement).one(db).await?;
    Ok(row.and_then(|row| u64::try_from(row.n).ok()).unwrap_or(0))
}

/// Up to `limit` data keys under this ring key after this owner and generation, in their order.
pub async fn under(
    db: &impl ConnectionTrait,
    ring_key: RingKeyId,
    (owner, generation): (Uuid, u32),
    limit: u64,
) -> StoreResult<Vec<DataKeyRow>> {
    let sql = "SELECT owner_id, generation, ring_key_id, wrapped FROM data_keys WHERE ring_key_id = $1 \
               AND (owner_id, generation) > ($2, $3) ORDER BY owner_id, generation LIMIT $4";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [ring_key.0.into(), owner.into(), i64::from(generation).into(), limit.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = entity::Entity::find().from_raw_sql(statement).all(db).await?;
    rows.into_iter().map(DataKeyRow::try_from).collect()
}

/// Writes re-wrapped data keys, each only if `from` still wraps it; returns how many were.
pub async fn rewrap(
    tx: &impl ConnectionTrait,
    from: RingKeyId,
    to: RingKeyId,
    keys: Vec<DataKeyRow>,
) -> StoreResult<u64> {
    // Ids are ours and hexadecimal; as literals they keep every row at three parameters.
    let literal = |id: RingKeyId| match tx.get_database_backend() {
        DbBackend::Postgres => format!("'{id}'::uuid"),
        _ => format!("x'{}'", id.0.simple()),
    };
    let tail = format!(
        "UPDATE data_keys SET ring_key_id = {}, wrapped = fresh.wrapped FROM fresh \
         WHERE data_keys.owner_id = fresh.owner_id AND data_keys.generation = fresh.generation \
         AND data_keys.ring_key_id = {}",
        literal(to),
        literal(from)
    );
    let rows = keys
        .into_iter()
        .map(|key| -> Vec<Value> {
            vec![key.owner.into(), i64::from(key.generation).into(), key.wrapped.into()]
        })
        .collect();
    batch::update(tx, "owner_id, generation, wrapped", &tail, rows).await
}

/// When the ring key that wraps this owner's current data key began to.
pub async fn since(db: &impl ConnectionTrait, ring_key: RingKeyId) -> StoreResult<Option<Timestamp>> {
    Ok(crate::ring_keys::get(db, ring_key).await?.map(|row| row.created_at))
}
