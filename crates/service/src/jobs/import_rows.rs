//! Turns the sealed pieces of a CSV file into sealed rows, in batches; resumes after the last batch.

use super::{
    Job,
    csv_records::{Pieces, Record, Records},
};
use crate::{ServiceError, ServiceResult, Target, fresh, kill_point, rows};
use domain::{
    ImportId, TableId,
    actions::Action,
    cells::{Cell, parse_record},
    tables::TableShape,
};
use store::{environments::Environment, imports::LineError, tables::Table};
use vault::DataKey;

/// So many refused lines are kept; a file with more is refused as a whole from there on.
const MAX_ERRORS: i64 = 10_000;

/// After so many records that earlier batches took, the lease is renewed.
const SIGN_OF_LIFE: i64 = 20_000;

pub(super) struct Import {
    pub(super) id: ImportId,
    pub(super) environment: Environment,
    table: Table,
    pub(super) key: DataKey,
    /// Counted since the start of the file, the header aside.
    records: i64,
    stored: i64,
    refused: i64,
    /// Records that earlier batches have taken.
    taken: i64,
}

/// Rows and refusals on their way into one transaction.
#[derive(Default)]
struct Batch {
    rows: Vec<Vec<Cell>>,
    errors: Vec<LineError>,
    bytes: u64,
}

pub(super) async fn run(job: &mut Job) -> ServiceResult<()> {
    job.enter(0);
    let outcome = match import(job).await {
        Err(ServiceError::Refused(refusal)) => Some(refusal.detail.clone()),
        Err(error) if error.cannot_open() => {
            Some("The file, or the key it is under, does not open.".to_owned())
        }
        other => other?,
    };
    job.enter(2);
    finish(job, outcome).await
}

/// Ends it where it stands: what is stored stays, as after a refused file.
pub(super) async fn give_up(job: &mut Job, why: &str) -> ServiceResult<()> {
    finish(job, Some(why.to_owned())).await
}

async fn import(job: &mut Job) -> ServiceResult<Outcome> {
    let mut import = open(job).await?;
    job.enter(1);
    read(job, &mut import).await
}

/// The file's row.
async fn file(job: &Job) -> ServiceResult<store::imports::Import> {
    let id = job.operation.import_id.ok_or_else(|| anyhow::anyhow!("import without a file"))?;
    Ok(store::imports::get(job.portal.db().read(), id).await?)
}

async fn open(job: &Job) -> ServiceResult<Import> {
    let db = job.portal.db().read();
    let row = file(job).await?;
    let id = ImportId(row.id);
    let environment = store::environments::get(db, domain::EnvironmentId(row.environment_id)).await?;
    let environment = environment.ok_or_else(|| store::StoreError::inconsistent("imports", id))?;
    let table = store::tables::get(db, domain::TableId(row.table_id)).await?;
    let table = table.ok_or_else(|| store::StoreError::inconsistent("imports", id))?;
    let key = job.portal.keyring().data_key(db, &environment).await?;
    let (stored, refused, taken) = (row.stored, row.refused, row.records);
    Ok(Import { id, environment, table, key, records: 0, stored, refused, taken })
}

/// Why a file was refused as a whole; `None` when it was read to its end.
type Outcome = Option<String>;

async fn read(job: &mut Job, import: &mut Import) -> ServiceResult<Outcome> {
    let mut pieces = Pieces::new();
    let mut records = Records::new();
    let mut order: Option<Vec<usize>> = None;
    let mut batch = Batch::default();
    let mut ids = fresh::Sequence::new(job.portal.clock().now());
    loop {
        let Some(record) = records.next(job, import, &mut pieces).await? else { break };
        let Some(columns) = &order else {
            match header(&import.table.shape, record) {
                Ok(found) => order = Some(found),
                Err(why) => return Ok(Some(why)),
            }
            continue;
        };
        import.records += 1;
        if import.records <= import.taken {
            // Finding the place again in a large file must outlive the lease.
            if import.records % SIGN_OF_LIFE == 0 {
                job.renew().await?;
            }
            continue;
        }
        take(&import.table.shape, columns, record, &mut batch);
        if batch.rows.len() + batch.errors.len() >= job.portal.settings().batch || batch.bytes > 4 << 20 {
            store_batch(job, import, &mut batch, &mut ids, pieces.bytes).await?;
            if import.refused > MAX_ERRORS {
                return Ok(Some(
                    "More than 10,000 lines were refused; the rest of the file was not read.".to_owned(),
                ));
            }
        }
    }
    store_batch(job, import, &mut batch, &mut ids, pieces.bytes).await?;
    Ok(order.is_none().then(|| "The file is empty.".to_owned()))
}

/// Which column each field of the file is for.
fn header(shape: &TableShape, record: Record<'_>) -> Result<Vec<usize>, String> {
    let fields = record.fields().ok_or("The header line is not UTF-8 text.")?;
    let mut order = Vec::with_capacity(fields.len());
    for (index, name) in fields.iter().enumerate() {
        let name = if index == 0 { name.trim_start_matches('\u{feff}') } else { name };
        let at = shape.position(name).ok_or_else(|| {
            format!("The table has no column for field {} of the header line; names must match.", index + 1)
        })?;
        if order.contains(&at) {
            return Err(format!("The header line names a column twice (field {}).", index + 1));
        }
        order.push(at);
    }
    Ok(order)
}

fn take(shape: &TableShape, order: &[usize], record: Record<'_>, batch: &mut Batch) {
    let line = i64::try_from(record.line).unwrap_or(i64::MAX);
    let error = |column_name: String, message: String| LineError { line, column_name, message };
    batch.bytes += record.text.len() as u64;
    let Some(fields) = record.fields() else {
        return batch.errors.push(error(String::new(), "The line is not UTF-8 text.".to_owned()));
    };
    if fields.len() != order.len() {
        let text = format!("The line has {} fields; the header has {}.", fields.len(), order.len());
        return batch.errors.push(error(String::new(), text));
    }
    match parse_record(shape, order, &fields) {
        Ok(cells) => batch.rows.push(cells),
        Err((column, why)) => batch.errors.push(error(column, why.to_owned())),
    }
}

async fn store_batch(
    job: &mut Job,
    import: &mut Import,
    batch: &mut Batch,
    ids: &mut fresh::Sequence,
    bytes: u64,
) -> ServiceResult<()> {
    let batch = std::mem::take(batch);
    import.stored += i64::try_from(batch.rows.len()).unwrap_or(i64::MAX);
    import.refused += i64::try_from(batch.errors.len()).unwrap_or(i64::MAX);
    let sealed = rows::seal_new(&import.key, &import.environment, import.table.id, ids, &batch.rows)?;
    let tx = job.portal.db().begin().await?;
    if !sealed.is_empty() {
        rows::add(&tx, import.table.id, sealed).await?;
    }
    store::imports::add_errors(&tx, import.id, batch.errors).await?;
    store::imports::set_progress(
        &tx,
        import.id,
        (import.records.max(import.taken), import.stored, import.refused),
    )
    .await?;
    job.operation.done = job.operation.done.max(bytes).min(job.operation.total);
    job.commit(tx).await?;
    kill_point("import.batch");
    Ok(())
}

async fn finish(job: &mut Job, outcome: Outcome) -> ServiceResult<()> {
    kill_point("import.before_finish");
    let succeeded = outcome.is_none();
    if succeeded {
        job.operation.done = job.operation.total;
    }
    job.operation.error = outcome;
    let row = file(job).await?;
    let (owner, operation) = (job.owner.clone(), job.operation.clone());
    let (stored, refused) = (row.stored, row.refused);
    job.portal
        .act(&job.caller, Action::RowImport, Target::Table(TableId(row.table_id)), move |act| {
            Box::pin(async move {
                Job::finish(&owner, &operation, succeeded, act).await?;
                act.record("stored", stored);
                act.record("refused", refused);
                Ok(())
            })
        })
        .await?;
    // Nobody reads them any more; a crash before the last one leaves them to the clean-up.
    store::imports::delete_pieces(job.portal.db(), ImportId(row.id)).await?;
    Ok(())
}
