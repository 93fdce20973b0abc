//! Rows: sealed blobs in the order of their ids.

use crate::{Cursor, Page, StoreError, StoreResult, batch};
use domain::{RowId, TableId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QuerySelect,
    Statement, Value, prelude::Uuid,
};

entity!("data_rows" {
    #[sea_orm(primary_key, auto_increment = false)] table_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    generation: i64,
    has_files: bool,
    sealed: Vec<u8>,
});

use entity::{Entity, Model};

/// A row as it lies in the database.
#[derive(Clone, PartialEq)]
pub struct SealedRow {
    pub id: RowId,
    /// Of the data key that seals it.
    pub generation: u32,
    pub has_files: bool,
    pub sealed: Vec<u8>,
}

impl TryFrom<Model> for SealedRow {
    type Error = StoreError;

    fn try_from(row: Model) -> StoreResult<Self> {
        let generation =
            u32::try_from(row.generation).map_err(|_| StoreError::inconsistent("data_rows", row.id))?;
        Ok(Self { id: RowId(row.id), generation, has_files: row.has_files, sealed: row.sealed })
    }
}

/// Inserts rows; the caller counts them on the table.
pub async fn insert(tx: &impl ConnectionTrait, table: TableId, rows: Vec<SealedRow>) -> StoreResult<u64> {
    let values = rows.into_iter().map(|row| full(table, row)).collect();
    let head = "INSERT INTO data_rows (table_id, id, generation, has_files, sealed)";
    batch::values(tx, head, "", values).await
}

fn full(table: TableId, row: SealedRow) -> Vec<Value> {
    vec![
        table.0.into(),
        row.id.0.into(),
        i64::from(row.generation).into(),
        row.has_files.into(),
        row.sealed.into(),
    ]
}

/// A page of rows takes at most about this much memory, however large its rows are.
const PAGE_BYTES: i64 = 4 << 20;

/// A page of up to `limit` rows in the order of their ids; shorter where rows are large, but for one.
pub async fn page(
    db: &impl ConnectionTrait,
    table: TableId,
    after: Option<RowId>,
    limit: usize,
) -> StoreResult<Page<SealedRow>> {
    let after = after.map_or(Uuid::nil(), |id| id.0);
    // Lengths are read without the rows; only those are fetched that begin within the bytes of a page.
    let sql = "WITH sizes AS (SELECT id, LENGTH(sealed) AS bytes FROM data_rows \
               WHERE table_id = $1 AND id > $2 ORDER BY id LIMIT $3), \
               sums AS (SELECT id, SUM(bytes) OVER (ORDER BY id) - bytes AS before, COUNT(*) OVER () AS found \
               FROM sizes) \
               SELECT r.id, r.generation, r.has_files, r.sealed, sums.found FROM sums \
               JOIN data_rows r ON r.table_id = $1 AND r.id = sums.id WHERE sums.before < $4 ORDER BY r.id";
    let fetched = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let values = [table.0.into(), after.into(), fetched.into(), PAGE_BYTES.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = Found::find_by_statement(statement).all(db).await?;
    let found = rows.first().map_or(0, |row| usize::try_from(row.found).unwrap_or(0));
    let items: StoreResult<Vec<SealedRow>> = rows.into_iter().take(limit).map(SealedRow::try_from).collect();
    let items = items?;
    let last = items.last().filter(|_| found > items.len());
    let next = last.map(|row| Cursor { value: String::new(), id: row.id.0 });
    Ok(Page { items, next })
}

/// A row of a page, and how many rows there were to choose from.
#[derive(FromQueryResult)]
struct Found {
    id: Uuid,
    generation: i64,
    has_files: bool,
    sealed: Vec<u8>,
    found: i64,
}

impl TryFrom<Found> for SealedRow {
    type Error = StoreError;

    fn try_from(row: Found) -> StoreResult<Self> {
        let generation =
            u32::try_from(row.generation).map_err(|_| StoreError::inconsistent("data_rows", row.id))?;
        Ok(Self { id: RowId(row.id), generation, has_files: row.has_files, sealed: row.sealed })
    }
}

/// One row.
pub async fn get(db: &impl ConnectionTrait, table: TableId, id: RowId) -> StoreResult<Option<SealedRow>> {
    Entity::find_by_id((table.0, id.0)).one(db).await?.map(SealedRow::try_from).transpose()
}

/// One row, locked for a change.
pub async fn lock(tx: &impl ConnectionTrait, table: TableId, id: RowId) -> StoreResult<Option<SealedRow>> {
    let query = Entity::find_by_id((table.0, id.0)).lock_exclusive();
    query.one(tx).await?.map(SealedRow::try_from).transpose()
}

/// Writes rows that exist under new seals; returns how many there were.
pub async fn reseal(tx: &impl ConnectionTrait, table: TableId, rows: Vec<SealedRow>) -> StoreResult<u64> {
    let values = rows.into_iter().map(|row| full(table, row)).collect();
    let columns = "table_id, id, generation, has_files, sealed";
    let tail = "UPDATE data_rows SET generation = fresh.generation, has_files = fresh.has_files, \
                sealed = fresh.sealed FROM fresh \
                WHERE data_rows.table_id = fresh.table_id AND data_rows.id = fresh.id";
    batch::update(tx, columns, tail, values).await
}

/// Deletes a row; whether it was there.
pub async fn delete(tx: &impl ConnectionTrait, table: TableId, id: RowId) -> StoreResult<bool> {
    Ok(Entity::delete_by_id((table.0, id.0)).exec(tx).await?.rows_affected > 0)
}

/// Deletes up to `limit` rows of the table; returns how many were.
pub async fn delete_some(tx: &impl ConnectionTrait, table: TableId, limit: u64) -> StoreResult<u64> {
    let sql = format!(
        "DELETE FROM data_rows WHERE table_id = $1 AND id IN \
         (SELECT id FROM data_rows WHERE table_id = $1 ORDER BY id LIMIT {limit})"
    );
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, [table.0.into()]);
    Ok(tx.execute_raw(statement).await?.rows_affected())
}

/// How many rows of the table are under `generation`: reads all of it.
pub async fn count_under(db: &impl ConnectionTrait, table: TableId, generation: u32) -> StoreResult<u64> {
    let query = Entity::find()
        .filter(entity::Column::TableId.eq(table.0))
        .filter(entity::Column::Generation.eq(i64::from(generation)));
    Ok(query.count(db).await?)
}
