//! CSV files: taken in sealed pieces, turned into rows by a job, with an error report per line.

use crate::{Caller, Portal, ServiceResult, Target, act, fresh, jobs};
use domain::{
    Code, ImportId, OperationId, Refusal, TableId, Timestamp, actions::Action, operations::OperationKind,
    policy,
};
use std::time::Duration;
use store::{environments::Environment, imports::LineError};
use vault::{DataKey, Place};

/// So many bytes make a piece.
const PIECE: usize = 256 * 1024;
/// The largest file, in bytes.
pub const MAX_FILE: u64 = 2 * 1024 * 1024 * 1024;

/// A file on its way in. Dropped before [`Upload::finish`], it leaves sealed pieces that nobody
/// reads and the worker removes.
pub struct Upload {
    portal: Portal,
    caller: Caller,
    table: TableId,
    environment: Environment,
    key: DataKey,
    import: ImportId,
    pieces: i64,
    bytes: u64,
    buffer: Vec<u8>,
}

/// Begins an import into `table`.
pub async fn begin(portal: &Portal, caller: &Caller, table: TableId) -> ServiceResult<Upload> {
    let checked = portal.check(caller, Action::RowImport, Target::Table(table), |act| {
        Box::pin(async move {
            let environment = act.environment()?;
            policy::import_rows(&store::environments::facts(&act.tx, &environment).await?)?;
            let key = act.portal.keyring().data_key(&act.tx, &environment).await?;
            Ok((environment, key))
        })
    });
    let (environment, key) = checked.await?;
    let now = portal.clock().now();
    let import = ImportId(fresh::id(now));
    let place = (table, environment.id);
    store::imports::insert(portal.db().write(), import, place, environment.generation, now).await?;
    Ok(Upload {
        portal: portal.clone(),
        caller: caller.clone(),
        table,
        environment,
        key,
        import,
        pieces: 0,
        bytes: 0,
        buffer: Vec::with_capacity(PIECE),
    })
}

impl Upload {
    /// Takes the next bytes of the file; full pieces are sealed and stored.
    pub async fn push(&mut self, mut bytes: &[u8]) -> ServiceResult<()> {
        self.bytes += bytes.len() as u64;
        if self.bytes > MAX_FILE {
            return Err(Refusal::field(Code::TooLarge, "file", "CSV files are at most 2 GiB.").into());
        }
        while !bytes.is_empty() {
            let room = (PIECE - self.buffer.len()).min(bytes.len());
            self.buffer.extend_from_slice(&bytes[..room]);
            bytes = &bytes[room..];
            if self.buffer.len() == PIECE {
                self.store_piece().await?;
            }
        }
        Ok(())
    }

    /// Queues the job that turns the file into rows.
    pub async fn finish(mut self) -> ServiceResult<OperationId> {
        if !self.buffer.is_empty() {
            self.store_piece().await?;
        }
        if self.bytes == 0 {
            return Err(Refusal::field(Code::Invalid, "file", "Select a CSV file with a header line.").into());
        }
        let (import, generation, bytes) = (self.import, self.environment.generation, self.bytes);
        self.portal
            .act(&self.caller, Action::RowImport, Target::Table(self.table), move |act| {
                Box::pin(async move {
                    let id = act.environment()?.id;
                    let environment = store::environments::lock(&act.tx, id).await?;
                    policy::import_rows(&store::environments::facts(&act.tx, &environment).await?)?;
                    if environment.generation != generation {
                        return Err(changed().into());
                    }
                    act.record("bytes", bytes);
                    let on = jobs::On::Import(id, import);
                    jobs::queue(act, OperationKind::RowImport, environment.ring_id, on, bytes).await
                })
            })
            .await
    }

    async fn store_piece(&mut self) -> ServiceResult<()> {
        let place = piece_place(&self.environment, self.import, self.pieces);
        let sealed = self.key.seal(&place, &self.buffer);
        let bytes = i64::try_from(self.buffer.len()).unwrap_or(i64::MAX);
        let tx = self.portal.db().begin().await?;
        store::imports::add_piece(&tx, self.import, self.pieces, sealed, bytes).await?;
        tx.commit().await?;
        crate::kill_point("import.piece");
        self.pieces += 1;
        self.buffer.clear();
        Ok(())
    }
}

/// Where a piece is bound to: owner, import and number, as a row is to its table.
pub(crate) fn piece_place(environment: &Environment, import: ImportId, seq: i64) -> Place {
    let mut row = [0; 16];
    row[8..].copy_from_slice(&seq.to_be_bytes());
    Place {
        owner: *environment.id.0.as_bytes(),
        table: *import.0.as_bytes(),
        row,
        generation: environment.generation,
    }
}

/// An upload that has not become an import after so long was broken off.
const BROKEN_OFF: Duration = Duration::from_secs(24 * 3_600);

/// Removes the pieces of uploads that were broken off and of imports that are over.
pub(crate) async fn clean_up(portal: &Portal, now: Timestamp) -> ServiceResult<()> {
    for id in store::imports::left_over(portal.db().read(), now - BROKEN_OFF).await? {
        store::imports::delete_pieces(portal.db(), id).await?;
    }
    Ok(())
}

/// So many refused lines make a page of the report.
pub const REPORT_PAGE: usize = 500;

/// What became of an import and its report.
pub struct Report {
    pub stored: u64,
    pub refused: u64,
    /// Refused lines after the one asked for.
    pub lines: Vec<LineError>,
}

/// The report of an import's operation, up to [`REPORT_PAGE`] lines after line `after`.
pub async fn report(
    portal: &Portal,
    caller: &Caller,
    operation: OperationId,
    after: i64,
) -> ServiceResult<Report> {
    let operation = crate::operations::get(portal, caller, operation).await?;
    let allowed = act::permit(caller, Action::RowImport, operation.environment_id);
    portal.witness(caller, Action::RowImport, Target::Tenant, allowed).await?;
    let id = operation.import_id.ok_or_else(|| Refusal::not_found("import"))?;
    let db = portal.db().read();
    let import = store::imports::get(db, id).await?;
    Ok(Report {
        stored: u64::try_from(import.stored).unwrap_or(0),
        refused: u64::try_from(import.refused).unwrap_or(0),
        lines: store::imports::errors(db, id, after, REPORT_PAGE as i64).await?,
    })
}

fn changed() -> Refusal {
    Refusal::new(Code::EnvironmentBusy, "The environment's key changed while the file came in.")
        .remedy("Send the file again.")
}
