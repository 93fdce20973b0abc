//! Failed sign-ins, per account and per address, in the database so that replicas count together.

use crate::StoreResult;
use domain::Timestamp;
use sea_orm::{ConnectionTrait, EntityTrait, Statement};

entity!("sign_in_failures" {
    #[sea_orm(primary_key, auto_increment = false)] subject: String,
    failures: i64,
    first_at: i64,
    blocked_until: Option<i64>,
});

pub use entity::Model as Failures;

/// What is known of `subject` (`account:…` or `address:…`).
pub async fn get(db: &impl ConnectionTrait, subject: &str) -> StoreResult<Option<Failures>> {
    Ok(entity::Entity::find_by_id(subject.to_owned()).one(db).await?)
}

/// Counts one failure; a window older than `window_start` begins anew.
pub async fn count(
    db: &impl ConnectionTrait,
    subject: &str,
    now: Timestamp,
    window_start: Timestamp,
) -> StoreResult<i64> {
    let sql = "INSERT INTO sign_in_failures (subject, failures, first_at) VALUES ($1, 1, $2) \
               ON CONFLICT (subject) DO UPDATE SET \
               failures = CASE WHEN sign_in_failures.first_at < $3 THEN 1 ELSE sign_in_failures.failures + 1 END, \
               first_at = CASE WHEN sign_in_failures.first_at < $3 THEN $2 ELSE sign_in_failures.first_at END \
               RETURNING failures";
    let values = [subject.into(), now.0.into(), window_start.0.into()];
    let row =
        db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(row.map(|row| row.try_get::<i64>("", "failures")).transpose()?.unwrap_or(1))
}

/// Blocks `subject` until then.
pub async fn block(db: &impl ConnectionTrait, subject: &str, until: Timestamp) -> StoreResult<()> {
    let sql = "UPDATE sign_in_failures SET blocked_until = $2 WHERE subject = $1";
    let values = [subject.into(), until.0.into()];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Forgets `subject` after a success.
pub async fn clear(db: &impl ConnectionTrait, subject: &str) -> StoreResult<()> {
    entity::Entity::delete_by_id(subject.to_owned()).exec(db).await?;
    Ok(())
}

/// Forgets everything that began before `start` and blocks nobody after it.
pub async fn delete_before(db: &impl ConnectionTrait, start: Timestamp) -> StoreResult<u64> {
    let sql = "DELETE FROM sign_in_failures WHERE first_at < $1 AND COALESCE(blocked_until, 0) < $1";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [start.0.into()]);
    Ok(db.execute_raw(statement).await?.rows_affected())
}
