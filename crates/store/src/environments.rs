//! Environments.

use crate::{StoreError, StoreResult};
use domain::{
    EnvironmentId, OperationId, RingId, TenantId, Timestamp, UserId,
    environments::{EnvironmentFacts, EnvironmentState, EnvironmentType, Storage},
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, Statement};

entity!("environments" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    tenant_id: Uuid,
    ring_id: Uuid,
    name: String,
    name_canonical: String,
    kind: String,
    storage: String,
    state: String,
    state_since: i64,
    generation: i64,
    error: Option<String>,
    created_at: i64,
    created_by: Uuid,
    replaced_by: Option<Uuid>,
});

use entity::{Entity, Model};

/// An environment as the use cases see it.
#[derive(Clone, PartialEq, Debug)]
pub struct Environment {
    pub id: EnvironmentId,
    pub tenant_id: TenantId,
    pub ring_id: RingId,
    pub name: String,
    pub kind: EnvironmentType,
    pub storage: Storage,
    pub state: EnvironmentState,
    pub state_since: Timestamp,
    /// Of the data key that seals its rows.
    pub generation: u32,
    /// Why the last apply or return was undone.
    pub error: Option<String>,
    pub created_at: Timestamp,
    pub created_by: UserId,
    /// The operation that is about to replace its rows.
    pub replaced_by: Option<OperationId>,
}

impl TryFrom<Model> for Environment {
    type Error = StoreError;

    fn try_from(row: Model) -> StoreResult<Self> {
        let wrong = || StoreError::inconsistent("environments", row.id);
        Ok(Self {
            id: EnvironmentId(row.id),
            tenant_id: TenantId(row.tenant_id),
            ring_id: RingId(row.ring_id),
            kind: EnvironmentType::parse(&row.kind).ok_or_else(wrong)?,
            storage: Storage::parse(&row.storage).ok_or_else(wrong)?,
            state: EnvironmentState::parse(&row.state).ok_or_else(wrong)?,
            state_since: Timestamp(row.state_since),
            generation: u32::try_from(row.generation).map_err(|_| wrong())?,
            created_at: Timestamp(row.created_at),
            created_by: UserId(row.created_by),
            replaced_by: row.replaced_by.map(OperationId),
            name: row.name,
            error: row.error,
        })
    }
}

/// A new environment.
pub async fn insert(tx: &impl ConnectionTrait, e: &Environment) -> StoreResult<()> {
    let row = Model {
        id: e.id.0,
        tenant_id: e.tenant_id.0,
        ring_id: e.ring_id.0,
        name: e.name.clone(),
        name_canonical: e.name.to_lowercase(),
        kind: e.kind.as_str().to_owned(),
        storage: e.storage.as_str().to_owned(),
        state: e.state.as_str().to_owned(),
        state_since: e.state_since.0,
        generation: i64::from(e.generation),
        error: e.error.clone(),
        created_at: e.created_at.0,
        created_by: e.created_by.0,
        replaced_by: None,
    };
    Entity::insert(entity::ActiveModel::from(row)).exec_without_returning(tx).await?;
    Ok(())
}

/// Whether environment `e` of ring `r` is locked already because the ring's lock runs, though the job has not come to it.
macro_rules! locking {
    () => {
        "(e.state = 'self_managed' AND r.lock_started_at IS NOT NULL AND r.lock_completed_at IS NULL)"
    };
}

/// An environment's columns, with its state as everybody must take it.
macro_rules! columns {
    () => {
        concat!(
            "SELECT e.id, e.tenant_id, e.ring_id, e.name, e.name_canonical, e.kind, e.storage, CASE WHEN ",
            locking!(),
            " THEN 'locking' ELSE e.state END AS state, CASE WHEN ",
            locking!(),
            " THEN r.lock_started_at ELSE e.state_since END AS state_since, ",
            "e.generation, e.error, e.created_at, e.created_by, e.replaced_by"
        )
    };
}

// After the macros, which they use.
mod listed;
mod replaced;

pub use listed::{Filter, Listed, Sort, count_by_state, list, listed};
pub use replaced::{any_replaced_in_vain, release_replaced, set_replaced_by};

const SELECT: &str =
    concat!(columns!(), " FROM environments e JOIN rings r ON r.id = e.ring_id WHERE e.id = $1");

async fn one(db: &impl ConnectionTrait, id: EnvironmentId, lock: &str) -> StoreResult<Option<Environment>> {
    let backend = db.get_database_backend();
    let lock = if backend == DbBackend::Postgres { lock } else { "" };
    let statement = Statement::from_sql_and_values(backend, format!("{SELECT}{lock}"), [id.0.into()]);
    Entity::find().from_raw_sql(statement).one(db).await?.map(Environment::try_from).transpose()
}

/// One environment, whoever's it is: authorization compares the tenant.
pub async fn get(db: &impl ConnectionTrait, id: EnvironmentId) -> StoreResult<Option<Environment>> {
    one(db, id, "").await
}

async fn hold_open(tx: &impl ConnectionTrait, id: EnvironmentId) -> StoreResult<()> {
    // On SQLite whoever writes is alone, and needs not ask for the ring.
    if tx.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    // An environment never changes its ring.
    match Entity::find_by_id(id.0).one(tx).await? {
        Some(row) => crate::rings::hold_open(tx, RingId(row.ring_id)).await,
        None => Ok(()),
    }
}

/// Locks the row for a transition; a lock of the ring waits until the transaction ends, or it for that.
pub async fn lock(tx: &impl ConnectionTrait, id: EnvironmentId) -> StoreResult<Environment> {
    hold_open(tx, id).await?;
    let row = one(tx, id, " FOR KEY SHARE OF r FOR NO KEY UPDATE OF e").await?;
    row.ok_or_else(|| StoreError::inconsistent("environments", id))
}

/// Locks the row against transitions and against a lock of the ring, not against other writers of rows.
pub async fn lock_shared(tx: &impl ConnectionTrait, id: EnvironmentId) -> StoreResult<Environment> {
    hold_open(tx, id).await?;
    let row = one(tx, id, " FOR KEY SHARE OF r FOR SHARE OF e").await?;
    row.ok_or_else(|| StoreError::inconsistent("environments", id))
}

/// As [`lock`], of two: the gates of their rings first, and everything in the order of ids, as everybody does.
pub async fn lock_two(
    tx: &impl ConnectionTrait,
    (a, b): (EnvironmentId, EnvironmentId),
) -> StoreResult<(Environment, Environment)> {
    let missing = |id| StoreError::inconsistent("environments", id);
    let (first, second) = (get(tx, a).await?, get(tx, b).await?);
    let (first, second) = (first.ok_or_else(|| missing(a))?, second.ok_or_else(|| missing(b))?);
    crate::rings::hold_open(tx, first.ring_id.min(second.ring_id)).await?;
    crate::rings::hold_open(tx, first.ring_id.max(second.ring_id)).await?;
    if a <= b {
        let first = lock(tx, a).await?;
        return Ok((first, lock(tx, b).await?));
    }
    let second = lock(tx, b).await?;
    Ok((lock(tx, a).await?, second))
}

/// E8: marks up to `limit` environments of the ring as locked since `at`, in no order: an order would sort all that
/// are left each time. Returns how many.
pub async fn mark_locked(
    tx: &impl ConnectionTrait,
    ring: RingId,
    at: Timestamp,
    limit: u64,
) -> StoreResult<u64> {
    let sql = format!(
        "UPDATE environments SET state = 'locked', state_since = $2, error = NULL WHERE id IN \
         (SELECT id FROM environments WHERE ring_id = $1 AND state = 'self_managed' LIMIT {limit})"
    );
    let values = [ring.0.into(), at.0.into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected())
}

/// Environments locked at `before` or earlier, of whatever tenant (T28).
pub async fn locked_before(
    db: &impl ConnectionTrait,
    before: Timestamp,
    limit: u64,
) -> StoreResult<Vec<Environment>> {
    let sql = format!(
        "SELECT * FROM environments WHERE state = 'locked' AND state_since <= $1 ORDER BY state_since, id LIMIT {limit}"
    );
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [before.0.into()]);
    Entity::find().from_raw_sql(statement).all(db).await?.into_iter().map(Environment::try_from).collect()
}

/// How many environments of the ring are neither deleted nor under the platform's key.
pub async fn count_under_own_key(db: &impl ConnectionTrait, ring: RingId) -> StoreResult<u64> {
    let counts = count_by_state(db, ring).await?;
    let platform = |state: &EnvironmentState| {
        matches!(state, EnvironmentState::PlatformManaged | EnvironmentState::Deleted)
    };
    Ok(counts.iter().filter(|(state, _)| !platform(state)).map(|(_, n)| n).sum())
}

/// A transition; `generation` changes with the data key.
pub async fn set_state(
    tx: &impl ConnectionTrait,
    id: EnvironmentId,
    state: EnvironmentState,
    now: Timestamp,
    generation: Option<u32>,
    error: Option<String>,
) -> StoreResult<()> {
    let mut row = entity::ActiveModel {
        id: Set(id.0),
        state: Set(state.as_str().to_owned()),
        state_since: Set(now.0),
        error: Set(error),
        ..Default::default()
    };
    if let Some(generation) = generation {
        row.generation = Set(i64::from(generation));
    }
    Entity::update(row).exec(tx).await?;
    Ok(())
}

/// What the guards of the environment look at.
pub async fn facts(db: &impl ConnectionTrait, e: &Environment) -> StoreResult<EnvironmentFacts> {
    #[derive(FromQueryResult)]
    struct Row {
        files: i64,
        jobs: i64,
    }
    let sql = "SELECT (SELECT COUNT(*) FROM data_tables t WHERE t.environment_id = $1 AND t.file_rows > 0 \
               AND t.hidden_by IS NULL) AS files, \
               (SELECT COUNT(*) FROM operations o WHERE o.environment_id = $1 AND o.state IN ('queued', 'running')) \
               + (SELECT COUNT(*) FROM operations o WHERE o.source_id = $1 AND o.state IN ('queued', 'running')) AS jobs";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [e.id.0.into()]);
    let row = Row::find_by_statement(statement).one(db).await?;
    let row = row.ok_or_else(|| StoreError::inconsistent("environments", e.id))?;
    Ok(EnvironmentFacts {
        name: e.name.clone(),
        kind: e.kind,
        state: e.state,
        state_since: e.state_since,
        storage: e.storage,
        created_at: e.created_at,
        has_files: row.files > 0,
        job_running: row.jobs > 0,
    })
}
