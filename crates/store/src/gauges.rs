//! How many of what there are: for the metrics page, across all tenants.

use crate::{StoreError, StoreResult};
use domain::Timestamp;
use sea_orm::{ConnectionTrait, Statement};

/// Counts by state.
pub type Counts = Vec<(String, u64)>;

/// The numbers of one moment.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Gauges {
    pub messages: Counts,
    pub operations: Counts,
    pub keys: Counts,
    pub environments: Counts,
    /// When the oldest message that still waits was queued.
    pub oldest_message: Option<Timestamp>,
}

/// Reads them all.
pub async fn read(db: &impl ConnectionTrait) -> StoreResult<Gauges> {
    let sql = "SELECT MIN(created_at) AS at FROM messages WHERE state = 'queued'";
    let oldest = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let oldest: Option<i64> = oldest.map(|row| row.try_get("", "at")).transpose()?.flatten();
    Ok(Gauges {
        messages: count(db, "messages").await?,
        operations: count(db, "operations").await?,
        keys: count(db, "protection_keys").await?,
        environments: count(db, "environments").await?,
        oldest_message: oldest.map(Timestamp),
    })
}

async fn count(db: &impl ConnectionTrait, table: &'static str) -> StoreResult<Counts> {
    let sql = format!("SELECT state, COUNT(*) AS n FROM {table} GROUP BY state ORDER BY state");
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let one = |row: &sea_orm::QueryResult| {
        let n: i64 = row.try_get("", "n")?;
        let n = u64::try_from(n).map_err(|_| StoreError::inconsistent(table, "count"))?;
        Ok((row.try_get("", "state")?, n))
    };
    rows.iter().map(one).collect()
}
