//! Restore and copy: rows are sealed for the target into tables that nobody sees, and those take the place of the
//! target's in one transaction. Until then nothing of the target has changed, so that it can be cancelled, stopped by a
//! lock, or begun anew by another worker; from then on it is done, and what was there is removed.

use super::{
    Job,
    source::{Batch, Live, Source, Stored},
};
use crate::{
    Act, ServiceError, ServiceResult, Target, backups::contents::Held, environments::wrapping_key,
    kill_point, mails::Notice, rows,
};
use domain::{EnvironmentId, TableId, events::Event, operations::OperationKind, policy};
use store::{environments::Environment, operations::Operation, rows::SealedRow, tables::Table};
use vault::DataKey;

/// From here on the target holds what it is to hold.
const SWITCHED: usize = 2;

/// The target, and the tables that are being filled for it.
struct Stage {
    environment: Environment,
    key: DataKey,
    tables: Vec<TableId>,
    rows: u64,
}

pub(super) async fn run(job: &mut Job) -> ServiceResult<()> {
    if job.operation.step < SWITCHED {
        match fill(job).await {
            Ok(stage) => switch(job, stage).await?,
            Err(error) => {
                let Some(why) = fatal(&error) else { return Err(error) };
                return fail(job, why).await;
            }
        }
    }
    clear(job).await
}

/// Once it is switched, only what was there before is left to be removed: that is tried for ever.
pub(super) async fn give_up(job: &mut Job, why: &str) -> ServiceResult<()> {
    if job.operation.step < SWITCHED { fail(job, why.to_owned()).await } else { clear(job).await }
}

/// Why it can never succeed, if that is so.
fn fatal(error: &ServiceError) -> Option<String> {
    if let Some(row) = error.damaged_row() {
        return Some(row.told("nothing was changed."));
    }
    if error.cannot_open() {
        return Some("What is to be taken over does not open as a whole; nothing was changed.".to_owned());
    }
    error.key_trouble().or_else(|| error.refusal().map(|refusal| refusal.detail.clone()))
}

fn target(job: &Job) -> ServiceResult<EnvironmentId> {
    let id = job.operation.environment_id;
    Ok(id.ok_or_else(|| anyhow::anyhow!("a restore or copy without a target"))?)
}

async fn fill(job: &mut Job) -> ServiceResult<Stage> {
    job.enter(0);
    remove_hidden(job).await?;
    let mut source = open_source(job).await?;
    let mut stage = open_stage(job, &source.tables()).await?;
    job.enter(1);
    kill_point("replace.opened");
    while let Some(batch) = source.next(job).await? {
        put(job, &mut stage, batch).await?;
    }
    kill_point("replace.filled");
    Ok(stage)
}

async fn open_source(job: &Job) -> ServiceResult<Source> {
    let Operation { kind, backup_id, source_id, .. } = &job.operation;
    Ok(match (kind, backup_id, source_id) {
        (OperationKind::EnvironmentRestore, Some(id), _) => {
            Source::Stored(Box::new(Stored::open(job, *id).await?))
        }
        (OperationKind::EnvironmentCopy, _, Some(id)) => Source::Live(Box::new(Live::open(job, *id).await?)),
        _ => return Err(anyhow::anyhow!("a restore or copy without a source").into()),
    })
}

/// Makes the tables that will be the target's.
async fn open_stage(job: &mut Job, shapes: &[Held]) -> ServiceResult<Stage> {
    let db = job.portal.db().clone();
    let id = target(job)?;
    let environment = store::environments::get(db.read(), id).await?;
    let environment = environment.ok_or_else(|| store::StoreError::inconsistent("environments", id))?;
    let key = job.portal.keyring().data_key(db.read(), &environment).await?;
    let now = job.portal.clock().now();
    let tx = db.begin().await?;
    let mut tables = Vec::with_capacity(shapes.len());
    for held in shapes {
        let id = TableId(crate::fresh::id(now));
        let table = Table {
            id,
            environment_id: environment.id,
            shape: held.shape()?,
            row_count: 0,
            file_rows: 0,
            created_at: now,
        };
        store::tables::insert_for(&tx, &table, Some(job.operation.id)).await?;
        tables.push(id);
    }
    job.commit(tx).await?;
    Ok(Stage { environment, key, tables, rows: 0 })
}

/// Seals rows at their new place. They keep their ids.
async fn put(job: &mut Job, stage: &mut Stage, batch: Batch) -> ServiceResult<()> {
    let table = *stage.tables.get(batch.table).ok_or(vault::CannotOpen)?;
    let generation = stage.environment.generation;
    let mut sealer = stage.key.sealer();
    let seal = |row: crate::backups::contents::OpenRow| SealedRow {
        id: row.id,
        generation,
        has_files: row.has_files,
        sealed: sealer.seal(&rows::place(&stage.environment, table, row.id, generation), &row.plain),
    };
    let sealed: Vec<SealedRow> = batch.rows.into_iter().map(seal).collect();
    stage.rows += sealed.len() as u64;
    let tx = job.portal.db().begin().await?;
    rows::add(&tx, table, sealed).await?;
    // Never less: an attempt that comes no further than the one before is none that got on.
    job.operation.done = job.operation.done.max(stage.rows);
    job.operation.total = job.operation.total.max(job.operation.done);
    job.commit(tx).await?;
    kill_point("replace.batch");
    Ok(())
}

/// The one moment: the filled tables are the target's, and those it had are nobody's.
async fn switch(job: &mut Job, stage: Stage) -> ServiceResult<()> {
    job.enter(SWITCHED);
    let (owner, operation) = (job.owner.clone(), job.operation.clone());
    let (id, until) = (stage.environment.id, job.portal.clock().now() + job.portal.settings().lease);
    job.portal
        .act(&job.caller, job.action(), Target::Environment(id), move |act| {
            Box::pin(async move {
                // The environment before the job, as whoever cancels it or locks the ring.
                let environment = store::environments::lock(&act.tx, id).await?;
                if !store::operations::progress(&act.tx, &owner, &operation, until).await? {
                    return Err(ServiceError::Internal(super::LeaseLost.into()));
                }
                policy::use_data(environment.state)?;
                if environment.generation != stage.environment.generation
                    || environment.replaced_by != Some(operation.id)
                {
                    return Err(anyhow::anyhow!("the target has changed while it was to be replaced").into());
                }
                store::tables::hide_all(&act.tx, id, operation.id).await?;
                store::tables::show(&act.tx, &stage.tables).await?;
                store::environments::set_replaced_by(&act.tx, id, None).await?;
                act.record("rows", stage.rows);
                tell(act, &environment, &operation).await
            })
        })
        .await?;
    kill_point("replace.switched");
    Ok(())
}

async fn tell(act: &mut Act, environment: &Environment, operation: &Operation) -> ServiceResult<()> {
    let ring = store::rings::get(&act.tx, environment.tenant_id, environment.ring_id).await?;
    let ring = ring.ok_or_else(|| store::StoreError::inconsistent("rings", environment.ring_id))?;
    let key = wrapping_key(&act.tx, environment.id, environment.generation).await?;
    let event = Event::EnvironmentOverwritten;
    let mut notice = Notice::of_environment(event, &ring, environment, (key.as_ref(), key.as_ref()));
    notice.source = Some(origin(act, environment, operation).await?);
    notice.path = format!("/environments/{}", environment.id);
    act.notify(notice).await
}

/// What the environment holds now, in words.
async fn origin(act: &mut Act, environment: &Environment, operation: &Operation) -> ServiceResult<String> {
    let source = match operation.source_id {
        Some(id) => store::environments::get(&act.tx, id).await?.map(|found| found.name),
        None => Some(environment.name.clone()),
    };
    let source = source.unwrap_or_default();
    act.record("source", source.as_str());
    let Some(id) = operation.backup_id else { return Ok(format!("A copy of {source}")) };
    act.record("backup", id.to_string());
    let made = store::backups::get(&act.tx, id).await?.map(|backup| backup.created_at);
    let made = made.map_or_else(String::new, |at| act.portal.settings().local_time.human(at));
    Ok(format!("The backup of {source} from {made}"))
}

/// Nothing of the target has changed; what was filled is removed by the sweep.
async fn fail(job: &mut Job, why: String) -> ServiceResult<()> {
    job.operation.error = Some(why);
    let id = target(job)?;
    let (owner, operation) = (job.owner.clone(), job.operation.clone());
    job.portal
        .act(&job.caller, job.action(), Target::Environment(id), move |act| {
            Box::pin(async move {
                store::environments::lock(&act.tx, id).await?;
                Job::finish(&owner, &operation, false, act).await?;
                Ok(store::environments::set_replaced_by(&act.tx, id, None).await?)
            })
        })
        .await
}

/// Removes what was there before, and ends.
async fn clear(job: &mut Job) -> ServiceResult<()> {
    job.enter(3);
    remove_hidden(job).await?;
    kill_point("replace.cleared");
    let now = job.portal.clock().now();
    let tx = job.portal.db().begin().await?;
    if !store::operations::finish(&tx, &job.owner, &job.operation, true, now).await? {
        return Err(ServiceError::Internal(super::LeaseLost.into()));
    }
    Ok(tx.commit().await?)
}

/// Removes the tables that this job hides, with their rows.
pub(super) async fn remove_hidden(job: &mut Job) -> ServiceResult<u64> {
    let mut rows = 0;
    for table in store::tables::hidden_by(job.portal.db().read(), job.operation.id).await? {
        rows += job.empty(table.id, "replace.removed").await?;
        store::tables::remove(job.portal.db().write(), table.id).await?;
    }
    Ok(rows)
}
