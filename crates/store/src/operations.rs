//! Long-running jobs, leased by one worker at a time.

use crate::{Cursor, Page, StoreError, StoreResult};
use domain::{
    BackupId, EnvironmentId, ImportId, KeyId, OperationId, RingId, TenantId, Timestamp, UserId,
    operations::{OperationKind, OperationState},
};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, Statement, Value};
use std::collections::HashSet;

entity!("operations" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    tenant_id: Uuid,
    kind: String,
    ring_id: Uuid,
    environment_id: Option<Uuid>,
    key_id: Option<Uuid>,
    import_id: Option<Uuid>,
    source_id: Option<Uuid>,
    backup_id: Option<Uuid>,
    state: String,
    step: i64,
    step_times: String,
    undoing: bool,
    done: i64,
    total: i64,
    error: Option<String>,
    created_by: Uuid,
    created_at: i64,
    started_at: Option<i64>,
    finished_at: Option<i64>,
    attempts: i64,
    lease_owner: Option<String>,
    lease_until: Option<i64>,
    address: Option<String>,
    key_before: Option<String>,
    key_after: Option<String>,
});

use entity::{Entity, Model};

/// A job as the use cases see it.
#[derive(Clone, PartialEq, Debug)]
pub struct Operation {
    pub id: OperationId,
    pub tenant_id: TenantId,
    pub kind: OperationKind,
    pub ring_id: RingId,
    pub environment_id: Option<EnvironmentId>,
    pub key_id: Option<KeyId>,
    pub import_id: Option<ImportId>,
    /// The environment whose data a restore or copy takes.
    pub source_id: Option<EnvironmentId>,
    /// The backup that is made or restored.
    pub backup_id: Option<BackupId>,
    pub state: OperationState,
    /// Index into the kind's steps.
    pub step: usize,
    /// When each step began, as far as it came.
    pub step_times: Vec<Timestamp>,
    /// It failed and is being undone.
    pub undoing: bool,
    pub done: u64,
    pub total: u64,
    pub error: Option<String>,
    pub created_by: UserId,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub attempts: u32,
    /// Where it was asked for: mails about its end say so.
    pub address: Option<String>,
    /// The keys before and after, by name, of a change that is done; empty is the platform's.
    pub key_before: Option<String>,
    pub key_after: Option<String>,
}

impl TryFrom<Model> for Operation {
    type Error = StoreError;

    fn try_from(row: Model) -> StoreResult<Self> {
        let wrong = || StoreError::inconsistent("operations", row.id);
        Ok(Self {
            id: OperationId(row.id),
            tenant_id: TenantId(row.tenant_id),
            kind: OperationKind::parse(&row.kind).ok_or_else(wrong)?,
            ring_id: RingId(row.ring_id),
            environment_id: row.environment_id.map(EnvironmentId),
            key_id: row.key_id.map(KeyId),
            import_id: row.import_id.map(ImportId),
            source_id: row.source_id.map(EnvironmentId),
            backup_id: row.backup_id.map(BackupId),
            state: OperationState::parse(&row.state).ok_or_else(wrong)?,
            step: usize::try_from(row.step).map_err(|_| wrong())?,
            step_times: serde_json::from_str(&row.step_times).map_err(|_| wrong())?,
            undoing: row.undoing,
            done: u64::try_from(row.done).map_err(|_| wrong())?,
            total: u64::try_from(row.total).map_err(|_| wrong())?,
            created_by: UserId(row.created_by),
            created_at: Timestamp(row.created_at),
            started_at: row.started_at.map(Timestamp),
            finished_at: row.finished_at.map(Timestamp),
            attempts: u32::try_from(row.attempts).map_err(|_| wrong())?,
            error: row.error,
            address: row.address,
            key_before: row.key_before,
            key_after: row.key_after,
        })
    }
}

/// A job as it starts.
pub struct NewOperation {
    pub id: OperationId,
    pub tenant_id: TenantId,
    pub kind: OperationKind,
    pub ring_id: RingId,
    pub environment_id: Option<EnvironmentId>,
    pub key_id: Option<KeyId>,
    pub import_id: Option<ImportId>,
    pub source_id: Option<EnvironmentId>,
    pub backup_id: Option<BackupId>,
    pub total: u64,
    pub created_by: UserId,
    pub created_at: Timestamp,
    pub address: Option<String>,
}

/// Queues a job in the transaction that asks for it.
pub async fn insert(tx: &impl ConnectionTrait, new: NewOperation) -> StoreResult<()> {
    let row = Model {
        id: new.id.0,
        tenant_id: new.tenant_id.0,
        kind: new.kind.as_str().to_owned(),
        ring_id: new.ring_id.0,
        environment_id: new.environment_id.map(|id| id.0),
        key_id: new.key_id.map(|id| id.0),
        import_id: new.import_id.map(|id| id.0),
        source_id: new.source_id.map(|id| id.0),
        backup_id: new.backup_id.map(|id| id.0),
        state: OperationState::Queued.as_str().to_owned(),
        step: 0,
        step_times: "[]".to_owned(),
        undoing: false,
        done: 0,
        total: i64::try_from(new.total).unwrap_or(i64::MAX),
        error: None,
        created_by: new.created_by.0,
        created_at: new.created_at.0,
        started_at: None,
        finished_at: None,
        attempts: 0,
        lease_owner: None,
        lease_until: None,
        address: new.address,
        key_before: None,
        key_after: None,
    };
    Entity::insert(entity::ActiveModel::from(row)).exec_without_returning(tx).await?;
    Ok(())
}

/// One job, whoever's it is: authorization compares the tenant.
pub async fn get(db: &impl ConnectionTrait, id: OperationId) -> StoreResult<Option<Operation>> {
    Entity::find_by_id(id.0).one(db).await?.map(Operation::try_from).transpose()
}

/// What may take an hour.
macro_rules! long {
    () => {
        "('row_import', 'environment_backup', 'environment_restore', 'environment_copy', 'environment_reset')"
    };
}

/// Takes an open job that nobody holds; the lease ends at `until` unless renewed. Those that move many rows come after
/// everything that administrators wait for, and are taken only `with_long` ones.
pub async fn claim(
    db: &impl ConnectionTrait,
    owner: &str,
    (now, until): (Timestamp, Timestamp),
    with_long: bool,
) -> StoreResult<Option<Operation>> {
    let kinds = if with_long { "" } else { concat!("AND kind NOT IN ", long!()) };
    let skip = if db.get_database_backend() == DbBackend::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "UPDATE operations SET state = 'running', lease_owner = $1, lease_until = $3, attempts = attempts + 1, \
         started_at = COALESCE(started_at, $2) WHERE id = (SELECT id FROM operations \
         WHERE state IN ('queued', 'running') AND (lease_until IS NULL OR lease_until <= $2) {kinds} \
         ORDER BY CASE WHEN kind = 'key_lock' THEN 0 WHEN kind IN {long} THEN 2 ELSE 1 END, created_at, id LIMIT 1 {skip}) \
         RETURNING *",
        long = long!()
    );
    let values = [owner.into(), now.0.into(), until.0.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Entity::find().from_raw_sql(statement).one(db).await?.map(Operation::try_from).transpose()
}

/// Confirms the lease inside a transaction that does part of the job, and writes the progress.
/// `false`: another worker holds it by now, so this one must stop without committing. Attempts count
/// from the last progress.
pub async fn progress(
    tx: &impl ConnectionTrait,
    owner: &str,
    operation: &Operation,
    until: Timestamp,
) -> StoreResult<bool> {
    let sql = "UPDATE operations SET step = $3, step_times = $4, undoing = $5, done = $6, total = $7, error = $8, \
               lease_until = $9, attempts = CASE WHEN done <> $6 OR undoing <> $5 THEN 1 ELSE attempts END \
               WHERE id = $1 AND lease_owner = $2 AND state = 'running'";
    let times = serde_json::to_string(&operation.step_times)
        .map_err(|_| StoreError::inconsistent("operations", operation.id))?;
    let values: [Value; 9] = [
        operation.id.0.into(),
        owner.into(),
        i64::try_from(operation.step).unwrap_or(0).into(),
        times.into(),
        operation.undoing.into(),
        i64::try_from(operation.done).unwrap_or(i64::MAX).into(),
        i64::try_from(operation.total).unwrap_or(i64::MAX).into(),
        operation.error.clone().into(),
        until.0.into(),
    ];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected() == 1)
}

/// Ends a job in the transaction that does its last part; `false` as in [`progress`].
pub async fn finish(
    tx: &impl ConnectionTrait,
    owner: &str,
    operation: &Operation,
    succeeded: bool,
    now: Timestamp,
) -> StoreResult<bool> {
    if !progress(tx, owner, operation, now).await? {
        return Ok(false);
    }
    let state = if succeeded { OperationState::Succeeded } else { OperationState::Failed };
    let sql = "UPDATE operations SET state = $2, finished_at = $3, lease_owner = NULL, lease_until = NULL \
               WHERE id = $1";
    let values = [operation.id.0.into(), state.as_str().into(), now.0.into()];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(true)
}

/// When the environment last changed its key, by an operation of its own.
pub async fn key_changed_at(db: &impl ConnectionTrait, id: EnvironmentId) -> StoreResult<Option<Timestamp>> {
    // A reset changes it at once; its job only removes what was there.
    let sql = "SELECT MAX(CASE kind WHEN 'environment_reset' THEN created_at ELSE finished_at END) AS at \
               FROM operations WHERE environment_id = $1 AND (kind = 'environment_reset' OR (state = 'succeeded' \
               AND kind IN ('environment_apply', 'environment_return')))";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [id.0.into()]);
    let row = db.query_one_raw(statement).await?;
    let at: Option<i64> = row.map(|row| row.try_get("", "at")).transpose()?.flatten();
    Ok(at.map(Timestamp))
}

/// Who last asked for the key to be activated or unlocked.
pub async fn asked_by(db: &impl ConnectionTrait, key: KeyId) -> StoreResult<Option<UserId>> {
    let sql = "SELECT created_by FROM operations WHERE key_id = $1 AND kind IN ('key_install', 'key_unlock') \
               ORDER BY created_at DESC LIMIT 1";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [key.0.into()]);
    let row = db.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get("", "created_by")).transpose()?.map(UserId))
}

/// Ends what moves rows in or out of the ring's self-managed environments, or opens a backup under its own keys: a
/// lock stops all of it (PP-100). Who runs one finds its lease lost. What has replaced an environment already only
/// removes what was there before, and opens nothing: it may end as what it is, done. Returns how many.
pub async fn stop_data_jobs(
    tx: &impl ConnectionTrait,
    ring: RingId,
    why: &str,
    now: Timestamp,
) -> StoreResult<u64> {
    let sql = "UPDATE operations SET state = 'failed', error = $2, finished_at = $3, lease_owner = NULL, \
               lease_until = NULL WHERE kind IN ('row_import', 'environment_backup', 'environment_restore', \
               'environment_copy') AND state IN ('queued', 'running') AND NOT (kind IN ('environment_restore', \
               'environment_copy') AND step >= $4) AND (environment_id IN (SELECT id FROM \
               environments WHERE ring_id = $1 AND state = 'self_managed') OR source_id IN (SELECT id FROM \
               environments WHERE ring_id = $1 AND state = 'self_managed') OR backup_id IN (SELECT b.id FROM backups b \
               JOIN ring_keys g ON g.id = b.ring_key_id WHERE g.ring_id = $1 AND g.protection_key_id IS NOT NULL))";
    let switched = i64::try_from(OperationKind::EnvironmentRestore.point_of_no_return()).unwrap_or(i64::MAX);
    let values = [ring.0.into(), why.into(), now.0.into(), switched.into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected())
}

/// Ends an open job before step `before`; `false` when it has come that far, or is over. Who runs it finds its lease
/// lost.
pub async fn cancel(
    tx: &impl ConnectionTrait,
    id: OperationId,
    before: usize,
    why: &str,
    now: Timestamp,
) -> StoreResult<bool> {
    let sql = "UPDATE operations SET state = 'cancelled', error = $2, finished_at = $3, lease_owner = NULL, \
               lease_until = NULL WHERE id = $1 AND state IN ('queued', 'running') AND step < $4";
    let before = i64::try_from(before).unwrap_or(i64::MAX);
    let values = [id.0.into(), why.into(), now.0.into(), before.into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected() == 1)
}

/// Those of `ids` that a job is queued or running on, or takes data from.
pub async fn busy(db: &impl ConnectionTrait, ids: &[EnvironmentId]) -> StoreResult<HashSet<EnvironmentId>> {
    use entity::Column;
    use sea_orm::{ColumnTrait, Condition, QueryFilter};
    let of = |column: Column| column.is_in(ids.iter().map(|id| id.0));
    let query = Entity::find()
        .filter(Column::State.is_in(["queued", "running"]))
        .filter(Condition::any().add(of(Column::EnvironmentId)).add(of(Column::SourceId)));
    let rows = query.all(db).await?;
    let busy = rows.into_iter().flat_map(|row| [row.environment_id, row.source_id]);
    Ok(busy.flatten().map(EnvironmentId).collect())
}

/// Notes which key a job replaced by which: their names, empty for the platform's.
pub async fn set_keys(
    tx: &impl ConnectionTrait,
    id: OperationId,
    (before, after): (&str, &str),
) -> StoreResult<()> {
    let sql = "UPDATE operations SET key_before = $2, key_after = $3 WHERE id = $1";
    let values = [id.0.into(), before.into(), after.into()];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Gives a job back so that it is tried again at `when`; an attempt that is not `counted` was not
/// the job's fault.
pub async fn release(
    db: &impl ConnectionTrait,
    owner: &str,
    id: OperationId,
    when: Timestamp,
    counted: bool,
) -> StoreResult<()> {
    let sql = "UPDATE operations SET lease_owner = NULL, lease_until = $3, attempts = attempts - $4 \
               WHERE id = $1 AND lease_owner = $2";
    let values = [id.0.into(), owner.into(), when.0.into(), i64::from(!counted).into()];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Which jobs a list shows.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Filter {
    pub environment: Option<EnvironmentId>,
    pub ring: Option<RingId>,
    pub open_only: bool,
    /// Only those on these environments: what a System administrator sees.
    pub only: Option<Vec<EnvironmentId>>,
}

/// The environment's newest job of this kind.
pub async fn latest(
    db: &impl ConnectionTrait,
    environment: EnvironmentId,
    kind: OperationKind,
) -> StoreResult<Option<Operation>> {
    use entity::Column;
    use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
    let query = entity::Entity::find()
        .filter(Column::EnvironmentId.eq(environment.0))
        .filter(Column::Kind.eq(kind.as_str()))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id);
    query.limit(1).one(db).await?.map(Operation::try_from).transpose()
}

/// A page of the tenant's jobs, the newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    tenant: TenantId,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: usize,
) -> StoreResult<Page<Operation>> {
    use entity::Column;
    use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect};
    let mut query = Entity::find().filter(Column::TenantId.eq(tenant.0));
    if let Some(environment) = filter.environment {
        query = query.filter(Column::EnvironmentId.eq(environment.0));
    }
    if let Some(ring) = filter.ring {
        query = query.filter(Column::RingId.eq(ring.0));
    }
    if filter.open_only {
        query = query.filter(Column::State.is_in(["queued", "running"]));
    }
    if let Some(only) = &filter.only {
        query = query.filter(Column::EnvironmentId.is_in(only.iter().map(|id| id.0)));
    }
    if let Some(after) = after {
        let at: i64 = after.value.parse().unwrap_or(i64::MAX);
        query = query.filter(
            Condition::any()
                .add(Column::CreatedAt.lt(at))
                .add(Condition::all().add(Column::CreatedAt.eq(at)).add(Column::Id.lt(after.id))),
        );
    }
    let query = query.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
    let rows = query.limit(limit as u64 + 1).all(db).await?;
    let rows: StoreResult<Vec<Operation>> = rows.into_iter().map(Operation::try_from).collect();
    Ok(Page::cut(rows?, limit, |row| Cursor { value: row.created_at.0.to_string(), id: row.id.0 }))
}
