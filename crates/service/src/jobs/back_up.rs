//! Seals what an environment holds, as it is at one moment, into a backup. It stays online. A worker that takes over
//! from another begins anew: the moment is gone with the other one.

use super::{
    Job,
    source::{Batch, Live},
};
use crate::{
    ServiceResult, Target,
    backups::contents::{self, Held, Manifest, PIECE},
    kill_point,
    mails::Notice,
};
use domain::{BackupId, EnvironmentId, actions::Action, events::Event};
use store::backups::Backup;
use vault::{DataKey, Zeroizing};

/// A backup on its way.
struct Writer {
    backup: Backup,
    key: DataKey,
    tables: Vec<Held>,
    piece: Zeroizing<Vec<u8>>,
    rows: u64,
    pieces: i64,
    bytes: u64,
}

pub(super) async fn run(job: &mut Job) -> ServiceResult<()> {
    job.enter(0);
    match fill(job).await {
        Ok(manifest) => finish(job, Ok(manifest)).await,
        Err(error) => {
            let why = error.damaged_row().map(|row| row.told("nothing is backed up without it."));
            let Some(why) = why.or_else(|| error.key_trouble()) else { return Err(error) };
            finish(job, Err(why)).await
        }
    }
}

pub(super) async fn give_up(job: &mut Job, why: &str) -> ServiceResult<()> {
    finish(job, Err(why.to_owned())).await
}

/// The environment, and the backup.
fn ids(job: &Job) -> ServiceResult<(EnvironmentId, BackupId)> {
    let ids = job.operation.environment_id.zip(job.operation.backup_id);
    Ok(ids.ok_or_else(|| anyhow::anyhow!("a backup's job without a backup"))?)
}

/// Seals every row; returns the manifest, sealed, and whether there are files.
async fn fill(job: &mut Job) -> ServiceResult<(Vec<u8>, bool)> {
    let (environment, id) = ids(job)?;
    remove_earlier(job, id).await?;
    let mut source = Live::open(job, environment).await?;
    let mut writer = open(job, id, source.tables.iter().map(Held::new).collect()).await?;
    job.enter(1);
    kill_point("backup.opened");
    while let Some(batch) = source.next().await? {
        writer.take(job, batch).await?;
    }
    writer.store(job).await?;
    let Writer { backup, key, tables, pieces, .. } = writer;
    let has_files = tables.iter().any(|held| held.file_rows > 0);
    let manifest = Zeroizing::new(serde_json::to_vec(&Manifest { pieces, tables })?);
    Ok((key.seal(&contents::manifest_place(id, backup.environment_id), &manifest), has_files))
}

/// What an earlier attempt left, under the lease: a worker that was overtaken must not remove what its successor made.
async fn remove_earlier(job: &mut Job, id: BackupId) -> ServiceResult<()> {
    loop {
        let tx = job.portal.db().begin().await?;
        job.confirm(&tx).await?;
        let gone = store::backup_pieces::delete_some(&tx, id).await?;
        store::backups::set_progress(&tx, id, (0, 0, 0)).await?;
        tx.commit().await?;
        if gone == 0 {
            return Ok(());
        }
    }
}

async fn open(job: &Job, id: BackupId, tables: Vec<Held>) -> ServiceResult<Writer> {
    let db = job.portal.db().read();
    let missing = || store::StoreError::inconsistent("backups", id);
    let backup = store::backups::get(db, id).await?.ok_or_else(missing)?;
    let (row, _) = store::backups::sealed(db, id).await?.ok_or_else(missing)?;
    let key = job.portal.keyring().open(db, &row).await?;
    let piece = Zeroizing::new(Vec::with_capacity(PIECE));
    Ok(Writer { backup, key, tables, piece, rows: 0, pieces: 0, bytes: 0 })
}

impl Writer {
    async fn take(&mut self, job: &mut Job, batch: Batch) -> ServiceResult<()> {
        for row in &batch.rows {
            if !self.piece.is_empty() && self.piece.len() + contents::size(row) > PIECE {
                self.store(job).await?;
            }
            contents::push(&mut self.piece, batch.table, row)?;
        }
        self.rows += batch.rows.len() as u64;
        self.tables[batch.table].count(&batch.rows);
        Ok(())
    }

    /// Seals and stores the piece, if there is anything in it.
    async fn store(&mut self, job: &mut Job) -> ServiceResult<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let place = contents::piece_place(self.backup.id, self.backup.environment_id, self.pieces);
        let sealed = self.key.seal(&place, &self.piece);
        self.bytes += sealed.len() as u64;
        // Never less: an attempt that comes no further than the one before is none that got on.
        job.operation.done = job.operation.done.max(self.rows);
        job.operation.total = job.operation.total.max(job.operation.done);
        let tx = job.portal.db().begin().await?;
        // The operation before the backup, as a lock and a cancellation.
        job.confirm(&tx).await?;
        store::backup_pieces::insert(&tx, self.backup.id, self.pieces, sealed).await?;
        self.pieces += 1;
        store::backups::set_progress(&tx, self.backup.id, (self.rows, self.pieces, self.bytes)).await?;
        tx.commit().await?;
        kill_point("backup.piece");
        wipe(&mut self.piece);
        Ok(())
    }
}

/// Empties the buffer without leaving rows in it.
fn wipe(piece: &mut Zeroizing<Vec<u8>>) {
    let mut fresh = Zeroizing::new(Vec::with_capacity(PIECE));
    std::mem::swap(piece, &mut fresh);
}

async fn finish(job: &mut Job, outcome: Result<(Vec<u8>, bool), String>) -> ServiceResult<()> {
    let (environment, id) = ids(job)?;
    if outcome.is_ok() {
        job.enter(2);
    }
    job.operation.error = outcome.as_ref().err().cloned();
    kill_point("backup.before_finish");
    let (owner, operation) = (job.owner.clone(), job.operation.clone());
    job.portal
        .act(&job.caller, Action::BackupCreate, Target::Environment(environment), move |act| {
            Box::pin(async move {
                Job::finish(&owner, &operation, outcome.is_ok(), act).await?;
                act.record("backup", id.to_string());
                let missing = || store::StoreError::inconsistent("backups", id);
                let backup = store::backups::lock(&act.tx, id).await?.ok_or_else(missing)?;
                match outcome {
                    Ok((manifest, has_files)) => {
                        whole(act, &backup).await?;
                        act.record("rows", backup.rows);
                        store::backups::complete(&act.tx, id, manifest, has_files, act.now).await?;
                        thin_out(act, &backup).await
                    }
                    Err(why) => {
                        store::backups::destroy(&act.tx, id).await?;
                        tell(act, &backup, why).await
                    }
                }
            })
        })
        .await
}

/// The last look before it counts, and before older ones may go for it.
async fn whole(act: &crate::Act, backup: &Backup) -> ServiceResult<()> {
    let there = store::backup_pieces::count(&act.tx, backup.id).await?;
    if there == backup.pieces {
        return Ok(());
    }
    Err(anyhow::anyhow!("the backup has {there} pieces where {} were made", backup.pieces).into())
}

/// A schedule keeps only its newest backups.
async fn thin_out(act: &mut crate::Act, backup: &Backup) -> ServiceResult<()> {
    let planned = store::backup_schedules::get(&act.tx, backup.environment_id).await?;
    let Some(planned) = planned.filter(|_| backup.scheduled) else { return Ok(()) };
    let old = store::backups::beyond(&act.tx, backup.environment_id, planned.schedule.keep()).await?;
    if !old.is_empty() {
        act.record("deleted_backups", old.len());
    }
    for id in old {
        let Some(found) = store::backups::lock(&act.tx, id).await? else { continue };
        if !store::backups::facts(&act.tx, &found).await?.in_use {
            store::backups::destroy(&act.tx, id).await?;
        }
    }
    Ok(())
}

/// Nobody waits for a scheduled backup: that it failed has to reach somebody.
async fn tell(act: &mut crate::Act, backup: &Backup, why: String) -> ServiceResult<()> {
    if !backup.scheduled {
        return Ok(());
    }
    let environment = act.environment()?;
    let ring = store::rings::get(&act.tx, environment.tenant_id, environment.ring_id).await?;
    let ring = ring.ok_or_else(|| store::StoreError::inconsistent("rings", environment.ring_id))?;
    let key = crate::environments::wrapping_key(&act.tx, environment.id, environment.generation).await?;
    let mut notice = Notice::of_environment(Event::BackupFailed, &ring, &environment, (None, key.as_ref()));
    notice.error = Some(why);
    notice.path = format!("/environments/{}/backups", environment.id);
    act.notify(notice).await
}
