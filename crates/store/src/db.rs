//! The connection: PostgreSQL, or SQLite embedded.

use crate::StoreResult;
use sea_orm::{
    AccessMode, ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend, IsolationLevel,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, sea_query::LockType,
};
use sqlx::Connection as _;
use std::time::Duration;

/// Which database this is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Backend {
    Postgres,
    Sqlite,
}

/// How a transition locks its row: against every other change of it, not against rows that refer to it.
///
/// Whoever queues an operation refers to the ring and the environment, and so takes a key lock on
/// both; were these locked with `FOR UPDATE`, that would be a second order of locks, and a deadlock.
pub(crate) const TRANSITION: LockType = LockType::NoKeyUpdate;

/// A connected database. SQLite has one writing connection, so writers queue instead of failing
/// with "busy", and several reading ones, which WAL never blocks.
#[derive(Clone)]
pub struct Db {
    write: DatabaseConnection,
    read: DatabaseConnection,
    backend: Backend,
}

impl Db {
    /// Connects to `postgres://…` or `sqlite://path?mode=rwc`.
    pub async fn connect(url: &str) -> StoreResult<Self> {
        if url.starts_with("sqlite:") {
            let write = Database::connect(sqlite(url, 1)).await?;
            let read = Database::connect(sqlite(url, 4)).await?;
            return Ok(Self { write, read, backend: Backend::Sqlite });
        }
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(12)
            .min_connections(1)
            .acquire_timeout(Duration::from_secs(10))
            .sqlx_logging(false)
            .test_before_acquire(false);
        let both = Database::connect(options).await?;
        Ok(Self { write: both.clone(), read: both, backend: Backend::Postgres })
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// For queries that decide nothing.
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// For migrations and single statements that write.
    pub fn write(&self) -> &DatabaseConnection {
        &self.write
    }

    /// A transaction that may write: `IMMEDIATE` on SQLite, so that what it reads stays true.
    pub async fn begin(&self) -> StoreResult<DatabaseTransaction> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let options = match self.backend {
            Backend::Sqlite => options,
            Backend::Postgres => TransactionOptions::default(),
        };
        Ok(self.write.begin_with_options(options).await?)
    }

    /// Several queries that see one moment: a page never shows a state from before a job's end beside
    /// an operation from after it. It ends when it is dropped.
    pub async fn snapshot(&self) -> StoreResult<DatabaseTransaction> {
        let options = match self.backend {
            Backend::Sqlite => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
                ..Default::default()
            },
            Backend::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..Default::default()
            },
        };
        Ok(self.read.begin_with_options(options).await?)
    }

    /// Removes what deleted and overwritten rows left in the write-ahead log (SQLite) or in dead
    /// tuples of the key tables (PostgreSQL), so that a retired data key does not linger there.
    pub async fn scrub_keys(&self) -> StoreResult<()> {
        use sea_orm::ConnectionTrait;
        match self.backend {
            Backend::Sqlite => {
                let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
                let row = self.write.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
                if row.map(|row| row.try_get::<i64>("", "busy")).transpose()? == Some(1) {
                    tracing::warn!(
                        "readers kept the write-ahead log from being emptied; the next key change does it"
                    );
                }
            }
            Backend::Postgres => {
                for table in ["data_keys", "ring_keys", "protection_keys", "backups"] {
                    self.write.execute_unprepared(&format!("VACUUM {table}")).await?;
                }
            }
        }
        Ok(())
    }
}

/// WAL with `synchronous=FULL`: an acknowledged change survives power loss. `secure_delete` zeroes
/// what is deleted, so that a retired data key is not left on a free page.
fn sqlite(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(60))
        .sqlx_logging(false)
        .test_before_acquire(false)
        .map_sqlx_sqlite_pool_opts(|pool| pool.after_release(|connection, _| Box::pin(is_clean(connection))))
        .map_sqlx_sqlite_opts(|options| {
            options
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma("secure_delete", "ON")
                .pragma("foreign_keys", "ON")
                .pragma("cache_size", "-8192")
                .pragma("busy_timeout", "30000")
        });
    options
}

/// Whether a connection that comes back may be used again.
///
/// When the disk fails under a COMMIT, SQLite may have ended the transaction, the ROLLBACK after it fails, and the pool
/// would count one that is open for ever: every later BEGIN would be a savepoint inside it, and its COMMIT would be
/// acknowledged and never happen. Such a connection is closed, which rolls back what is open.
async fn is_clean(connection: &mut sqlx::SqliteConnection) -> Result<bool, sqlx::Error> {
    if !connection.is_in_transaction() {
        return Ok(true);
    }
    // Of a transaction that was dropped the rollback is still queued; this comes behind it.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

impl From<DbBackend> for Backend {
    fn from(backend: DbBackend) -> Self {
        match backend {
            DbBackend::Postgres => Backend::Postgres,
            _ => Backend::Sqlite,
        }
    }
}
