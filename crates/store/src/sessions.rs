//! Browser sessions; the cookie's id is kept only as its SHA-256.

use crate::{StoreError, StoreResult, users::User};
use domain::{EnvironmentId, RingId, Timestamp, UserId, roles::Role};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, Statement,
    prelude::Uuid,
};

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

/// Takes every session along when the clock is moved ahead by `micros`: nobody is signed out by it.
pub async fn move_ahead(tx: &impl ConnectionTrait, micros: i64) -> StoreResult<()> {
    let sql = "UPDATE sessions SET created_at = created_at + $1, seen_at = seen_at + $1, expires_at = expires_at + $1";
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, [micros.into()])).await?;
    Ok(())
}

/// Inserts; `false` when the id is taken.
pub async fn insert(db: &impl ConnectionTrait, s: Session) -> StoreResult<bool> {
    let sql = "INSERT INTO sessions (id_hash, user_id, data, created_at, seen_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let values = [
        s.id_hash.into(),
        s.user_id.into(),
        s.data.into(),
        s.created_at.into(),
        s.seen_at.into(),
        s.expires_at.into(),
    ];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.execute_raw(statement).await?.rows_affected() == 1)
}

/// Replaces data, owner and times. A session that was ended meanwhile stays ended.
pub async fn save(db: &impl ConnectionTrait, s: Session) -> StoreResult<()> {
    let sql = "UPDATE sessions SET user_id = $2, data = $3, seen_at = $4, expires_at = $5 WHERE id_hash = $1";
    let values = [s.id_hash.into(), s.user_id.into(), s.data.into(), s.seen_at.into(), s.expires_at.into()];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Notes that the session was used, and until when it is good now.
pub async fn touch(
    db: &impl ConnectionTrait,
    id_hash: &[u8],
    now: Timestamp,
    expires_at: Timestamp,
) -> StoreResult<()> {
    let sql = "UPDATE sessions SET seen_at = $2, expires_at = $3 WHERE id_hash = $1";
    let values = [id_hash.to_vec().into(), now.0.into(), expires_at.0.into()];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// A session with its owner, who is not disabled, and the owner's roles.
pub struct SignedIn {
    pub user: User,
    pub roles: Vec<Role>,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
}

/// Who is signed in with this hashed id at `now`, in one query.
pub async fn signed_in(
    db: &impl ConnectionTrait,
    id_hash: &[u8],
    now: Timestamp,
) -> StoreResult<Option<SignedIn>> {
    let sql = "SELECT u.*, s.created_at AS session_created_at, s.seen_at, r.role, r.environment_id \
               FROM sessions s JOIN users u ON u.id = s.user_id \
               LEFT JOIN role_assignments r ON r.user_id = u.id \
               WHERE s.id_hash = $1 AND s.expires_at > $2 AND u.disabled_at IS NULL";
    let values = [id_hash.to_vec().into(), now.0.into()];
    let rows =
        db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let user = User::from_query_result(first, "")?;
    let mut roles = Vec::with_capacity(rows.len());
    for row in &rows {
        let environment = row.try_get::<Option<Uuid>>("", "environment_id")?.map(EnvironmentId);
        if let Some(name) = row.try_get::<Option<String>>("", "role")? {
            let role = Role::parse(&name, environment);
            roles.push(role.ok_or_else(|| StoreError::inconsistent("role_assignments", user.id))?);
        }
    }
    Ok(Some(SignedIn {
        created_at: Timestamp(first.try_get("", "session_created_at")?),
        seen_at: Timestamp(first.try_get("", "seen_at")?),
        user,
        roles,
    }))
}

/// Ends one session.
pub async fn delete(db: &impl ConnectionTrait, id_hash: &[u8]) -> StoreResult<()> {
    entity::Entity::delete_by_id(id_hash.to_vec()).exec(db).await?;
    Ok(())
}

/// Ends a person's sessions except the one with this hash; returns how many ended.
pub async fn delete_others(db: &impl ConnectionTrait, user: UserId, keep: &[u8]) -> StoreResult<u64> {
    let query = entity::Entity::delete_many()
        .filter(entity::Column::UserId.eq(user.0))
        .filter(entity::Column::IdHash.ne(keep.to_vec()));
    Ok(query.exec(db).await?.rows_affected)
}

/// Signs a person out everywhere; returns how many sessions ended.
pub async fn delete_of_user(db: &impl ConnectionTrait, user: UserId) -> StoreResult<u64> {
    let query = entity::Entity::delete_many().filter(entity::Column::UserId.eq(user.0));
    Ok(query.exec(db).await?.rows_affected)
}

/// Signs out everyone whose only roles are in self-managed environments of the ring: a lock takes those
/// offline. Returns how many sessions ended.
pub async fn delete_of_ring(db: &impl ConnectionTrait, ring: RingId) -> StoreResult<u64> {
    let sql = "DELETE FROM sessions WHERE user_id IN (SELECT a.user_id FROM role_assignments a \
               JOIN environments e ON e.id = a.environment_id WHERE e.ring_id = $1 AND e.state = 'self_managed') \
               AND NOT EXISTS (SELECT 1 FROM role_assignments a LEFT JOIN environments e ON e.id = a.environment_id \
               WHERE a.user_id = sessions.user_id \
               AND (e.id IS NULL OR e.ring_id <> $1 OR e.state <> 'self_managed'))";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [ring.0.into()]);
    Ok(db.execute_raw(statement).await?.rows_affected())
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
