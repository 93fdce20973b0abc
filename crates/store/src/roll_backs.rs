//! roll-backs that wait for the end of the 24 hours after a key change.

use crate::StoreResult;
use domain::{RingId, Timestamp};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

entity!("roll_backs" {
    #[sea_orm(primary_key, auto_increment = false)] ring_id: Uuid,
    key_id: Uuid,
    due_at: i64,
    scheduled_by: Uuid,
    approved_by: Option<Uuid>,
    address: Option<String>,
});

pub use entity::Model as RollBack;
use entity::{Column, Entity};

/// One at a time for each ring.
pub async fn insert(tx: &impl ConnectionTrait, roll_back: RollBack) -> StoreResult<()> {
    Entity::insert(entity::ActiveModel::from(roll_back)).exec_without_returning(tx).await?;
    Ok(())
}

/// It is done, called off, or another change came first; `false` when there was none.
pub async fn delete(tx: &impl ConnectionTrait, ring: RingId) -> StoreResult<bool> {
    Ok(Entity::delete_by_id(ring.0).exec(tx).await?.rows_affected == 1)
}

/// Those whose time has come, of whatever tenant.
pub async fn due(db: &impl ConnectionTrait, now: Timestamp) -> StoreResult<Vec<RollBack>> {
    Ok(Entity::find().filter(Column::DueAt.lte(now.0)).all(db).await?)
}
