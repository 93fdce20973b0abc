//! Questions to the other administrators, one at a time for each ring (two-person rule).

use crate::StoreResult;
use domain::{RingId, Timestamp, UserId};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

entity!("approvals" {
    #[sea_orm(primary_key, auto_increment = false)] ring_id: Uuid,
    id: Uuid,
    change: String,
    key_id: Uuid,
    asked_by: Uuid,
    asked_at: i64,
    pinned_at: Option<i64>,
    approved_by: Option<Uuid>,
    approved_at: Option<i64>,
});

use entity::Entity;
pub use entity::Model as Question;

/// A question, in the place of one that counts no more.
pub async fn replace(tx: &impl ConnectionTrait, question: Question) -> StoreResult<()> {
    delete(tx, RingId(question.ring_id)).await?;
    Entity::insert(entity::ActiveModel::from(question)).exec_without_returning(tx).await?;
    Ok(())
}

/// The answer; the database refuses the own one.
pub async fn approve(tx: &impl ConnectionTrait, ring: RingId, by: UserId, now: Timestamp) -> StoreResult<()> {
    let row = entity::ActiveModel {
        ring_id: Set(ring.0),
        approved_by: Set(Some(by.0)),
        approved_at: Set(Some(now.0)),
        ..Default::default()
    };
    Entity::update(row).exec(tx).await?;
    Ok(())
}

/// It is used up; who had approved it.
pub async fn take(tx: &impl ConnectionTrait, ring: RingId) -> StoreResult<Option<UserId>> {
    let question = Entity::find_by_id(ring.0).one(tx).await?;
    delete(tx, ring).await?;
    Ok(question.and_then(|question| question.approved_by).map(UserId))
}

/// It was used, refused, withdrawn, or another change came first.
pub async fn delete(tx: &impl ConnectionTrait, ring: RingId) -> StoreResult<()> {
    Entity::delete_by_id(ring.0).exec(tx).await?;
    Ok(())
}
