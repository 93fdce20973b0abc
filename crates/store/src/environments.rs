//! Environments.

use crate::{Cursor, Page, StoreError, StoreResult};
use domain::{
    EnvironmentId, KeyId, OperationId, RingId, RingKeyId, TenantId, Timestamp, UserId,
    environments::{EnvironmentFacts, EnvironmentState, EnvironmentType, Storage},
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, Statement, Value};
use std::fmt::Write as _;

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

/// The rows are about to be replaced by this operation, or by none any more.
pub async fn set_replaced_by(
    tx: &impl ConnectionTrait,
    id: EnvironmentId,
    operation: Option<OperationId>,
) -> StoreResult<()> {
    let row = entity::ActiveModel {
        id: Set(id.0),
        replaced_by: Set(operation.map(|id| id.0)),
        ..Default::default()
    };
    Entity::update(row).exec(tx).await?;
    Ok(())
}

/// Of environments whose replacement is over.
const REPLACED_IN_VAIN: &str = "replaced_by IS NOT NULL AND replaced_by IN \
                                (SELECT id FROM operations WHERE state NOT IN ('queued', 'running'))";

/// Whether [`release_replaced`] has something to do: a look takes no lock.
pub async fn any_replaced_in_vain(db: &impl ConnectionTrait) -> StoreResult<bool> {
    let sql = format!("SELECT id FROM environments WHERE {REPLACED_IN_VAIN} LIMIT 1");
    Ok(db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?.is_some())
}

/// Lets rows be written again where the operation that was to replace them is over: in the ring whose gate is held, or
/// everywhere by a transaction that holds nothing.
pub async fn release_replaced(tx: &impl ConnectionTrait, ring: Option<RingId>) -> StoreResult<u64> {
    let of_ring = if ring.is_some() { "AND ring_id = $1" } else { "" };
    let sql = format!("UPDATE environments SET replaced_by = NULL WHERE {REPLACED_IN_VAIN} {of_ring}");
    let values: Vec<Value> = ring.map(|ring| ring.0.into()).into_iter().collect();
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected())
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

/// Which environments a list shows.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Filter {
    /// Part of the name, letter case aside.
    pub search: Option<String>,
    pub kind: Option<EnvironmentType>,
    pub state: Option<EnvironmentState>,
    pub ring: Option<RingId>,
    /// Only these: what a System administrator sees.
    pub only: Option<Vec<EnvironmentId>>,
}

/// The order of a list. Each is unique with the id and has an index or a small input.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Sort {
    #[default]
    Name,
    NameDescending,
    Created,
    CreatedDescending,
}

/// One line of the list.
#[derive(Clone, PartialEq, Debug)]
pub struct Listed {
    pub environment: Environment,
    pub region: String,
    /// The ring key that wraps its data key; older than the ring's while it is being re-encrypted.
    pub ring_key: RingKeyId,
    /// The protection key it is encrypted with, if it is self-managed.
    pub key_name: Option<String>,
    pub key_id: Option<KeyId>,
    /// Whether its ring has moved on to another ring key (E3).
    pub reencrypting: bool,
    pub has_files: bool,
}

#[derive(FromQueryResult)]
struct ListedRow {
    #[sea_orm(nested)]
    environment: Model,
    region: String,
    ring_key_id: sea_orm::prelude::Uuid,
    key_name: Option<String>,
    key_id: Option<sea_orm::prelude::Uuid>,
    reencrypting: bool,
    has_files: bool,
}

/// A page of environments with their key. Costs two index look-ups per line.
pub async fn list(
    db: &impl ConnectionTrait,
    tenant: TenantId,
    filter: &Filter,
    sort: Sort,
    after: Option<&Cursor>,
    limit: usize,
) -> StoreResult<Page<Listed>> {
    let (sql, values) = list_query(tenant, filter, sort, after, limit);
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = ListedRow::find_by_statement(statement).all(db).await?;
    let items: StoreResult<Vec<Listed>> = rows.into_iter().map(Listed::try_from).collect();
    Ok(Page::cut(items?, limit, |listed| cursor(listed, sort)))
}

fn cursor(listed: &Listed, sort: Sort) -> Cursor {
    let value = match sort {
        Sort::Name | Sort::NameDescending => listed.environment.name.to_lowercase(),
        Sort::Created | Sort::CreatedDescending => listed.environment.created_at.0.to_string(),
    };
    Cursor { value, id: listed.environment.id.0 }
}

impl TryFrom<ListedRow> for Listed {
    type Error = StoreError;

    fn try_from(row: ListedRow) -> StoreResult<Self> {
        Ok(Self {
            environment: row.environment.try_into()?,
            region: row.region,
            ring_key: RingKeyId(row.ring_key_id),
            key_name: row.key_name,
            key_id: row.key_id.map(KeyId),
            reencrypting: row.reencrypting,
            has_files: row.has_files,
        })
    }
}

fn list_query(
    tenant: TenantId,
    filter: &Filter,
    sort: Sort,
    after: Option<&Cursor>,
    limit: usize,
) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = vec![tenant.0.into()];
    let mut sql = String::from(concat!(
        columns!(),
        ", r.region, d.ring_key_id, k.name AS key_name, k.id AS key_id, \
         (e.state = 'self_managed' AND d.ring_key_id <> r.active_ring_key) AS reencrypting, \
         EXISTS (SELECT 1 FROM data_tables t WHERE t.environment_id = e.id AND t.file_rows > 0 \
         AND t.hidden_by IS NULL) AS has_files \
         FROM environments e JOIN rings r ON r.id = e.ring_id \
         JOIN data_keys d ON d.owner_id = e.id AND d.generation = e.generation \
         JOIN ring_keys g ON g.id = d.ring_key_id LEFT JOIN protection_keys k ON k.id = g.protection_key_id \
         WHERE e.tenant_id = $1 AND e.state <> 'deleted'",
    ));
    let mut bind = |sql: &mut String, before: &str, value: Value, behind: &str| {
        values.push(value);
        // Writing to a String cannot fail.
        let _ = write!(sql, "{before}${}{behind}", values.len());
    };
    if let Some(search) = &filter.search {
        let pattern = format!(
            "%{}%",
            search.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
        );
        bind(&mut sql, " AND e.name_canonical LIKE ", pattern.into(), " ESCAPE '\\'");
    }
    if let Some(kind) = filter.kind {
        bind(&mut sql, " AND e.kind = ", kind.as_str().into(), "");
    }
    match filter.state {
        None => {}
        Some(EnvironmentState::Locking) => {
            sql.push_str(concat!(" AND ", locking!()));
        }
        Some(state) => {
            if state == EnvironmentState::SelfManaged {
                sql.push_str(concat!(" AND NOT ", locking!()));
            }
            bind(&mut sql, " AND e.state = ", state.as_str().into(), "");
        }
    }
    if let Some(ring) = filter.ring {
        bind(&mut sql, " AND e.ring_id = ", ring.0.into(), "");
    }
    if let Some(only) = &filter.only {
        sql.push_str(" AND e.id IN (NULL");
        for id in only {
            bind(&mut sql, ", ", id.0.into(), "");
        }
        sql.push(')');
    }
    let (column, direction, than) = match sort {
        Sort::Name => ("e.name_canonical", "ASC", ">"),
        Sort::NameDescending => ("e.name_canonical", "DESC", "<"),
        Sort::Created => ("e.created_at", "ASC", ">"),
        Sort::CreatedDescending => ("e.created_at", "DESC", "<"),
    };
    if let Some(after) = after {
        let value: Value = match sort {
            Sort::Name | Sort::NameDescending => after.value.clone().into(),
            Sort::Created | Sort::CreatedDescending => after.value.parse::<i64>().unwrap_or(0).into(),
        };
        let _ = write!(sql, " AND ({column}, e.id) {than} (");
        bind(&mut sql, "", value, ", ");
        bind(&mut sql, "", after.id.into(), ")");
    }
    let _ = write!(sql, " ORDER BY {column} {direction}, e.id {direction} LIMIT {}", limit + 1);
    (sql, values)
}

/// One environment with its key, as the list shows it.
pub async fn listed(db: &impl ConnectionTrait, e: &Environment) -> StoreResult<Option<Listed>> {
    let filter = Filter { only: Some(vec![e.id]), ..Default::default() };
    let page = list(db, e.tenant_id, &filter, Sort::Name, None, 1).await?;
    Ok(page.items.into_iter().next())
}

/// How many environments of a ring are in each state.
pub async fn count_by_state(
    db: &impl ConnectionTrait,
    ring: RingId,
) -> StoreResult<Vec<(EnvironmentState, u64)>> {
    #[derive(FromQueryResult)]
    struct Row {
        state: String,
        n: i64,
    }
    let sql = "SELECT state, COUNT(*) AS n FROM environments WHERE ring_id = $1 GROUP BY state";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [ring.0.into()]);
    let rows = Row::find_by_statement(statement).all(db).await?;
    rows.into_iter()
        .map(|row| {
            let state = EnvironmentState::parse(&row.state)
                .ok_or_else(|| StoreError::inconsistent("environments", &row.state))?;
            Ok((state, u64::try_from(row.n).unwrap_or(0)))
        })
        .collect()
}
