//! Many rows in one statement: the difference between seconds and minutes on 100,000 rows.

use crate::StoreResult;
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

/// Runs `WITH fresh ({columns}) AS (…) {tail}` over all `rows`, as [`values`] does.
///
/// The limit changes nothing but SQLite's idea of how many rows these are. Without it, it takes them for
/// a million and reads the whole table first to make a filter, once for each statement.
pub(crate) async fn update(
    tx: &impl ConnectionTrait,
    columns: &str,
    tail: &str,
    rows: Vec<Vec<Value>>,
) -> StoreResult<u64> {
    let head = format!("WITH fresh ({columns}) AS (SELECT * FROM (");
    values(tx, &head, &format!(") AS given LIMIT {STATEMENT}) {tail}"), rows).await
}

/// So many rows make a statement.
const STATEMENT: usize = 500;

/// Runs `{head} VALUES (…),(…) {tail}` over all `rows`, each of the same width, in as few
/// statements as both databases take (500 rows each). Returns the rows affected.
pub(crate) async fn values(
    tx: &impl ConnectionTrait,
    head: &str,
    tail: &str,
    rows: Vec<Vec<Value>>,
) -> StoreResult<u64> {
    let mut affected = 0;
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<Vec<Value>> = rows.by_ref().take(STATEMENT).collect();
        let sql = statement(tx.get_database_backend(), head, tail, (chunk.len(), chunk[0].len()));
        let values = chunk.into_iter().flatten();
        let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
        affected += tx.execute_raw(statement).await?.rows_affected();
    }
    Ok(affected)
}

/// SQLite gets parameters without numbers: it finds a numbered one by its name, one after the other.
fn statement(backend: DbBackend, head: &str, tail: &str, (rows, width): (usize, usize)) -> String {
    use std::fmt::Write as _;
    let mut sql = String::with_capacity(head.len() + tail.len() + rows * width * 7 + 16);
    sql.push_str(head);
    sql.push_str(" VALUES ");
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..width {
            sql.push_str(if column == 0 { "" } else { "," });
            // Writing to a String cannot fail.
            let _ = match backend {
                DbBackend::Postgres => write!(sql, "${}", row * width + column + 1),
                _ => write!(sql, "?"),
            };
        }
        sql.push(')');
    }
    sql.push(' ');
    sql.push_str(tail);
    sql
}
