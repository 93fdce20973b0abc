//! The platform-managed key-encryption key of each ring.

use crate::{StoreError, StoreResult};
use domain::PlatformKeyId;
use sea_orm::{ConnectionTrait, EntityTrait};

entity!("platform_keys" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    ring_id: Uuid,
    fingerprint: Vec<u8>,
    public_key: Vec<u8>,
    material: Vec<u8>,
    created_at: i64,
});

pub use entity::Model as PlatformKey;

/// A new platform key.
pub async fn insert(db: &impl ConnectionTrait, key: PlatformKey) -> StoreResult<()> {
    entity::Entity::insert(entity::ActiveModel::from(key)).exec_without_returning(db).await?;
    Ok(())
}

/// One platform key.
pub async fn get(db: &impl ConnectionTrait, id: PlatformKeyId) -> StoreResult<PlatformKey> {
    let row = entity::Entity::find_by_id(id.0).one(db).await?;
    row.ok_or_else(|| StoreError::inconsistent("platform_keys", id))
}
