//! Backups of environments: what they need to be opened, and how far they are. Their contents are in
//! [`crate::backup_pieces`].

use crate::{Cursor, Page, StoreError, StoreResult, data_keys::DataKeyRow};
use domain::{
    BackupId, EnvironmentId, OperationId, RingKeyId, TenantId, Timestamp, UserId,
    backups::{BackupFacts, BackupState},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Statement,
};

entity!("backups" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    tenant_id: Uuid,
    environment_id: Uuid,
    operation_id: Uuid,
    scheduled: bool,
    state: String,
    ring_key_id: Option<Uuid>,
    wrapped: Option<Vec<u8>>,
    key_name: Option<String>,
    fingerprint: Option<Vec<u8>>,
    manifest: Option<Vec<u8>>,
    row_count: i64,
    pieces: i64,
    bytes: i64,
    has_files: bool,
    created_at: i64,
    created_by: Uuid,
    completed_at: Option<i64>,
});

use entity::{Column, Entity, Model};

/// The one generation of a backup's data key.
const GENERATION: u32 = 1;

/// A backup as the use cases see it.
#[derive(Clone, PartialEq, Debug)]
pub struct Backup {
    pub id: BackupId,
    pub tenant_id: TenantId,
    /// Whose data it holds.
    pub environment_id: EnvironmentId,
    /// The job that makes it.
    pub operation_id: OperationId,
    /// Made by the schedule and not by hand.
    pub scheduled: bool,
    pub state: BackupState,
    /// The customer's key that it needs, by name and SHA-256; `None` is the platform's.
    pub key: Option<(String, [u8; 32])>,
    pub rows: u64,
    pub pieces: i64,
    /// Sealed bytes.
    pub bytes: u64,
    pub has_files: bool,
    pub created_at: Timestamp,
    pub created_by: UserId,
    pub completed_at: Option<Timestamp>,
}

impl TryFrom<Model> for Backup {
    type Error = StoreError;

    fn try_from(row: Model) -> StoreResult<Self> {
        let wrong = || StoreError::inconsistent("backups", row.id);
        let key = match (row.key_name, row.fingerprint) {
            (Some(name), Some(bytes)) => Some((name, bytes.try_into().map_err(|_| wrong())?)),
            (None, None) => None,
            _ => return Err(wrong()),
        };
        Ok(Self {
            id: BackupId(row.id),
            tenant_id: TenantId(row.tenant_id),
            environment_id: EnvironmentId(row.environment_id),
            operation_id: OperationId(row.operation_id),
            scheduled: row.scheduled,
            state: BackupState::parse(&row.state).ok_or_else(wrong)?,
            key,
            rows: u64::try_from(row.row_count).map_err(|_| wrong())?,
            pieces: row.pieces,
            bytes: u64::try_from(row.bytes).map_err(|_| wrong())?,
            has_files: row.has_files,
            created_at: Timestamp(row.created_at),
            created_by: UserId(row.created_by),
            completed_at: row.completed_at.map(Timestamp),
        })
    }
}

/// Begins a backup under this data key, whose owner it is.
pub async fn insert(tx: &impl ConnectionTrait, backup: &Backup, key: DataKeyRow) -> StoreResult<()> {
    let (key_name, fingerprint) = backup.key.clone().unzip();
    let row = Model {
        id: backup.id.0,
        tenant_id: backup.tenant_id.0,
        environment_id: backup.environment_id.0,
        operation_id: backup.operation_id.0,
        scheduled: backup.scheduled,
        state: BackupState::Running.as_str().to_owned(),
        ring_key_id: Some(key.ring_key.0),
        wrapped: Some(key.wrapped),
        key_name,
        fingerprint: fingerprint.map(|bytes| bytes.to_vec()),
        manifest: None,
        row_count: 0,
        pieces: 0,
        bytes: 0,
        has_files: false,
        created_at: backup.created_at.0,
        created_by: backup.created_by.0,
        completed_at: None,
    };
    Entity::insert(entity::ActiveModel::from(row)).exec_without_returning(tx).await?;
    Ok(())
}

/// One backup that is not deleted, whoever's it is.
pub async fn get(db: &impl ConnectionTrait, id: BackupId) -> StoreResult<Option<Backup>> {
    let query = Entity::find_by_id(id.0).filter(Column::State.ne(BackupState::Deleted.as_str()));
    query.one(db).await?.map(Backup::try_from).transpose()
}

/// As [`get`], and it stays as it is until the transaction ends.
pub async fn lock(tx: &impl ConnectionTrait, id: BackupId) -> StoreResult<Option<Backup>> {
    let query = Entity::find_by_id(id.0).filter(Column::State.ne(BackupState::Deleted.as_str()));
    query.lock_exclusive().one(tx).await?.map(Backup::try_from).transpose()
}

/// Its data key, and what it says it holds, both sealed; `None` once it is deleted.
pub async fn sealed(
    db: &impl ConnectionTrait,
    id: BackupId,
) -> StoreResult<Option<(DataKeyRow, Option<Vec<u8>>)>> {
    let row = Entity::find_by_id(id.0).one(db).await?;
    Ok(row.and_then(|row| {
        let (ring_key, wrapped) = (row.ring_key_id?, row.wrapped?);
        let key = DataKeyRow { owner: id.0, generation: GENERATION, ring_key: RingKeyId(ring_key), wrapped };
        Some((key, row.manifest))
    }))
}

/// What decides where it may be restored; the key is here when the material of what wraps its ring key is.
pub async fn facts(db: &impl ConnectionTrait, backup: &Backup) -> StoreResult<BackupFacts> {
    let sql = "SELECT (g.platform_key_id IS NOT NULL OR k.material IS NOT NULL) AS here, EXISTS (SELECT 1 FROM \
               operations o WHERE o.backup_id = b.id AND o.kind = 'environment_restore' \
               AND o.state IN ('queued', 'running')) AS in_use FROM backups b JOIN ring_keys g ON g.id = b.ring_key_id \
               LEFT JOIN protection_keys k ON k.id = g.protection_key_id WHERE b.id = $1";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [backup.id.0.into()]);
    let row = db.query_one_raw(statement).await?;
    let row = row.ok_or_else(|| StoreError::inconsistent("backups", backup.id))?;
    Ok(BackupFacts {
        state: backup.state,
        key_name: backup.key.as_ref().map(|(name, _)| name.clone()),
        key_here: row.try_get("", "here")?,
        has_files: backup.has_files,
        in_use: row.try_get("", "in_use")?,
    })
}

/// How far it is.
pub async fn set_progress(
    tx: &impl ConnectionTrait,
    id: BackupId,
    (rows, pieces, bytes): (u64, i64, u64),
) -> StoreResult<()> {
    let row = entity::ActiveModel {
        id: Set(id.0),
        row_count: Set(i64::try_from(rows).unwrap_or(i64::MAX)),
        pieces: Set(pieces),
        bytes: Set(i64::try_from(bytes).unwrap_or(i64::MAX)),
        ..Default::default()
    };
    Entity::update(row).exec(tx).await?;
    Ok(())
}

/// Everything is in it.
pub async fn complete(
    tx: &impl ConnectionTrait,
    id: BackupId,
    manifest: Vec<u8>,
    has_files: bool,
    now: Timestamp,
) -> StoreResult<()> {
    let row = entity::ActiveModel {
        id: Set(id.0),
        state: Set(BackupState::Complete.as_str().to_owned()),
        manifest: Set(Some(manifest)),
        has_files: Set(has_files),
        completed_at: Set(Some(now.0)),
        ..Default::default()
    };
    Entity::update(row).exec(tx).await?;
    Ok(())
}

const DESTROY: &str =
    "UPDATE backups SET state = 'deleted', wrapped = NULL, ring_key_id = NULL, manifest = NULL";

/// Destroys its key: nothing opens what is left.
pub async fn destroy(tx: &impl ConnectionTrait, id: BackupId) -> StoreResult<()> {
    let sql = format!("{DESTROY} WHERE id = $1");
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, [id.0.into()])).await?;
    Ok(())
}

/// Destroys the keys of every backup of the environment; returns how many (PP-103, PP-134).
pub async fn destroy_all(tx: &impl ConnectionTrait, environment: EnvironmentId) -> StoreResult<u64> {
    let sql = format!("{DESTROY} WHERE environment_id = $1 AND state <> 'deleted'");
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, [environment.0.into()]);
    Ok(tx.execute_raw(statement).await?.rows_affected())
}

/// Destroys the keys of those that were broken off: their job is over, and they are not complete.
pub async fn destroy_broken_off(tx: &impl ConnectionTrait) -> StoreResult<u64> {
    let sql = format!(
        "{DESTROY} WHERE state = 'running' AND operation_id IN \
         (SELECT id FROM operations WHERE state NOT IN ('queued', 'running'))"
    );
    Ok(tx.execute_raw(Statement::from_string(tx.get_database_backend(), sql)).await?.rows_affected())
}

/// Scheduled backups of the environment but for the newest `keep`.
pub async fn beyond(
    db: &impl ConnectionTrait,
    environment: EnvironmentId,
    keep: u32,
) -> StoreResult<Vec<BackupId>> {
    let query = Entity::find()
        .filter(Column::EnvironmentId.eq(environment.0))
        .filter(Column::Scheduled.eq(true))
        .filter(Column::State.eq(BackupState::Complete.as_str()))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .offset(u64::from(keep))
        // SQLite knows no offset without a limit.
        .limit(1_000);
    Ok(query.all(db).await?.into_iter().map(|row| BackupId(row.id)).collect())
}

/// Deleted ones of whatever tenant, whose pieces are still here.
pub async fn deleted(db: &impl ConnectionTrait, limit: u64) -> StoreResult<Vec<BackupId>> {
    let query = Entity::find().filter(Column::State.eq(BackupState::Deleted.as_str())).limit(limit);
    Ok(query.all(db).await?.into_iter().map(|row| BackupId(row.id)).collect())
}

/// Deleted ones of the environment, whose pieces are still here.
pub async fn deleted_of(db: &impl ConnectionTrait, environment: EnvironmentId) -> StoreResult<Vec<BackupId>> {
    let query = Entity::find()
        .filter(Column::EnvironmentId.eq(environment.0))
        .filter(Column::State.eq(BackupState::Deleted.as_str()));
    Ok(query.all(db).await?.into_iter().map(|row| BackupId(row.id)).collect())
}

/// The last trace of a deleted one, once its pieces are gone.
pub async fn remove(tx: &impl ConnectionTrait, id: BackupId) -> StoreResult<()> {
    let query = Entity::delete_by_id(id.0).filter(Column::State.eq(BackupState::Deleted.as_str()));
    query.exec(tx).await?;
    Ok(())
}

/// How many backups need this ring key.
pub async fn count_under(db: &impl ConnectionTrait, ring_key: RingKeyId) -> StoreResult<u64> {
    Ok(Entity::find().filter(Column::RingKeyId.eq(ring_key.0)).count(db).await?)
}

/// The data keys of backups under this ring key.
pub async fn keys_under(db: &impl ConnectionTrait, ring_key: RingKeyId) -> StoreResult<Vec<DataKeyRow>> {
    let rows = Entity::find().filter(Column::RingKeyId.eq(ring_key.0)).all(db).await?;
    let key = |row: Model| {
        let wrapped = row.wrapped?;
        Some(DataKeyRow { owner: row.id, generation: GENERATION, ring_key, wrapped })
    };
    Ok(rows.into_iter().filter_map(key).collect())
}

/// A page of the environment's backups, the newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    environment: EnvironmentId,
    after: Option<&Cursor>,
    limit: usize,
) -> StoreResult<Page<Backup>> {
    let mut query = Entity::find()
        .filter(Column::EnvironmentId.eq(environment.0))
        .filter(Column::State.ne(BackupState::Deleted.as_str()));
    if let Some(after) = after {
        let at: i64 = after.value.parse().unwrap_or(i64::MAX);
        let same = Condition::all().add(Column::CreatedAt.eq(at)).add(Column::Id.lt(after.id));
        query = query.filter(Condition::any().add(Column::CreatedAt.lt(at)).add(same));
    }
    let query = query.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
    let rows = query.limit(limit as u64 + 1).all(db).await?;
    let rows: StoreResult<Vec<Backup>> = rows.into_iter().map(Backup::try_from).collect();
    Ok(Page::cut(rows?, limit, |row| Cursor { value: row.created_at.0.to_string(), id: row.id.0 }))
}
