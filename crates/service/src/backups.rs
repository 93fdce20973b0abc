//! Backups of environments: made by hand or by schedule, sealed under a data key of their own.

pub(crate) mod contents;
mod schedule;
mod sweep;
mod targets;

pub use schedule::{cancel_schedule, set_schedule};
pub use targets::{Target, TargetFilter, copy_targets, restore_targets};

pub(crate) use schedule::run_due;
pub(crate) use sweep::{remove_deleted, sweep};

use crate::{Act, Caller, Portal, ServiceResult, act, jobs, keys::not_confirmed};
use domain::{
    BackupId, EnvironmentId, OperationId, Refusal, RingKeyId, Timestamp,
    actions::Action,
    backups::{BackupFacts, Holder},
    operations::{OperationKind, OperationState},
    policy::{self, Decision},
};
use store::{
    Cursor, Page, backup_schedules::Planned, backups::Backup, environments::Environment,
    operations::Operation,
};

/// A backup and what may be done with it.
pub struct Listed {
    pub backup: Backup,
    pub facts: BackupFacts,
    /// Whether it may go back to where it came from.
    pub restore: Decision,
    pub delete: Decision,
}

/// What the page of an environment's backups shows, at one moment.
pub struct Overview {
    pub environment: Environment,
    pub region: String,
    pub backups: Page<Listed>,
    pub planned: Option<Planned>,
    /// The latest attempt, if it failed.
    pub failed: Option<Operation>,
    /// Whether another one may be made now.
    pub back_up: Decision,
    pub schedule: Decision,
    pub now: Timestamp,
}

/// The environment's backups, the newest first, and its schedule.
pub async fn overview(
    portal: &Portal,
    caller: &Caller,
    id: EnvironmentId,
    after: Option<Cursor>,
    limit: usize,
) -> ServiceResult<Overview> {
    let found = look(portal, caller, id, after, limit).await;
    portal.witness(caller, Action::BackupRead, act::Target::Environment(id), found).await
}

async fn look(
    portal: &Portal,
    caller: &Caller,
    id: EnvironmentId,
    after: Option<Cursor>,
    limit: usize,
) -> ServiceResult<Overview> {
    let db = &portal.db().snapshot().await?;
    let environment = visible(db, caller, id, Action::BackupRead).await?;
    let ring = store::rings::get(db, environment.tenant_id, environment.ring_id).await?;
    let holder = holder(db, &environment).await?;
    let page = store::backups::list(db, id, after.as_ref(), limit.clamp(1, 200)).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for backup in page.items {
        items.push(listed(db, caller, backup, &holder).await?);
    }
    let may = |action| act::decide(caller, action, Some(id));
    Ok(Overview {
        region: ring.map(|ring| ring.region).unwrap_or_default(),
        backups: Page { items, next: page.next },
        planned: store::backup_schedules::get(db, id).await?,
        failed: store::operations::latest(db, id, OperationKind::EnvironmentBackup)
            .await?
            .filter(|latest| latest.state == OperationState::Failed),
        back_up: may(Action::BackupCreate).and_then(|()| policy::back_up(&holder.facts)),
        schedule: may(Action::BackupSchedule).and_then(|()| policy::schedule_backups(&holder.facts)),
        now: portal.clock().now(),
        environment,
    })
}

async fn listed(
    db: &impl store::ConnectionTrait,
    caller: &Caller,
    backup: Backup,
    source: &Holder,
) -> ServiceResult<Listed> {
    let facts = store::backups::facts(db, &backup).await?;
    let may = |action| act::decide(caller, action, Some(source.id));
    Ok(Listed {
        restore: may(Action::EnvironmentRestore).and_then(|()| policy::restore(&facts, source, source)),
        delete: may(Action::BackupDelete).and_then(|()| policy::delete_backup(&facts)),
        backup,
        facts,
    })
}

/// One backup of the environment.
pub async fn get(
    portal: &Portal,
    caller: &Caller,
    environment: EnvironmentId,
    id: BackupId,
) -> ServiceResult<Listed> {
    let found = async {
        let db = &portal.db().snapshot().await?;
        let source = visible(db, caller, environment, Action::BackupRead).await?;
        let backup = of(store::backups::get(db, id).await?, environment)?;
        listed(db, caller, backup, &holder(db, &source).await?).await
    };
    let found = found.await;
    portal.witness(caller, Action::BackupRead, act::Target::Environment(environment), found).await
}

/// The environment, if the caller may do this on it.
pub(crate) async fn visible(
    db: &impl store::ConnectionTrait,
    caller: &Caller,
    id: EnvironmentId,
    action: Action,
) -> ServiceResult<Environment> {
    let scope = act::resolve(db, caller, act::Target::Environment(id)).await?;
    act::permit(caller, action, Some(id))?;
    Ok(scope.environment.ok_or_else(|| Refusal::not_found("environment"))?)
}

/// The backup, if it is of this environment.
pub(crate) fn of(backup: Option<Backup>, environment: EnvironmentId) -> Result<Backup, Refusal> {
    backup.filter(|backup| backup.environment_id == environment).ok_or_else(|| Refusal::not_found("backup"))
}

/// The environment as the source or target of data.
pub(crate) async fn holder(
    db: &impl store::ConnectionTrait,
    environment: &Environment,
) -> ServiceResult<Holder> {
    let key = crate::environments::wrapping_key(db, environment.id, environment.generation).await?;
    Ok(Holder {
        id: environment.id,
        ring: environment.ring_id,
        facts: store::environments::facts(db, environment).await?,
        key: key.map(|key| key.id),
    })
}

/// Asks for a backup of the environment as it is when the job begins; it stays online.
///
/// # Errors
/// The refusals of [`policy::back_up`].
pub async fn create(portal: &Portal, caller: &Caller, id: EnvironmentId) -> ServiceResult<OperationId> {
    portal
        .act(caller, Action::BackupCreate, act::Target::Environment(id), move |act| {
            Box::pin(async move {
                // Under the ring's lock: no backup may begin under a ring key that is being retired.
                store::rings::lock(&act.tx, act.environment()?.ring_id).await?;
                let environment = store::environments::lock(&act.tx, id).await?;
                policy::back_up(&store::environments::facts(&act.tx, &environment).await?)?;
                begin(act, &environment, false).await
            })
        })
        .await
}

/// Makes the backup's data key under the ring key that the environment's has, and queues the job.
async fn begin(act: &mut Act, environment: &Environment, scheduled: bool) -> ServiceResult<OperationId> {
    let id = BackupId(act.fresh_id());
    let ring_key = store::data_keys::get(&act.tx, environment.id.0, environment.generation).await?;
    let ring_key: RingKeyId =
        ring_key.ok_or_else(|| store::StoreError::inconsistent("data_keys", environment.id))?.ring_key;
    let key = crate::environments::key_of(&act.tx, ring_key).await?;
    let wrapped = act.portal.keyring().make_data_key(&act.tx, id.0, 1, ring_key).await?;
    let rows = rows_of(act, environment.id).await?;
    let on = jobs::On::Backup(environment.id, id);
    let operation = jobs::queue(act, OperationKind::EnvironmentBackup, environment.ring_id, on, rows).await?;
    let backup = Backup {
        id,
        tenant_id: environment.tenant_id,
        environment_id: environment.id,
        operation_id: operation,
        scheduled,
        state: domain::backups::BackupState::Running,
        key: key.map(|key| (key.name, key.fingerprint)),
        rows: 0,
        pieces: 0,
        bytes: 0,
        has_files: false,
        created_at: act.now,
        created_by: act.caller.user(),
        completed_at: None,
    };
    store::backups::insert(&act.tx, &backup, wrapped).await?;
    act.record("backup", id.to_string());
    act.record("key", backup.key.map_or_else(String::new, |(name, _)| name));
    Ok(operation)
}

/// How many rows the environment holds.
pub(crate) async fn rows_of(act: &Act, id: EnvironmentId) -> ServiceResult<u64> {
    Ok(store::tables::list(&act.tx, id).await?.iter().map(|table| table.row_count).sum())
}

/// Deletes a backup: its key is destroyed at once, what is left a little later.
///
/// # Errors
/// The refusals of [`policy::delete_backup`]; `NOT_CONFIRMED`.
pub async fn delete(
    portal: &Portal,
    caller: &Caller,
    environment: EnvironmentId,
    id: BackupId,
    confirmed: bool,
) -> ServiceResult<()> {
    portal
        .act(caller, Action::BackupDelete, act::Target::Environment(environment), move |act| {
            Box::pin(async move {
                let backup = of(store::backups::lock(&act.tx, id).await?, environment)?;
                policy::delete_backup(&store::backups::facts(&act.tx, &backup).await?)?;
                if !confirmed {
                    return Err(not_confirmed("that the backup is deleted for good").into());
                }
                act.record("backup", id.to_string());
                act.record("made", backup.created_at.human());
                act.record("rows", backup.rows);
                Ok(store::backups::destroy(&act.tx, id).await?)
            })
        })
        .await
}
