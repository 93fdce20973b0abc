//! Everything that the root key seals, table by table: what a rotation seals anew.

use crate::{StoreResult, batch};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, prelude::Uuid};

/// A table with something sealed in each row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Table {
    PlatformKeys,
    ProtectionKeys,
    RingKeys,
    KeyFiles,
}

impl Table {
    pub const ALL: [Self; 4] = [Self::PlatformKeys, Self::ProtectionKeys, Self::RingKeys, Self::KeyFiles];

    /// The table, its id, what its seals are bound to besides, and the sealed column.
    const fn names(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::PlatformKeys => ("platform_keys", "id", "ring_id", "material"),
            Self::ProtectionKeys => ("protection_keys", "id", "ring_id", "material"),
            Self::RingKeys => ("ring_keys", "id", "ring_id", "wrapped"),
            Self::KeyFiles => ("key_files", "key_id", "key_id", "sealed"),
        }
    }
}

/// One sealed value and where it lies.
#[derive(FromQueryResult)]
pub struct Sealed {
    pub id: Uuid,
    /// The ring; of a key's file, its key.
    pub bound_to: Uuid,
    /// Whose key wraps a ring key.
    pub platform_key_id: Option<Uuid>,
    pub protection_key_id: Option<Uuid>,
    pub sealed: Vec<u8>,
}

/// The next `limit` sealed values after `after`, by id.
pub async fn page(
    tx: &impl ConnectionTrait,
    table: Table,
    after: Uuid,
    limit: u64,
) -> StoreResult<Vec<Sealed>> {
    let (name, id, bound_to, sealed) = table.names();
    let wrapped_by = match (table, tx.get_database_backend()) {
        (Table::RingKeys, _) => "platform_key_id, protection_key_id",
        (_, DbBackend::Postgres) => "NULL::uuid AS platform_key_id, NULL::uuid AS protection_key_id",
        _ => "NULL AS platform_key_id, NULL AS protection_key_id",
    };
    let sql = format!(
        "SELECT {id} AS id, {bound_to} AS bound_to, {wrapped_by}, {sealed} AS sealed FROM {name} \
         WHERE {sealed} IS NOT NULL AND {id} > $1 ORDER BY {id} LIMIT {limit}"
    );
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, [after.into()]);
    Ok(Sealed::find_by_statement(statement).all(tx).await?)
}

/// Writes what was sealed anew; returns how many rows were there to write to. What somebody destroyed since it was
/// read stays destroyed.
pub async fn set(tx: &impl ConnectionTrait, table: Table, rows: Vec<(Uuid, Vec<u8>)>) -> StoreResult<u64> {
    let (name, id, _, sealed) = table.names();
    let tail = format!(
        "UPDATE {name} SET {sealed} = fresh.sealed FROM fresh WHERE {name}.{id} = fresh.id AND {name}.{sealed} IS NOT NULL"
    );
    let rows = rows.into_iter().map(|(id, sealed)| vec![id.into(), sealed.into()]).collect();
    batch::update(tx, "id, sealed", &tail, rows).await
}
