//! Rows: sealed on the way in, opened on the way out, never anything else in the database.

mod read;

pub use read::{DamagedRow, Listed, Row, export_page, get, page};

use crate::{Act, Caller, Portal, ServiceResult, Target, fresh, tables::no_files};
use domain::{
    Code, Refusal, RowId, TableId,
    actions::Action,
    cells::{Cell, has_files},
    environments::EnvironmentState,
    policy,
    tables::TableShape,
};
use store::{environments::Environment, rows::SealedRow, tables::Table};
use vault::{DataKey, Place, Sealer};

/// The largest row, in bytes of its values as JSON: whatever reads rows holds at least one.
const MAX_ROW: usize = 16 << 20;

/// At most this many rows in one request.
pub const MAX_BATCH: usize = 10_000;

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

/// Where a row is bound to: owner, table, row and generation.
pub(crate) fn place(environment: &Environment, table: TableId, id: RowId, generation: u32) -> Place {
    Place {
        owner: *environment.id.0.as_bytes(),
        table: *table.0.as_bytes(),
        row: *id.0.as_bytes(),
        generation,
    }
}
