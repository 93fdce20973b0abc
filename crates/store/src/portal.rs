//! The single row that says what this database is.

use crate::StoreResult;
use domain::Timestamp;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QuerySelect};

entity!("portal" {
    #[sea_orm(primary_key, auto_increment = false)] id: i64,
    root_check: Vec<u8>,
    root_next: Option<Vec<u8>>,
    root_rotated_at: Option<i64>,
    installed_at: Option<i64>,
    setup_code_hash: Option<Vec<u8>>,
    setup_expires_at: Option<i64>,
    clock_offset: i64,
});

pub use entity::Model as Portal;

/// The row, once the portal has started on this database.
pub async fn get(db: &impl ConnectionTrait) -> StoreResult<Option<Portal>> {
    Ok(entity::Entity::find_by_id(1).one(db).await?)
}

/// The row, locked until the transaction ends: of two set-ups at once, one finds the other's done.
pub async fn lock(tx: &impl ConnectionTrait) -> StoreResult<Option<Portal>> {
    Ok(entity::Entity::find_by_id(1).lock_exclusive().one(tx).await?)
}

/// The row, which stays as it is until the transaction ends, beside others who hold it.
pub async fn hold(tx: &impl ConnectionTrait) -> StoreResult<Option<Portal>> {
    Ok(entity::Entity::find_by_id(1).lock_shared().one(tx).await?)
}

/// Announces the root key that is about to seal everything, or that none is.
pub async fn set_root_next(tx: &impl ConnectionTrait, check: Option<&[u8]>) -> StoreResult<()> {
    let row =
        entity::ActiveModel { id: Set(1), root_next: Set(check.map(<[u8]>::to_vec)), ..Default::default() };
    entity::Entity::update(row).exec(tx).await?;
    Ok(())
}

/// From now on the root key with this check value seals everything.
pub async fn set_root(tx: &impl ConnectionTrait, check: &[u8], now: Timestamp) -> StoreResult<()> {
    let row = entity::ActiveModel {
        id: Set(1),
        root_check: Set(check.to_vec()),
        root_next: Set(None),
        root_rotated_at: Set(Some(now.0)),
        ..Default::default()
    };
    entity::Entity::update(row).exec(tx).await?;
    Ok(())
}

/// Binds the database to the root key with this check value.
pub async fn insert(db: &impl ConnectionTrait, root_check: &[u8]) -> StoreResult<()> {
    let row = entity::ActiveModel {
        id: Set(1),
        root_check: Set(root_check.to_vec()),
        root_next: Set(None),
        root_rotated_at: Set(None),
        installed_at: Set(None),
        setup_code_hash: Set(None),
        setup_expires_at: Set(None),
        clock_offset: Set(0),
    };
    entity::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Replaces the one-time setup code (kept as its SHA-256).
pub async fn set_setup_code(db: &impl ConnectionTrait, hash: [u8; 32], until: Timestamp) -> StoreResult<()> {
    let row = entity::ActiveModel {
        id: Set(1),
        setup_code_hash: Set(Some(hash.to_vec())),
        setup_expires_at: Set(Some(until.0)),
        ..Default::default()
    };
    entity::Entity::update(row).exec(db).await?;
    Ok(())
}

/// The install lock: set once, never cleared.
pub async fn set_installed(db: &impl ConnectionTrait, now: Timestamp) -> StoreResult<()> {
    let row = entity::ActiveModel {
        id: Set(1),
        installed_at: Set(Some(now.0)),
        setup_code_hash: Set(None),
        setup_expires_at: Set(None),
        ..Default::default()
    };
    entity::Entity::update(row).exec(db).await?;
    Ok(())
}

/// How far the settable clock is ahead, in microseconds; shared by all replicas.
pub async fn set_clock_offset(db: &impl ConnectionTrait, micros: i64) -> StoreResult<()> {
    let row = entity::ActiveModel { id: Set(1), clock_offset: Set(micros), ..Default::default() };
    entity::Entity::update(row).exec(db).await?;
    Ok(())
}
