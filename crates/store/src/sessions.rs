//! Browser sessions; the cookie's id is kept only as its SHA-256.

use crate::StoreResult;
use domain::{Timestamp, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Statement};

entity!("sessions" {
    #[sea_orm(primary_key, auto_increment = false)] id_hash: Vec<u8>,
    user_id: Option<Uuid>,
    data: String,
    created_at: i64,
    seen_at: i64,
    expires_at: i64,
});

pub use entity::Model as Session;

/// The session with this hashed id that has not expired by `now`.
pub async fn get(db: &impl ConnectionTrait, id_hash: &[u8], now: Timestamp) -> StoreResult<Option<Session>> {
    let query = entity::Entity::find_by_id(id_hash.to_vec()).filter(entity::Column::ExpiresAt.gt(now.0));
    Ok(query.one(db).await?)
}

/// Inserts; `false` when the id is taken.
pub async fn insert(db: &impl ConnectionTrait, session: Session) -> StoreResult<bool> {
    let sql = "INSERT INTO sessions (id_hash, user_id, data, created_at, seen_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    Ok(execute(db, sql, session).await? == 1)
}

/// Replaces data, owner and times.
pub async fn save(db: &impl ConnectionTrait, session: Session) -> StoreResult<()> {
    let sql = "INSERT INTO sessions (id_hash, user_id, data, created_at, seen_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id_hash) DO UPDATE SET user_id = excluded.user_id, \
               data = excluded.data, seen_at = excluded.seen_at, expires_at = excluded.expires_at";
    execute(db, sql, session).await?;
    Ok(())
}

async fn execute(db: &impl ConnectionTrait, sql: &str, s: Session) -> StoreResult<u64> {
    let values = [
        s.id_hash.into(),
        s.user_id.into(),
        s.data.into(),
        s.created_at.into(),
        s.seen_at.into(),
        s.expires_at.into(),
    ];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.execute_raw(statement).await?.rows_affected())
}

/// Ends one session.
pub async fn delete(db: &impl ConnectionTrait, id_hash: &[u8]) -> StoreResult<()> {
    entity::Entity::delete_by_id(id_hash.to_vec()).exec(db).await?;
    Ok(())
}

/// Signs a person out everywhere; returns how many sessions ended.
pub async fn delete_of_user(db: &impl ConnectionTrait, user: UserId) -> StoreResult<u64> {
    let query = entity::Entity::delete_many().filter(entity::Column::UserId.eq(user.0));
    Ok(query.exec(db).await?.rows_affected)
}

/// Removes what expired by `now`.
pub async fn delete_expired(db: &impl ConnectionTrait, now: Timestamp) -> StoreResult<u64> {
    let query = entity::Entity::delete_many().filter(entity::Column::ExpiresAt.lte(now.0));
    Ok(query.exec(db).await?.rows_affected)
}

/// A person's sessions, the latest first.
pub async fn of_user(db: &impl ConnectionTrait, user: UserId, now: Timestamp) -> StoreResult<Vec<Session>> {
    let query = entity::Entity::find()
        .filter(entity::Column::UserId.eq(user.0))
        .filter(entity::Column::ExpiresAt.gt(now.0));
    Ok(query.order_by_desc(entity::Column::SeenAt).all(db).await?)
}
