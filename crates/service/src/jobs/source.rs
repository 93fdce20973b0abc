//! Where the rows of a backup, a restore or a copy come from, a few at a time.

use super::Job;
use crate::{
    ServiceResult,
    backups::contents::{self, Held, Manifest, OpenRow},
    rows::{self, DamagedRow},
};
use domain::{BackupId, EnvironmentId, RowId};
use store::{DatabaseTransaction, environments::Environment, tables::Table};
use vault::{CannotOpen, DataKey};

/// Rows of one table.
pub(super) struct Batch {
    /// The table's number among those of the source.
    pub(super) table: usize,
    pub(super) rows: Vec<OpenRow>,
}

/// An environment as it was at one moment, whatever is written meanwhile.
pub(super) struct Live {
    snapshot: DatabaseTransaction,
    environment: Environment,
    key: DataKey,
    pub(super) tables: Vec<Table>,
    at: usize,
    after: Option<RowId>,
    page: usize,
}

impl Live {
    pub(super) async fn open(job: &Job, id: EnvironmentId) -> ServiceResult<Self> {
        let snapshot = job.portal.db().snapshot().await?;
        let environment = store::environments::get(&snapshot, id).await?;
        let environment = environment.ok_or_else(|| store::StoreError::inconsistent("environments", id))?;
        let key = job.portal.keyring().data_key(&snapshot, &environment).await?;
        let tables = store::tables::list(&snapshot, id).await?;
        let page = job.portal.settings().batch;
        Ok(Self { snapshot, environment, key, tables, at: 0, after: None, page })
    }

    /// The next rows; `None` after the last.
    pub(super) async fn next(&mut self) -> ServiceResult<Option<Batch>> {
        while let Some(table) = self.tables.get(self.at) {
            let page = store::rows::page(&self.snapshot, table.id, self.after, self.page).await?;
            let number = self.at;
            self.after = page.items.last().map(|row| row.id);
            if page.next.is_none() {
                (self.at, self.after) = (self.at + 1, None);
            }
            let open = |row: store::rows::SealedRow| -> ServiceResult<OpenRow> {
                let place = rows::place(&self.environment, table.id, row.id, self.environment.generation);
                let plain =
                    self.key.open(&place, &row.sealed).map_err(|_| DamagedRow::error(table, row.id))?;
                Ok(OpenRow { id: row.id, has_files: row.has_files, plain })
            };
            let rows: Vec<OpenRow> = page.items.into_iter().map(open).collect::<ServiceResult<_>>()?;
            if !rows.is_empty() {
                return Ok(Some(Batch { table: number, rows }));
            }
        }
        Ok(None)
    }
}

/// A backup.
pub(super) struct Stored {
    id: BackupId,
    environment: EnvironmentId,
    key: DataKey,
    pub(super) manifest: Manifest,
    at: i64,
    /// What came out of a piece beyond its first table.
    waiting: Vec<Batch>,
    /// How many rows of each table came out.
    seen: Vec<u64>,
}

impl Stored {
    pub(super) async fn open(job: &Job, id: BackupId) -> ServiceResult<Self> {
        let db = job.portal.db().read();
        let backup = store::backups::get(db, id).await?;
        let sealed = store::backups::sealed(db, id).await?;
        let (Some(backup), Some((row, Some(manifest)))) = (backup, sealed) else {
            return Err(domain::Refusal::not_found("backup").into());
        };
        let key = job.portal.keyring().open(db, &row).await?;
        let manifest = key.open(&contents::manifest_place(id, backup.environment_id), &manifest)?;
        let manifest: Manifest = serde_json::from_slice(&manifest)?;
        let seen = vec![0; manifest.tables.len()];
        let environment = backup.environment_id;
        Ok(Self { id, environment, key, manifest, at: 0, waiting: Vec::new(), seen })
    }

    /// The next rows; `None` after the last, when every row that was sealed has come out.
    pub(super) async fn next(&mut self, job: &Job) -> ServiceResult<Option<Batch>> {
        while self.waiting.is_empty() {
            if self.at == self.manifest.pieces {
                let all = self.manifest.tables.iter().map(|held| held.rows).eq(self.seen.iter().copied());
                return if all { Ok(None) } else { Err(CannotOpen.into()) };
            }
            let sealed = store::backup_pieces::get(job.portal.db().read(), self.id, self.at).await?;
            let place = contents::piece_place(self.id, self.environment, self.at);
            let piece = self.key.open(&place, &sealed.ok_or(CannotOpen)?)?;
            self.at += 1;
            self.waiting = batches(&piece)?;
            self.waiting.reverse();
        }
        let batch = self.waiting.pop();
        if let Some(batch) = &batch {
            *self.seen.get_mut(batch.table).ok_or(CannotOpen)? += batch.rows.len() as u64;
        }
        Ok(batch)
    }
}

fn batches(mut piece: &[u8]) -> ServiceResult<Vec<Batch>> {
    let mut batches: Vec<Batch> = Vec::new();
    while let Some((table, row)) = contents::take(&mut piece)? {
        match batches.last_mut() {
            Some(last) if last.table == table => last.rows.push(row),
            _ => batches.push(Batch { table, rows: vec![row] }),
        }
    }
    Ok(batches)
}

/// Either of them.
pub(super) enum Source {
    Live(Box<Live>),
    Stored(Box<Stored>),
}

impl Source {
    /// The shapes of the tables, in the order of their numbers.
    pub(super) fn tables(&self) -> Vec<Held> {
        match self {
            Self::Live(live) => live.tables.iter().map(Held::new).collect(),
            Self::Stored(stored) => stored.manifest.tables.iter().map(Held::empty_copy).collect(),
        }
    }

    pub(super) async fn next(&mut self, job: &Job) -> ServiceResult<Option<Batch>> {
        match self {
            Self::Live(live) => live.next().await,
            Self::Stored(stored) => stored.next(job).await,
        }
    }
}
