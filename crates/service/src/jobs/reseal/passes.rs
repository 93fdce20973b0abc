//! The passes over an environment's rows: seal anew, check, seal back.

use super::{super::Job, Change};
use crate::{
    ServiceResult, kill_point,
    rows::{self, DamagedRow},
};
use domain::EnvironmentId;
use store::{ConnectionTrait, rows::SealedRow, tables::Table};
use vault::DataKey;

/// A data key and the generation it is.
type Generation<'k> = (&'k DataKey, u32);

/// Every row under the new key, and proof that it opens there; the first that does not open ends it.
pub(super) async fn forwards(job: &mut Job, change: &Change) -> ServiceResult<()> {
    let (from, to) = (change.environment.generation, change.next);
    for table in store::tables::list(job.portal.db().read(), change.environment.id).await? {
        seal_anew(job, change, &table, (&change.old, from), (&change.new, to)).await?;
    }
    job.enter(3);
    check(job, change).await?;
    kill_point("reseal.checked");
    Ok(())
}

/// Every row back under the old key; what does not open stays as it is.
pub(super) async fn backwards(job: &mut Job, change: &Change) -> ServiceResult<()> {
    let (from, to) = (change.next, change.environment.generation);
    for table in store::tables::list(job.portal.db().read(), change.environment.id).await? {
        seal_anew(job, change, &table, (&change.new, from), (&change.old, to)).await?;
    }
    Ok(())
}

/// How many rows of the environment are under `generation`.
pub(super) async fn count_under(
    db: &impl ConnectionTrait,
    environment: EnvironmentId,
    generation: u32,
) -> ServiceResult<u64> {
    let mut count = 0;
    for table in store::tables::list(db, environment).await? {
        count += store::rows::count_under(db, table.id, generation).await?;
    }
    Ok(count)
}

/// Goes through a table in the order of its ids and seals anew what is under generation `from`.
async fn seal_anew(
    job: &mut Job,
    change: &Change,
    table: &Table,
    from: Generation<'_>,
    to: Generation<'_>,
) -> ServiceResult<()> {
    let mut after = None;
    loop {
        let tx = job.portal.db().begin().await?;
        let page = store::rows::page(&tx, table.id, after, job.portal.settings().batch).await?;
        after = page.items.last().map(|row| row.id);
        let fresh = reseal_page(job.operation.undoing, change, table, page.items, from, to)?;
        if job.operation.undoing {
            job.operation.done = job.operation.done.saturating_sub(fresh.len() as u64);
        } else {
            job.operation.done += fresh.len() as u64;
        }
        store::rows::reseal(&tx, table.id, fresh).await?;
        job.commit(tx).await?;
        kill_point("reseal.batch");
        if page.next.is_none() {
            return Ok(());
        }
    }
}

fn reseal_page(
    skip_broken: bool,
    change: &Change,
    table: &Table,
    rows: Vec<SealedRow>,
    (from_key, from): Generation<'_>,
    (to_key, to): Generation<'_>,
) -> ServiceResult<Vec<SealedRow>> {
    let mut fresh = Vec::with_capacity(rows.len());
    let mut sealer = to_key.sealer();
    for mut row in rows.into_iter().filter(|row| row.generation == from) {
        let place = |generation| rows::place(&change.environment, table.id, row.id, generation);
        let plain = match from_key.open(&place(from), &row.sealed) {
            Ok(plain) => plain,
            Err(_) if skip_broken => {
                tracing::error!(table = %table.id, row = %row.id, generation = from, "a row does not open and is kept");
                continue;
            }
            Err(_) => return Err(DamagedRow::error(table, row.id)),
        };
        row.sealed = sealer.seal(&place(to), &plain);
        row.generation = to;
        fresh.push(row);
    }
    Ok(fresh)
}

/// Every row opens under the new key, before the old one is given up.
async fn check(job: &mut Job, change: &Change) -> ServiceResult<()> {
    let db = job.portal.db().clone();
    for table in store::tables::list(db.read(), change.environment.id).await? {
        let mut after = None;
        loop {
            let page = store::rows::page(db.read(), table.id, after, job.portal.settings().batch).await?;
            for row in &page.items {
                // The place binds the generation: a row that is still under the old key does not open.
                let place = rows::place(&change.environment, table.id, row.id, change.next);
                let opened = change.new.open(&place, &row.sealed);
                opened.map_err(|_| DamagedRow::error(&table, row.id))?;
            }
            // A sign of life: checking a large environment must outlive the lease.
            job.renew().await?;
            after = page.items.last().map(|row| row.id);
            if page.next.is_none() {
                break;
            }
        }
    }
    Ok(())
}
