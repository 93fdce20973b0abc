//! Rows: sealed on the way in, opened on the way out, never anything else in the database.

use crate::{Act, Caller, Portal, ServiceError, ServiceResult, Target, act, fresh, tables::no_files};
use domain::{
    Code, Refusal, RowId, TableId,
    actions::Action,
    cells::{Cell, has_files},
    environments::EnvironmentState,
    policy,
    tables::TableShape,
};
use serde_json::json;
use store::{Page, environments::Environment, rows::SealedRow, tables::Table};
use vault::{DataKey, Place, Sealer};

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

/// The largest row, in bytes of its values as JSON: whatever reads rows holds at least one.
const MAX_ROW: usize = 16 << 20;

/// At most this many rows in one request.
pub const MAX_BATCH: usize = 10_000;

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

/// Adds rows, all or none; the error names the row (from 0) and the column.
pub async fn insert(
    portal: &Portal,
    caller: &Caller,
    table: TableId,
    rows: Vec<Vec<Cell>>,
) -> ServiceResult<Vec<RowId>> {
    portal
        .act(caller, Action::RowWrite, Target::Table(table), move |act| {
            Box::pin(async move {
                if rows.is_empty() || rows.len() > MAX_BATCH {
                    return Err(Refusal::field(Code::Invalid, "rows", "Give 1 to 10,000 rows.").into());
                }
                let table = act.table()?;
                let mut checked = Vec::with_capacity(rows.len());
                for (index, cells) in rows.into_iter().enumerate() {
                    checked.push(check(&table.shape, cells, &format!("rows[{index}]."))?);
                }
                act.record("rows", checked.len());
                store_new(act, &table, checked).await
            })
        })
        .await
}

async fn store_new(act: &mut Act, table: &Table, rows: Vec<Vec<Cell>>) -> ServiceResult<Vec<RowId>> {
    let (environment, key) = writable(act, rows.iter().any(|cells| has_files(cells))).await?;
    let sealed = seal_new(&key, &environment, table.id, &mut fresh::Sequence::new(act.now), &rows)?;
    let made = sealed.iter().map(|row| row.id).collect();
    let (rows, files) = counts(&sealed);
    store::rows::insert(&act.tx, table.id, sealed).await?;
    count(act, table.id, rows, files).await?;
    Ok(made)
}

/// Inserts sealed rows and counts them, for a job.
pub(crate) async fn add(
    tx: &impl store::ConnectionTrait,
    table: TableId,
    rows: Vec<SealedRow>,
) -> ServiceResult<()> {
    let (count, files) = counts(&rows);
    store::rows::insert(tx, table, rows).await?;
    Ok(store::tables::count(tx, table, count, files).await?)
}

/// How many rows there are, and how many of them with files.
fn counts(rows: &[SealedRow]) -> (i64, i64) {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    (number(rows.len()), number(rows.iter().filter(|row| row.has_files).count()))
}

/// Counts rows in and out, under the environment's lock: the last look at whether the table is still there. A restore, a
/// copy or a reset may have taken its place while this waited for the environment.
async fn count(act: &Act, table: TableId, rows: i64, files: i64) -> ServiceResult<()> {
    if store::tables::count_shown(&act.tx, table, rows, files).await? {
        return Ok(());
    }
    Err(Refusal::not_found("table").into())
}

/// Replaces a row's cells.
pub async fn update(
    portal: &Portal,
    caller: &Caller,
    table: TableId,
    id: RowId,
    cells: Vec<Cell>,
) -> ServiceResult<()> {
    portal
        .act(caller, Action::RowWrite, Target::Table(table), move |act| {
            Box::pin(async move {
                let table = act.table()?;
                let cells = check(&table.shape, cells, "")?;
                let (environment, key) = writable(act, has_files(&cells)).await?;
                let old = store::rows::lock(&act.tx, table.id, id).await?;
                let old = old.ok_or_else(|| Refusal::not_found("row"))?;
                let row = seal(&mut key.sealer(), &environment, table.id, id, &cells)?;
                let files = i64::from(row.has_files) - i64::from(old.has_files);
                store::rows::reseal(&act.tx, table.id, vec![row]).await?;
                count(act, table.id, 0, files).await?;
                act.record("row", id.to_string());
                Ok(())
            })
        })
        .await
}

/// Deletes a row.
pub async fn delete(portal: &Portal, caller: &Caller, table: TableId, id: RowId) -> ServiceResult<()> {
    portal
        .act(caller, Action::RowDelete, Target::Table(table), move |act| {
            Box::pin(async move {
                let table = act.table()?;
                let environment = act.environment()?.id;
                let environment = store::environments::lock_shared(&act.tx, environment).await?;
                policy::change_data(environment.state, environment.replaced_by.is_some())?;
                let old = store::rows::lock(&act.tx, table.id, id).await?;
                let old = old.ok_or_else(|| Refusal::not_found("row"))?;
                store::rows::delete(&act.tx, table.id, id).await?;
                count(act, table.id, -1, -i64::from(old.has_files)).await?;
                act.record("row", id.to_string());
                Ok(())
            })
        })
        .await
}

/// The environment, held against transitions until the transaction ends, and its data key.
pub(crate) async fn writable(act: &Act, files: bool) -> ServiceResult<(Environment, DataKey)> {
    let id = act.environment()?.id;
    let environment = store::environments::lock_shared(&act.tx, id).await?;
    policy::change_data(environment.state, environment.replaced_by.is_some())?;
    if files && environment.state == EnvironmentState::SelfManaged {
        return Err(no_files().into());
    }
    let key = act.portal.keyring().data_key(&act.tx, &environment).await?;
    Ok((environment, key))
}

/// The row as it is stored, or everything that is wrong with it.
fn check(shape: &TableShape, cells: Vec<Cell>, prefix: &str) -> Result<Vec<Cell>, Refusal> {
    if cells.len() != shape.columns.len() {
        let text = format!("Give one value for each of the {} columns.", shape.columns.len());
        return Err(Refusal::field(Code::Invalid, prefix.trim_end_matches('.'), text));
    }
    let mut checked = Vec::with_capacity(cells.len());
    let mut wrong: Option<Refusal> = None;
    for (column, cell) in shape.columns.iter().zip(cells) {
        let field = format!("{prefix}{}", column.name);
        match Cell::check(column, cell) {
            Ok(cell) => checked.push(cell),
            Err(why) => {
                wrong = Some(match wrong.take() {
                    None => Refusal::field(Code::Invalid, &field, why),
                    Some(refusal) => refusal.at_field(&field, why),
                });
            }
        }
    }
    wrong.map_or(Ok(checked), Err)
}

/// Seals new rows, which get the next of these ids.
pub(crate) fn seal_new(
    key: &DataKey,
    environment: &Environment,
    table: TableId,
    ids: &mut fresh::Sequence,
    rows: &[Vec<Cell>],
) -> ServiceResult<Vec<SealedRow>> {
    let mut sealer = key.sealer();
    rows.iter().map(|cells| seal(&mut sealer, environment, table, RowId(ids.id()), cells)).collect()
}

/// Seals a row at its place with the environment's current generation.
fn seal(
    sealer: &mut Sealer<'_>,
    environment: &Environment,
    table: TableId,
    id: RowId,
    cells: &[Cell],
) -> ServiceResult<SealedRow> {
    let plain = vault::Zeroizing::new(serde_json::to_vec(cells)?);
    if plain.len() > MAX_ROW {
        return Err(Refusal::new(Code::TooLarge, "A row is at most 16 MiB, all its values together.").into());
    }
    let generation = environment.generation;
    let sealed = sealer.seal(&place(environment, table, id, generation), &plain);
    Ok(SealedRow { id, generation, has_files: has_files(cells), sealed })
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

/// Where a row is bound to: owner, table, row and generation.
pub(crate) fn place(environment: &Environment, table: TableId, id: RowId, generation: u32) -> Place {
    Place {
        owner: *environment.id.0.as_bytes(),
        table: *table.0.as_bytes(),
        row: *id.0.as_bytes(),
        generation,
    }
}
