//! API tokens, kept only as their SHA-256.

use crate::StoreResult;
use domain::{Timestamp, TokenId, UserId};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

entity!("api_tokens" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    user_id: Uuid,
    name: String,
    secret_hash: Vec<u8>,
    created_at: i64,
    expires_at: i64,
    revoked_at: Option<i64>,
});

pub use entity::Model as Token;

/// A new token.
pub async fn insert(db: &impl ConnectionTrait, token: Token) -> StoreResult<()> {
    entity::Entity::insert(entity::ActiveModel::from(token)).exec_without_returning(db).await?;
    Ok(())
}

/// The token with this hash that is good at `now`.
pub async fn by_hash(db: &impl ConnectionTrait, hash: &[u8], now: Timestamp) -> StoreResult<Option<Token>> {
    let query = entity::Entity::find()
        .filter(entity::Column::SecretHash.eq(hash.to_vec()))
        .filter(entity::Column::RevokedAt.is_null())
        .filter(entity::Column::ExpiresAt.gt(now.0));
    Ok(query.one(db).await?)
}

/// A person's tokens, the newest first.
pub async fn of_user(db: &impl ConnectionTrait, user: UserId) -> StoreResult<Vec<Token>> {
    let query = entity::Entity::find().filter(entity::Column::UserId.eq(user.0));
    Ok(query.order_by_desc(entity::Column::CreatedAt).all(db).await?)
}

/// One token.
pub async fn get(db: &impl ConnectionTrait, id: TokenId) -> StoreResult<Option<Token>> {
    Ok(entity::Entity::find_by_id(id.0).one(db).await?)
}

/// Ends a token.
pub async fn revoke(db: &impl ConnectionTrait, id: TokenId, now: Timestamp) -> StoreResult<()> {
    let row = entity::ActiveModel { id: Set(id.0), revoked_at: Set(Some(now.0)), ..Default::default() };
    entity::Entity::update(row).exec(db).await?;
    Ok(())
}
