//! The sealed pieces of backups, in their order.

use crate::{Db, StoreError, StoreResult};
use domain::BackupId;
use sea_orm::{ConnectionTrait, Statement};

/// Adds the piece number `seq`.
pub async fn insert(tx: &impl ConnectionTrait, id: BackupId, seq: i64, sealed: Vec<u8>) -> StoreResult<()> {
    let sql = "INSERT INTO backup_pieces (backup_id, seq, sealed) VALUES ($1, $2, $3)";
    let values = [id.0.into(), seq.into(), sealed.into()];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// The piece number `seq`.
pub async fn get(db: &impl ConnectionTrait, id: BackupId, seq: i64) -> StoreResult<Option<Vec<u8>>> {
    let sql = "SELECT sealed FROM backup_pieces WHERE backup_id = $1 AND seq = $2";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [id.0.into(), seq.into()]);
    let row = db.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get::<Vec<u8>>("", "sealed")).transpose()?)
}

/// How many pieces there are.
pub async fn count(db: &impl ConnectionTrait, id: BackupId) -> StoreResult<i64> {
    let sql = "SELECT COUNT(*) AS pieces FROM backup_pieces WHERE backup_id = $1";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [id.0.into()]);
    let row = db.query_one_raw(statement).await?;
    let row = row.ok_or_else(|| StoreError::inconsistent("backup_pieces", id))?;
    Ok(row.try_get("", "pieces")?)
}

/// Removes some pieces; returns how many.
pub async fn delete_some(db: &impl ConnectionTrait, id: BackupId) -> StoreResult<u64> {
    let sql = "DELETE FROM backup_pieces WHERE backup_id = $1 AND seq IN \
               (SELECT seq FROM backup_pieces WHERE backup_id = $1 ORDER BY seq LIMIT 16)";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [id.0.into()]);
    Ok(db.execute_raw(statement).await?.rows_affected())
}

/// Removes every piece, a few at a time: zeroing gigabytes in one transaction would hold up every other writer.
pub async fn delete_all(db: &Db, id: BackupId) -> StoreResult<()> {
    while delete_some(db.write(), id).await? > 0 {}
    Ok(())
}
