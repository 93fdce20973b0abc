//! Files of generated keys, until they are downloaded once (PP-062).

use crate::StoreResult;
use domain::{KeyId, Timestamp};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

entity!("key_files" {
    #[sea_orm(primary_key, auto_increment = false)] key_id: Uuid,
    sealed: Vec<u8>,
    waits_until: i64,
});

use entity::{Column, Entity, Model};

/// A file that waits for its download.
pub struct KeyFile {
    /// The file, sealed by the root key.
    pub sealed: Vec<u8>,
    /// From then on it is not handed out any more.
    pub waits_until: Timestamp,
}

impl From<Model> for KeyFile {
    fn from(row: Model) -> Self {
        Self { sealed: row.sealed, waits_until: Timestamp(row.waits_until) }
    }
}

/// Keeps the file of a new key.
pub async fn insert(tx: &impl ConnectionTrait, key: KeyId, file: KeyFile) -> StoreResult<()> {
    let row = Model { key_id: key.0, sealed: file.sealed, waits_until: file.waits_until.0 };
    Entity::insert(entity::ActiveModel::from(row)).exec_without_returning(tx).await?;
    Ok(())
}

/// Until when the key's file waits; none when it is gone.
pub async fn waits_until(db: &impl ConnectionTrait, key: KeyId) -> StoreResult<Option<Timestamp>> {
    Ok(Entity::find_by_id(key.0).one(db).await?.map(|row| Timestamp(row.waits_until)))
}

/// Takes the file out: of two who ask at once, one gets it.
pub async fn take(tx: &impl ConnectionTrait, key: KeyId) -> StoreResult<Option<KeyFile>> {
    let file = Entity::find_by_id(key.0).one(tx).await?.map(KeyFile::from);
    let deleted = Entity::delete_by_id(key.0).exec(tx).await?.rows_affected;
    Ok(file.filter(|_| deleted == 1))
}

/// Removes the file of a key that is deleted.
pub async fn delete(tx: &impl ConnectionTrait, key: KeyId) -> StoreResult<()> {
    Entity::delete_by_id(key.0).exec(tx).await?;
    Ok(())
}

/// Removes the files that have waited too long.
pub async fn delete_expired(db: &impl ConnectionTrait, now: Timestamp) -> StoreResult<u64> {
    Ok(Entity::delete_many().filter(Column::WaitsUntil.lte(now.0)).exec(db).await?.rows_affected)
}
