//! Long-running jobs as people watch them.

mod after_lock;

pub use after_lock::{AfterLock, AfterLockRootKey, after_lock};

use crate::{Act, Caller, Portal, ServiceResult, Target, act};
use domain::{
    BackupId, EnvironmentId, KeyId, OperationId, Refusal, TableId, Timestamp,
    actions::Action,
    operations::OperationKind,
    policy::{self, Decision},
};
use std::collections::{HashMap, hash_map::Entry};
use store::{
    Cursor, Page,
    operations::{Filter, Operation},
};

/// A page of jobs, the newest first; a System administrator sees those of the own environments.
pub async fn list(
    portal: &Portal,
    caller: &Caller,
    mut filter: Filter,
    after: Option<Cursor>,
    limit: usize,
) -> ServiceResult<Page<Operation>> {
    act::permit(caller, Action::OperationRead, None)?;
    filter.only = caller.visible();
    let limit = limit.clamp(1, 200);
    Ok(store::operations::list(portal.db().read(), caller.tenant(), &filter, after.as_ref(), limit).await?)
}

/// One job; another tenant's, or another environment's, is not found.
pub async fn get(portal: &Portal, caller: &Caller, id: OperationId) -> ServiceResult<Operation> {
    let found = look(portal, caller, id).await;
    portal.witness(caller, Action::OperationRead, Target::Tenant, found).await
}

async fn look(portal: &Portal, caller: &Caller, id: OperationId) -> ServiceResult<Operation> {
    act::permit(caller, Action::OperationRead, None)?;
    let visible = caller.visible();
    let found = store::operations::get(portal.db().read(), id).await?.filter(|operation| {
        let seen = |only: &Vec<_>| operation.environment_id.is_some_and(|id| only.contains(&id));
        operation.tenant_id == caller.tenant() && visible.as_ref().is_none_or(seen)
    });
    Ok(found.ok_or_else(|| Refusal::not_found("operation"))?)
}

/// Whether the caller may cancel the job where it stands.
pub fn may_cancel(caller: &Caller, operation: &Operation) -> Decision {
    act::decide(caller, Action::OperationCancel, operation.environment_id)?;
    policy::cancel_operation(operation.kind, operation.state, operation.step)
}

/// Ends a job before it has changed anything that stays. What it made until then is removed.
///
/// # Errors
/// `OPERATION_NOT_CANCELLABLE` when it has come too far, or was never to be cancelled.
pub async fn cancel(portal: &Portal, caller: &Caller, id: OperationId) -> ServiceResult<()> {
    let operation = get(portal, caller, id).await?;
    let target = operation.environment_id.map_or(Target::Ring(operation.ring_id), Target::Environment);
    portal
        .act(caller, Action::OperationCancel, target, move |act| {
            Box::pin(async move {
                act.record("operation", id.to_string());
                act.record("kind", operation.kind.as_str());
                if let Some(id) = operation.environment_id {
                    // The environment before the job, as the job itself.
                    store::environments::lock(&act.tx, id).await?;
                }
                stop(act, id).await
            })
        })
        .await
}

async fn stop(act: &mut Act, id: OperationId) -> ServiceResult<()> {
    let found = store::operations::get(&act.tx, id).await?;
    let found = found.ok_or_else(|| store::StoreError::inconsistent("operations", id))?;
    policy::cancel_operation(found.kind, found.state, found.step)?;
    let (before, why) = (found.kind.point_of_no_return(), format!("{} cancelled it.", act.caller.name()));
    if !store::operations::cancel(&act.tx, id, before, &why, act.now).await? {
        // It got further between the two looks.
        policy::cancel_operation(found.kind, found.state, before)?;
    }
    match (found.kind, found.environment_id, found.backup_id) {
        (OperationKind::EnvironmentBackup, _, Some(backup)) => {
            store::backups::destroy(&act.tx, backup).await?
        }
        (OperationKind::EnvironmentRestore | OperationKind::EnvironmentCopy, Some(target), _) => {
            store::environments::set_replaced_by(&act.tx, target, None).await?;
        }
        _ => {}
    }
    Ok(())
}

/// What a job works on and who asked for it, in names.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct About {
    pub region: String,
    pub environment: Option<(EnvironmentId, String)>,
    pub key: Option<(KeyId, String)>,
    /// Of an import.
    pub table: Option<(TableId, String)>,
    /// How many lines of its file an import has refused.
    pub refused: u64,
    /// Whose data a copy or a restore takes.
    pub source: Option<(EnvironmentId, String)>,
    /// The backup that is restored, and when it was made.
    pub backup: Option<(BackupId, Timestamp)>,
    /// The address of who asked.
    pub created_by: String,
}

/// What each of `operations` is about; they came from [`list`] or [`get`], so the caller may see them.
pub async fn about(portal: &Portal, caller: &Caller, operations: &[Operation]) -> ServiceResult<Vec<About>> {
    let db = portal.db().read();
    let rings = store::rings::list(db, caller.tenant()).await?;
    let users = store::users::list(db, caller.tenant()).await?;
    let (mut environments, mut keys) = (HashMap::new(), HashMap::new());
    let mut abouts = Vec::with_capacity(operations.len());
    for operation in operations {
        let (table, refused) = import(portal, operation).await?;
        let source = source(caller, operation);
        for id in operation.environment_id.into_iter().chain(source) {
            if let Entry::Vacant(unknown) = environments.entry(id) {
                unknown.insert(store::environments::get(db, id).await?.map(|found| found.name));
            }
        }
        if let Some(id) = operation.key_id.filter(|id| !keys.contains_key(id)) {
            keys.insert(id, store::keys::get(db, id).await?.map(|found| found.name));
        }
        let ring = rings.iter().find(|ring| ring.id == operation.ring_id.0);
        let user = users.iter().find(|user| user.id == operation.created_by.0);
        abouts.push(About {
            region: ring.map_or_else(String::new, |ring| ring.region.clone()),
            environment: operation.environment_id.and_then(|id| Some((id, environments.get(&id)?.clone()?))),
            source: source.and_then(|id| Some((id, environments.get(&id)?.clone()?))),
            backup: restored(portal, operation).await?,
            key: operation.key_id.and_then(|id| Some((id, keys.get(&id)?.clone()?))),
            table,
            refused,
            created_by: user.map_or_else(String::new, |user| user.email.clone()),
        });
    }
    Ok(abouts)
}

/// Whose data it takes, if the caller may see that environment; a backup may go back to where it was made.
fn source(caller: &Caller, operation: &Operation) -> Option<EnvironmentId> {
    let back = operation.environment_id.filter(|_| operation.kind == OperationKind::EnvironmentRestore);
    let source = operation.source_id.or(back);
    source.filter(|id| caller.visible().is_none_or(|only| only.contains(id)))
}

/// The backup it restores, as long as that is there.
async fn restored(portal: &Portal, operation: &Operation) -> ServiceResult<Option<(BackupId, Timestamp)>> {
    let restore = operation.kind == OperationKind::EnvironmentRestore;
    let Some(id) = operation.backup_id.filter(|_| restore) else { return Ok(None) };
    let backup = store::backups::get(portal.db().read(), id).await?;
    Ok(backup.map(|backup| (id, backup.created_at)))
}

/// The table of an import, and how many lines it has refused.
async fn import(portal: &Portal, operation: &Operation) -> ServiceResult<(Option<(TableId, String)>, u64)> {
    let db = portal.db().read();
    let Some(id) = operation.import_id else { return Ok((None, 0)) };
    let import = store::imports::get(db, id).await?;
    let table = store::tables::get(db, TableId(import.table_id)).await?;
    let named = table.map(|table| (table.id, table.shape.name.to_string()));
    Ok((named, u64::try_from(import.refused).unwrap_or(0)))
}
