//! CSV files on their way in, in sealed pieces, and the report per line.

use crate::{Db, StoreError, StoreResult, batch};
use domain::{EnvironmentId, ImportId, TableId, Timestamp};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, FromQueryResult, Statement, prelude::Uuid};

entity!("imports" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    table_id: Uuid,
    environment_id: Uuid,
    generation: i64,
    pieces: i64,
    bytes: i64,
    records: i64,
    stored: i64,
    refused: i64,
    created_at: i64,
});

pub use entity::Model as Import;

/// Begins an import.
pub async fn insert(
    tx: &impl ConnectionTrait,
    id: ImportId,
    (table, environment): (TableId, EnvironmentId),
    generation: u32,
    now: Timestamp,
) -> StoreResult<()> {
    let row = Import {
        id: id.0,
        table_id: table.0,
        environment_id: environment.0,
        generation: i64::from(generation),
        pieces: 0,
        bytes: 0,
        records: 0,
        stored: 0,
        refused: 0,
        created_at: now.0,
    };
    entity::Entity::insert(entity::ActiveModel::from(row)).exec_without_returning(tx).await?;
    Ok(())
}

/// One import.
pub async fn get(db: &impl ConnectionTrait, id: ImportId) -> StoreResult<Import> {
    let row = entity::Entity::find_by_id(id.0).one(db).await?;
    row.ok_or_else(|| StoreError::inconsistent("imports", id))
}

/// Adds the next sealed piece.
pub async fn add_piece(
    tx: &impl ConnectionTrait,
    id: ImportId,
    seq: i64,
    sealed: Vec<u8>,
    bytes: i64,
) -> StoreResult<()> {
    let sql = "INSERT INTO import_pieces (import_id, seq, sealed) VALUES ($1, $2, $3)";
    let values = [id.0.into(), seq.into(), sealed.into()];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    let sql = "UPDATE imports SET pieces = pieces + 1, bytes = bytes + $2 WHERE id = $1";
    let values = [id.0.into(), bytes.into()];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// The sealed piece number `seq`.
pub async fn piece(db: &impl ConnectionTrait, id: ImportId, seq: i64) -> StoreResult<Option<Vec<u8>>> {
    let sql = "SELECT sealed FROM import_pieces WHERE import_id = $1 AND seq = $2";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [id.0.into(), seq.into()]);
    let row = db.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get::<Vec<u8>>("", "sealed")).transpose()?)
}

/// How far the import is: records read, rows stored, lines refused.
pub async fn set_progress(
    tx: &impl ConnectionTrait,
    id: ImportId,
    (records, stored, refused): (i64, i64, i64),
) -> StoreResult<()> {
    let row = entity::ActiveModel {
        id: Set(id.0),
        records: Set(records),
        stored: Set(stored),
        refused: Set(refused),
        ..Default::default()
    };
    entity::Entity::update(row).exec(tx).await?;
    Ok(())
}

/// Removes the pieces once nobody reads them any more, a few at a time: zeroing two gigabytes in one
/// transaction would hold up every other writer.
pub async fn delete_pieces(db: &Db, id: ImportId) -> StoreResult<()> {
    let sql = "DELETE FROM import_pieces WHERE import_id = $1 AND seq IN \
               (SELECT seq FROM import_pieces WHERE import_id = $1 ORDER BY seq LIMIT 64)";
    loop {
        let db = db.write();
        let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [id.0.into()]);
        if db.execute_raw(statement).await?.rows_affected() == 0 {
            return Ok(());
        }
    }
}

/// Files whose pieces nobody reads any more: uploads begun before `before` that never became an
/// operation, and those whose operation is over.
pub async fn left_over(db: &impl ConnectionTrait, before: Timestamp) -> StoreResult<Vec<ImportId>> {
    #[derive(FromQueryResult)]
    struct Left {
        id: Uuid,
    }
    let sql = "SELECT DISTINCT p.import_id AS id FROM import_pieces p JOIN imports i ON i.id = p.import_id \
               LEFT JOIN operations o ON o.import_id = i.id \
               WHERE o.state NOT IN ('queued', 'running') OR (o.id IS NULL AND i.created_at < $1)";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [before.0.into()]);
    let rows = Left::find_by_statement(statement).all(db).await?;
    Ok(rows.into_iter().map(|row| ImportId(row.id)).collect())
}

/// A refused line: never holds a value of the file.
#[derive(Clone, PartialEq, Debug, FromQueryResult)]
pub struct LineError {
    /// From 1, the header included.
    pub line: i64,
    pub column_name: String,
    pub message: String,
}

/// Adds refused lines to the report.
pub async fn add_errors(tx: &impl ConnectionTrait, id: ImportId, errors: Vec<LineError>) -> StoreResult<()> {
    let rows = errors
        .into_iter()
        .map(|e| vec![id.0.into(), e.line.into(), e.column_name.into(), e.message.into()])
        .collect();
    let head = "INSERT INTO import_errors (import_id, line, column_name, message)";
    batch::values(tx, head, "ON CONFLICT DO NOTHING", rows).await?;
    Ok(())
}

/// Up to `limit` refused lines after line `after`, in the file's order.
pub async fn errors(
    db: &impl ConnectionTrait,
    id: ImportId,
    after: i64,
    limit: i64,
) -> StoreResult<Vec<LineError>> {
    let sql = "SELECT line, column_name, message FROM import_errors WHERE import_id = $1 AND line > $2 \
               ORDER BY line LIMIT $3";
    let values = [id.0.into(), after.into(), limit.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(LineError::find_by_statement(statement).all(db).await?)
}
