//! Which process does what only one of them does at a time.

use crate::StoreResult;
use domain::Timestamp;
use sea_orm::{ConnectionTrait, Statement, prelude::Uuid};

/// Takes the lease of this name for `owner` until `until`, or keeps it; false while another process has it.
///
/// A lease that ends later than any could from `now` on is one of a clock that went back: it counts no more.
pub async fn hold(
    db: &impl ConnectionTrait,
    name: &str,
    owner: Uuid,
    (now, until): (Timestamp, Timestamp),
) -> StoreResult<bool> {
    let sql = "INSERT INTO leases (name, owner, held_until) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE \
               SET owner = excluded.owner, held_until = excluded.held_until WHERE leases.owner = excluded.owner \
               OR leases.held_until <= $4 OR leases.held_until > excluded.held_until";
    let values = [name.into(), owner.into(), until.0.into(), now.0.into()];
    let done = db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(done.rows_affected() > 0)
}

/// Gives the lease back, if `owner` has it.
pub async fn release(db: &impl ConnectionTrait, name: &str, owner: Uuid) -> StoreResult<()> {
    let sql = "DELETE FROM leases WHERE name = $1 AND owner = $2";
    let values = [name.into(), owner.into()];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}
