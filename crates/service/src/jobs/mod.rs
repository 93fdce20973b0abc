//! Long work: queued in the transaction that asks for it, leased by one worker at a time, resumed
//! after a crash. Each job re-reads before it acts and takes no decision from its input.

mod back_up;
mod csv_records;
mod delete_environment;
mod import_rows;
mod install_key;
mod lock;
mod replace;
mod reseal;
mod reset;
mod rewrap;
mod source;
mod unlock_environment;
mod unlock_key;

use crate::{Act, Caller, Portal, ServiceError, ServiceResult, Via, kill_point, root_key::Root};
use domain::{
    BackupId, EnvironmentId, ImportId, KeyId, OperationId, RingId, TableId, UserId, actions::Action,
    operations::OperationKind,
};
use std::sync::Arc;
use store::{
    DatabaseTransaction,
    keys::Key,
    operations::{NewOperation, Operation},
};

use vault::Kek;

/// So many rows go in one transaction.
const REMOVED: u64 = 5_000;

/// What a job is on.
#[derive(Clone, Copy)]
pub(crate) enum On {
    Ring,
    Key(KeyId),
    Environment(EnvironmentId),
    Import(EnvironmentId, ImportId),
    Backup(EnvironmentId, BackupId),
    /// `source` is whose backup it is, if that is another environment.
    Restore {
        target: EnvironmentId,
        source: Option<EnvironmentId>,
        backup: BackupId,
    },
    Copy {
        target: EnvironmentId,
        source: EnvironmentId,
    },
}

impl On {
    fn note(self, operation: &mut NewOperation) {
        match self {
            Self::Ring => {}
            Self::Key(key) => operation.key_id = Some(key),
            Self::Environment(environment) => operation.environment_id = Some(environment),
            Self::Import(environment, import) => {
                (operation.environment_id, operation.import_id) = (Some(environment), Some(import));
            }
            Self::Backup(environment, backup) => {
                (operation.environment_id, operation.backup_id) = (Some(environment), Some(backup));
            }
            Self::Restore { target, source, backup } => {
                (operation.environment_id, operation.backup_id) = (Some(target), Some(backup));
                operation.source_id = source;
            }
            Self::Copy { target, source } => {
                (operation.environment_id, operation.source_id) = (Some(target), Some(source));
            }
        }
    }
}

/// Queues a job in the running transaction.
pub(crate) async fn queue(
    act: &mut Act,
    kind: OperationKind,
    ring_id: RingId,
    on: On,
    total: u64,
) -> ServiceResult<OperationId> {
    let id = OperationId(act.fresh_id());
    let mut operation = NewOperation {
        id,
        tenant_id: act.caller.tenant(),
        kind,
        ring_id,
        environment_id: None,
        key_id: None,
        import_id: None,
        source_id: None,
        backup_id: None,
        total,
        created_by: act.caller.user(),
        created_at: act.now,
        address: act.caller.address().map(str::to_owned),
    };
    on.note(&mut operation);
    store::operations::insert(&act.tx, operation).await?;
    act.record("operation", id.to_string());
    Ok(id)
}

/// A claimed job: the only one who may go on with it, as long as its lease is confirmed.
pub(crate) struct Job {
    pub portal: Portal,
    pub caller: Caller,
    pub operation: Operation,
    pub owner: String,
}

/// Another worker holds the job by now: stop without a trace.
#[derive(Debug, thiserror::Error)]
#[error("the lease of the job was lost")]
pub(crate) struct LeaseLost;

impl Job {
    /// Prepares a claimed operation: acts for whoever asked, from where that was.
    pub(crate) async fn new(portal: &Portal, operation: Operation, owner: &str) -> ServiceResult<Self> {
        let db = portal.db().read();
        let user = store::users::get(db, operation.created_by).await?;
        let user = user.ok_or_else(|| store::StoreError::inconsistent("operations", operation.id))?;
        let roles = store::users::roles(db, UserId(user.id)).await?;
        let address = operation.address.clone();
        let caller = Caller::new(&user, roles, Via::Job, address, operation.id.to_string());
        Ok(Self { portal: portal.clone(), caller, operation, owner: owner.to_owned() })
    }

    /// Runs it to its end, or to an error after which it is tried again.
    pub(crate) async fn run(&mut self) -> ServiceResult<()> {
        match self.operation.kind {
            OperationKind::KeyInstall => install_key::run(self).await,
            OperationKind::KeyRewrap => rewrap::run(self).await,
            OperationKind::KeyLock => lock::run(self).await,
            OperationKind::KeyUnlock => unlock_key::run(self).await,
            OperationKind::EnvironmentUnlock => unlock_environment::run(self).await,
            OperationKind::EnvironmentDelete => delete_environment::run(self).await,
            OperationKind::EnvironmentApply | OperationKind::EnvironmentReturn => reseal::run(self).await,
            OperationKind::EnvironmentBackup => back_up::run(self).await,
            OperationKind::EnvironmentRestore | OperationKind::EnvironmentCopy => replace::run(self).await,
            OperationKind::EnvironmentReset => reset::run(self).await,
            OperationKind::RowImport => import_rows::run(self).await,
        }
    }

    /// Ends it after too many attempts without progress: back to where it began, as far as that can be.
    pub(crate) async fn give_up(&mut self, why: &str) -> ServiceResult<()> {
        match self.operation.kind {
            OperationKind::KeyInstall => install_key::give_up(self, why).await,
            OperationKind::KeyRewrap => rewrap::give_up(self, why).await,
            // What has begun has destroyed keys: it is never given up, only tried again.
            OperationKind::KeyLock => lock::run(self).await,
            OperationKind::EnvironmentDelete => delete_environment::run(self).await,
            OperationKind::KeyUnlock => unlock_key::give_up(self, why).await,
            OperationKind::EnvironmentUnlock => unlock_environment::give_up(self, why).await,
            OperationKind::EnvironmentApply | OperationKind::EnvironmentReturn => {
                reseal::give_up(self, why).await
            }
            OperationKind::EnvironmentBackup => back_up::give_up(self, why).await,
            OperationKind::EnvironmentRestore | OperationKind::EnvironmentCopy => {
                replace::give_up(self, why).await
            }
            OperationKind::EnvironmentReset => reset::run(self).await,
            OperationKind::RowImport => import_rows::give_up(self, why).await,
        }
    }

    /// The protection key `id`, opened with the root key that is held until `tx` ends.
    async fn open_key(&self, tx: &DatabaseTransaction, id: KeyId) -> ServiceResult<(Arc<Root>, Key, Kek)> {
        let root = self.portal.keyring().roots().hold(tx).await?;
        let key = store::keys::get(tx, id).await?;
        let key = key.ok_or_else(|| store::StoreError::inconsistent("protection_keys", id))?;
        let kek = root.open_protection_key(&key)?;
        Ok((root, key, kek))
    }

    /// Moves to step `step` and writes down when, unless it is there already.
    pub(crate) fn enter(&mut self, step: usize) {
        let now = self.portal.clock().now();
        self.operation.step = self.operation.step.max(step);
        while self.operation.step_times.len() <= step {
            self.operation.step_times.push(now);
        }
    }

    /// Confirms the lease and writes the progress inside `tx`, then commits it.
    pub(crate) async fn commit(&mut self, tx: DatabaseTransaction) -> ServiceResult<()> {
        self.confirm(&tx).await?;
        Ok(tx.commit().await?)
    }

    /// Confirms the lease and writes the progress inside `tx`; nobody takes the job over before it ends.
    pub(crate) async fn confirm(&self, tx: &DatabaseTransaction) -> ServiceResult<()> {
        let until = self.portal.clock().now() + self.portal.settings().lease;
        if !store::operations::progress(tx, &self.owner, &self.operation, until).await? {
            return Err(ServiceError::Internal(LeaseLost.into()));
        }
        Ok(())
    }

    /// Ends the operation inside `act`, which commits with it. Comes first in the transaction: who
    /// lost the lease to another worker must not even look at what that one may have changed.
    pub(crate) async fn finish(
        owner: &str,
        operation: &Operation,
        succeeded: bool,
        act: &mut Act,
    ) -> ServiceResult<()> {
        if !succeeded {
            act.fails(operation.error.as_deref().unwrap_or("not done"));
        }
        if !store::operations::finish(&act.tx, owner, operation, succeeded, act.now).await? {
            return Err(ServiceError::Internal(LeaseLost.into()));
        }
        Ok(())
    }

    /// Removes every row of a table, some at a time; returns how many. `place` is the kill point after each time.
    pub(crate) async fn empty(&mut self, table: TableId, place: &'static str) -> ServiceResult<u64> {
        let mut rows = 0;
        loop {
            let tx = self.portal.db().begin().await?;
            let gone = store::rows::delete_some(&tx, table, REMOVED).await?;
            store::tables::count(&tx, table, -i64::try_from(gone).unwrap_or(0), 0).await?;
            rows += gone;
            if matches!(
                self.operation.kind,
                OperationKind::EnvironmentDelete | OperationKind::EnvironmentReset
            ) {
                // That is what these do; restore and copy have counted what they brought.
                self.operation.done += gone;
            }
            self.commit(tx).await?;
            kill_point(place);
            if gone < REMOVED {
                return Ok(rows);
            }
        }
    }

    /// A sign of life in between: keeps the lease, writes the progress.
    pub(crate) async fn renew(&mut self) -> ServiceResult<()> {
        let tx = self.portal.db().begin().await?;
        self.commit(tx).await
    }

    /// The action that the audit trail names for the kind.
    pub(crate) fn action(&self) -> Action {
        match self.operation.kind {
            OperationKind::KeyInstall => Action::KeyInstall,
            OperationKind::KeyRewrap => Action::EnvironmentRewrap,
            OperationKind::KeyLock => Action::KeyLock,
            OperationKind::KeyUnlock => Action::KeyUnlock,
            OperationKind::EnvironmentUnlock => Action::EnvironmentUnlock,
            OperationKind::EnvironmentDelete => Action::EnvironmentDelete,
            OperationKind::EnvironmentApply => Action::EnvironmentApply,
            OperationKind::EnvironmentReturn => Action::EnvironmentReturn,
            OperationKind::EnvironmentBackup => Action::BackupCreate,
            OperationKind::EnvironmentRestore => Action::EnvironmentRestore,
            OperationKind::EnvironmentCopy => Action::EnvironmentCopy,
            OperationKind::EnvironmentReset => Action::EnvironmentReset,
            OperationKind::RowImport => Action::RowImport,
        }
    }
}
