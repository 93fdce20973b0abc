//! Brings the database to this version's schema, once, also when several processes start together.

use anyhow::{Context, Result, bail};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbErr};
use store::{Backend, Db};

/// Names our lock among PostgreSQL's advisory locks: "keystead" in ASCII.
const LOCK: i64 = 0x6b65_7973_7465_6164;

/// Applies what is missing, under a lock, in one transaction; returns how many migrations were applied.
///
/// # Errors
/// Refuses a database that a newer version has changed.
pub async fn migrate(db: &Db) -> Result<usize> {
    if pending(db.read()).await? == 0 {
        return Ok(0);
    }
    let tx = db.begin().await.context("cannot begin the migration")?;
    if db.backend() == Backend::Postgres {
        // Ends with the transaction. SQLite's IMMEDIATE transaction is a lock by itself.
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
    }
    let count = pending(&tx).await?;
    if count > 0 {
        Migrator::up(&tx, None).await.context("the database's schema cannot be brought up to date")?;
    }
    tx.commit().await?;
    Ok(count)
}

/// Refuses a database whose schema is not this version's, and leaves it as it is.
///
/// # Errors
/// Says which version to use instead.
pub async fn require_current(db: &Db) -> Result<()> {
    match pending(db.read()).await? {
        0 => Ok(()),
        _ => bail!(
            "the database holds no portal, or one of an older version than this program ({}): use the version that \
             runs on it",
            env!("CARGO_PKG_VERSION")
        ),
    }
}

/// Refuses a database that holds tables of something else, or of another version: a restore migrates none of them.
///
/// # Errors
/// Names a table that is there.
pub async fn require_own_or_none(db: &Db) -> Result<()> {
    if pending(db.read()).await? > 0
        && let Some(table) = store::archive::any_table(db.read()).await?
    {
        bail!("the database is not empty, it has a table {table}: a backup is restored into a new one");
    }
    Ok(())
}

async fn pending(db: &impl ConnectionTrait) -> Result<usize> {
    match Migrator::get_pending_migrations_read_only(db).await {
        Ok(pending) => Ok(pending.len()),
        // What sea-orm says about a migration that was applied and that this program does not know.
        Err(DbErr::Custom(text)) if text.contains("is missing") => bail!(
            "the database was changed by a newer version of Keystead than this one ({}): start that version, or \
             restore the backup made before it ran. {text}",
            env!("CARGO_PKG_VERSION")
        ),
        Err(error) => Err(error).context("the database's schema cannot be read"),
    }
}
