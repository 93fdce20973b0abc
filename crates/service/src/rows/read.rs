//! Rows on their way out: opened at their place, on record before they are answered, and told of where they do not open.

use super::place;
use crate::{Caller, Portal, ServiceError, ServiceResult, Target, act};
use domain::{Code, Refusal, RowId, TableId, actions::Action, cells::Cell, policy};
use serde_json::json;
use store::{Page, environments::Environment, rows::SealedRow, tables::Table};
use vault::DataKey;

/// A row as people see it.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    pub id: RowId,
    /// In the order of the table's columns.
    pub cells: Vec<Cell>,
}

/// A row of a page.
#[derive(Clone, PartialEq, Debug)]
pub struct Listed {
    pub id: RowId,
    /// `None` where what is stored opens under no key: that keeps no other row back.
    pub cells: Option<Vec<Cell>>,
}

impl Listed {
    /// The row.
    ///
    /// # Errors
    /// `ROW_DAMAGED`.
    pub fn whole(self) -> ServiceResult<Row> {
        let cells = self.cells.ok_or_else(|| damaged(self.id))?;
        Ok(Row { id: self.id, cells })
    }
}

/// A row that opens under no key, on the way of a job.
#[derive(Debug, thiserror::Error)]
#[error("the row {row} of the table {name} does not open")]
pub struct DamagedRow {
    pub name: String,
    pub table: TableId,
    pub row: RowId,
}

impl DamagedRow {
    /// The error of a job, which people are told of with the address of the row.
    pub(crate) fn error(table: &Table, row: RowId) -> ServiceError {
        let damaged = Self { name: table.shape.name.to_string(), table: table.id, row };
        tracing::error!(table = %damaged.table, row = %damaged.row, "a row opens under no key");
        anyhow::Error::new(vault::CannotOpen).context(damaged).into()
    }

    /// Which row it is, what that means, and where to see it.
    pub(crate) fn told(&self, consequence: &str) -> String {
        let Self { name, table, row } = self;
        format!(
            "A row of the table {name} does not open: {consequence} See /tables/{table}/rows/{row} for what to do."
        )
    }
}

fn damaged(id: RowId) -> Refusal {
    let detail =
        format!("What is stored of the row {id} opens under no key: its bytes were altered or are broken.");
    Refusal::new(Code::RowDamaged, detail)
        .remedy("Write the row anew or delete it; a backup from before the damage still has it.")
}

/// A page of rows in the order they were added; the read is on record before it is answered.
pub async fn page(
    portal: &Portal,
    caller: &Caller,
    table: TableId,
    after: Option<RowId>,
    limit: usize,
) -> ServiceResult<(Table, Page<Listed>)> {
    let action = Action::RowRead;
    let (table, page) = read(portal, caller, table, after, limit, action).await?;
    let damaged = page.items.iter().filter(|row| row.cells.is_none()).count();
    let rows = page.items.len() - damaged;
    let mut details = json!({ "rows": rows, "after": after.map(|id| id.to_string()) });
    if damaged > 0 {
        details["damaged"] = damaged.into();
    }
    record(portal, caller, action, &table, details).await?;
    Ok((table, page))
}

/// As [`page`], for an export: recorded as one, and never without one of its rows.
///
/// # Errors
/// `ROW_DAMAGED`: a file that lacks a row must not look whole.
pub async fn export_page(
    portal: &Portal,
    caller: &Caller,
    table: TableId,
    after: Option<RowId>,
) -> ServiceResult<(Table, Page<Row>)> {
    let action = Action::RowExport;
    let (table, page) = read(portal, caller, table, after, portal.settings().batch, action).await?;
    let items = page.items.into_iter().map(Listed::whole).collect::<ServiceResult<Vec<Row>>>();
    let items = portal.witness(caller, action, Target::Table(table.id), items).await?;
    let details = json!({ "rows": items.len(), "after": after.map(|id| id.to_string()) });
    record(portal, caller, action, &table, details).await?;
    Ok((table, Page { items, next: page.next }))
}

async fn read(
    portal: &Portal,
    caller: &Caller,
    table: TableId,
    after: Option<RowId>,
    limit: usize,
    action: Action,
) -> ServiceResult<(Table, Page<Listed>)> {
    let sealed = fetch(portal, caller, table, action, async |db| {
        Ok(store::rows::page(db, table, after, limit.clamp(1, 1_000)).await?)
    });
    let (environment, table, key, sealed) =
        portal.witness(caller, action, Target::Table(table), sealed.await).await?;
    let open = |row: &SealedRow| Listed { id: row.id, cells: open(&key, &environment, table.id, row) };
    let items: Vec<Listed> = sealed.items.iter().map(open).collect();
    told(&table, &items);
    Ok((table, Page { items, next: sealed.next }))
}

/// One row; the read is on record before it is answered.
///
/// # Errors
/// `ROW_DAMAGED` where it opens under no key.
pub async fn get(portal: &Portal, caller: &Caller, table: TableId, id: RowId) -> ServiceResult<(Table, Row)> {
    let (action, target) = (Action::RowRead, Target::Table(table));
    let row = fetch(portal, caller, table, action, async |db| {
        Ok(store::rows::get(db, table, id).await?.ok_or_else(|| Refusal::not_found("row"))?)
    });
    let (environment, table, key, row) = portal.witness(caller, action, target, row.await).await?;
    let row = Listed { id, cells: open(&key, &environment, table.id, &row) };
    told(&table, std::slice::from_ref(&row));
    let row = row.whole();
    let row = portal.witness(caller, action, target, row).await?;
    record(portal, caller, action, &table, json!({ "row": id.to_string() })).await?;
    Ok((table, row))
}

async fn record(
    portal: &Portal,
    caller: &Caller,
    action: Action,
    table: &Table,
    details: serde_json::Value,
) -> ServiceResult<()> {
    let target = (format!("table {}", table.shape.name), table.id.0);
    portal.reads().record(caller, action, target, details.to_string(), portal.clock().now()).await
}

/// What `query` finds in the table, with its environment and data key, if the caller may use them.
///
/// One moment for key and rows: a job that ends meanwhile is before it or after it. It ends before
/// the read is put on record, which waits for others.
async fn fetch<T>(
    portal: &Portal,
    caller: &Caller,
    table: TableId,
    action: Action,
    query: impl AsyncFnOnce(&store::DatabaseTransaction) -> ServiceResult<T>,
) -> ServiceResult<(Environment, Table, DataKey, T)> {
    let db = &portal.db().snapshot().await?;
    let scope = act::resolve(db, caller, Target::Table(table)).await?;
    let missing = || Refusal::not_found("table");
    let environment = scope.environment.ok_or_else(missing)?;
    let table = scope.table.ok_or_else(missing)?;
    act::permit(caller, action, Some(environment.id))?;
    policy::use_data(environment.state)?;
    let key = portal.keyring().data_key(db, &environment).await?;
    let found = query(db).await?;
    Ok((environment, table, key, found))
}

/// Opens a row at its place; `None` where its bytes are not what was sealed there under `key`.
fn open(key: &DataKey, environment: &Environment, table: TableId, row: &SealedRow) -> Option<Vec<Cell>> {
    let plain = key.open(&place(environment, table, row.id, row.generation), &row.sealed).ok();
    plain.and_then(|plain| serde_json::from_slice(&plain).ok())
}

/// What is damaged stands in the log, a line for each read.
fn told(table: &Table, rows: &[Listed]) {
    let damaged: Vec<String> =
        rows.iter().filter(|row| row.cells.is_none()).map(|row| row.id.to_string()).collect();
    if !damaged.is_empty() {
        tracing::error!(table = %table.id, rows = damaged.join(" "), "rows open under no key");
    }
}
