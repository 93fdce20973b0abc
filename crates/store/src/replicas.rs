//! Processes that may hold plaintext keys in memory: a lock waits until each has forgotten them.

use crate::StoreResult;
use domain::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::OnConflict};

entity!("replicas" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    seen_at: i64,
    looks: i64,
    root_seen: Option<Vec<u8>>,
});

pub use entity::Model as Replica;
use entity::{ActiveModel, Column, Entity};

/// A sign of life; `looks` counts how often the process dropped what it must not hold, `root_seen` is the check
/// value of the next root key, if the process finds it.
pub async fn seen(db: &impl ConnectionTrait, replica: Replica) -> StoreResult<()> {
    let columns = [Column::SeenAt, Column::Looks, Column::RootSeen];
    let update = OnConflict::column(Column::Id).update_columns(columns).to_owned();
    Entity::insert(ActiveModel::from(replica)).on_conflict(update).exec_without_returning(db).await?;
    Ok(())
}

/// The process ends.
pub async fn leave(db: &impl ConnectionTrait, id: sea_orm::prelude::Uuid) -> StoreResult<()> {
    Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

/// The processes seen since `alive`.
pub async fn alive(db: &impl ConnectionTrait, alive: Timestamp) -> StoreResult<Vec<Replica>> {
    Ok(Entity::find().filter(Column::SeenAt.gte(alive.0)).all(db).await?)
}

/// Forgets processes that ended without a word.
pub async fn delete_silent(db: &impl ConnectionTrait, before: Timestamp) -> StoreResult<u64> {
    Ok(Entity::delete_many().filter(Column::SeenAt.lt(before.0)).exec(db).await?.rows_affected)
}
