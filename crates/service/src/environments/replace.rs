//! Restore and copy: what an environment holds is replaced, by a backup or by another environment's data (PP-131…PP-133).

use crate::{
    Act, Caller, Portal, ServiceResult, Target,
    backups::{self, holder, visible},
    jobs,
};
use domain::{BackupId, EnvironmentId, OperationId, actions::Action, operations::OperationKind, policy};
use store::environments::Environment;

/// Asks for a backup of `source` to replace what `target` holds. It can be read until the rows are there.
///
/// # Errors
/// The refusals of [`policy::restore`]; `NAME_MISMATCH` unless the target's name was typed.
pub async fn restore(
    portal: &Portal,
    caller: &Caller,
    (source, backup): (EnvironmentId, BackupId),
    target: EnvironmentId,
    typed_name: String,
) -> ServiceResult<OperationId> {
    portal
        .act(caller, Action::EnvironmentRestore, Target::Environment(target), move |act| {
            Box::pin(async move {
                let (from, to) = lock_both(act, source, target, Action::EnvironmentRestore).await?;
                let found = backups::of(store::backups::lock(&act.tx, backup).await?, source)?;
                let facts = store::backups::facts(&act.tx, &found).await?;
                let (source, target) = (holder(&act.tx, &from).await?, holder(&act.tx, &to).await?);
                policy::restore(&facts, &source, &target)?;
                policy::typed_target(&target.facts, &typed_name)?;
                act.record("backup", backup.to_string());
                act.record("made", found.created_at.human());
                act.record("source", from.name.as_str());
                let other = (from.id != to.id).then_some(from.id);
                let on = jobs::On::Restore { target: to.id, source: other, backup };
                begin(act, &to, OperationKind::EnvironmentRestore, on, found.rows).await
            })
        })
        .await
}

/// Asks for what `source` holds to replace what `target` holds. Both can be read meanwhile.
///
/// # Errors
/// The refusals of [`policy::copy`]; `NAME_MISMATCH` unless the target's name was typed.
pub async fn copy(
    portal: &Portal,
    caller: &Caller,
    source: EnvironmentId,
    target: EnvironmentId,
    typed_name: String,
) -> ServiceResult<OperationId> {
    portal
        .act(caller, Action::EnvironmentCopy, Target::Environment(target), move |act| {
            Box::pin(async move {
                let (from, to) = lock_both(act, source, target, Action::EnvironmentCopy).await?;
                let (from_holder, to_holder) = (holder(&act.tx, &from).await?, holder(&act.tx, &to).await?);
                policy::copy(&from_holder, &to_holder)?;
                policy::typed_target(&to_holder.facts, &typed_name)?;
                act.record("source", from.name.as_str());
                let on = jobs::On::Copy { target: to.id, source: from.id };
                let rows = backups::rows_of(act, from.id).await?;
                begin(act, &to, OperationKind::EnvironmentCopy, on, rows).await
            })
        })
        .await
}

/// Source and target, locked; the caller may do `action` on the source, too.
async fn lock_both(
    act: &Act,
    source: EnvironmentId,
    target: EnvironmentId,
    action: Action,
) -> ServiceResult<(Environment, Environment)> {
    visible(&act.tx, &act.caller, source, action).await?;
    Ok(store::environments::lock_two(&act.tx, (source, target)).await?)
}

/// Queues the job; the target's rows are not written until it is over.
async fn begin(
    act: &mut Act,
    target: &Environment,
    kind: OperationKind,
    on: jobs::On,
    rows: u64,
) -> ServiceResult<OperationId> {
    let operation = jobs::queue(act, kind, target.ring_id, on, rows).await?;
    store::environments::set_replaced_by(&act.tx, target.id, Some(operation)).await?;
    act.record("rows", rows);
    Ok(operation)
}
