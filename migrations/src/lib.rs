//! The schema, one file per change, forward only, the same text for PostgreSQL and SQLite.
//!
//! Times are BIGINT microseconds since 1970 in UTC; ids are UUIDs (version 7); everything secret is a
//! sealed blob. CHECK constraints and partial unique indexes repeat the rules that must never break,
//! so that a row the domain would call impossible cannot be stored.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

mod m20261122_000001_portal;
mod m20261122_000002_keys;
mod m20261122_000003_environments;
mod m20261122_000004_operations;

pub use sea_orm_migration::MigratorTrait;

/// All migrations in order.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_portal::Migration),
            Box::new(m20261122_000002_keys::Migration),
            Box::new(m20261122_000003_environments::Migration),
            Box::new(m20261122_000004_operations::Migration),
        ]
    }
}

/// Runs `sql` with `{uuid}`, `{bytes}` and `{clustered}` replaced by the backend's words.
async fn execute(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    let (uuid, bytes, clustered) = match manager.get_database_backend() {
        DbBackend::Postgres => ("UUID", "BYTEA", ""),
        _ => ("BLOB", "BLOB", "WITHOUT ROWID"),
    };
    let sql = sql.replace("{uuid}", uuid).replace("{bytes}", bytes).replace("{clustered}", clustered);
    manager.get_connection().execute_unprepared(&sql).await.map(|_| ())
}
