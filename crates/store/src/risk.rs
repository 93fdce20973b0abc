//! Acknowledgements of the manage-key risk (PP-052, PP-074, PP-088).

use crate::StoreResult;
use domain::UserId;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

entity!("risk_acknowledgements" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    user_id: Uuid,
    session_hash: Option<Vec<u8>>,
    token_id: Option<Uuid>,
    text_id: String,
    at: i64,
});

pub use entity::Model as Acknowledgement;

/// Records who acknowledged which text.
pub async fn insert(db: &impl ConnectionTrait, acknowledgement: Acknowledgement) -> StoreResult<()> {
    entity::Entity::insert(entity::ActiveModel::from(acknowledgement)).exec_without_returning(db).await?;
    Ok(())
}

/// Whether this text was acknowledged in this session.
pub async fn in_session(
    db: &impl ConnectionTrait,
    user: UserId,
    session_hash: &[u8],
    text_id: &str,
) -> StoreResult<bool> {
    let query = entity::Entity::find()
        .filter(entity::Column::UserId.eq(user.0))
        .filter(entity::Column::SessionHash.eq(session_hash.to_vec()))
        .filter(entity::Column::TextId.eq(text_id));
    Ok(query.one(db).await?.is_some())
}

/// The latest acknowledgements of a person, newest first.
pub async fn of_user(db: &impl ConnectionTrait, user: UserId) -> StoreResult<Vec<Acknowledgement>> {
    let query = entity::Entity::find().filter(entity::Column::UserId.eq(user.0));
    Ok(query.order_by_desc(entity::Column::At).limit(50).all(db).await?)
}
