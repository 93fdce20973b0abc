//! What can go wrong between the domain and the database.

use sea_orm::{DbErr, SqlErr};

/// A failed query.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no, or cannot be reached.
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// A row that the rules call impossible: somebody changed the database by hand, or a defect.
    #[error("inconsistent row in {table}: {id}")]
    Inconsistent { table: &'static str, id: String },
}

/// The result of every query function.
pub type StoreResult<T> = Result<T, StoreError>;

impl StoreError {
    /// An impossible row.
    pub fn inconsistent(table: &'static str, id: impl std::fmt::Display) -> Self {
        Self::Inconsistent { table, id: id.to_string() }
    }

    /// Whether a unique index refused the row: somebody else was first.
    pub fn is_unique_violation(&self) -> bool {
        match self {
            Self::Database(error) => matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))),
            Self::Inconsistent { .. } => false,
        }
    }

    /// Whether the database cannot be reached or has no room: what passes when the operator mends it.
    pub fn is_outage(&self) -> bool {
        let Self::Database(error) = self else { return false };
        let text = error.to_string();
        let signs = ["database or disk is full", "No space left", "disk I/O error", "could not extend file"];
        matches!(error, DbErr::Conn(_) | DbErr::ConnectionAcquire(_))
            || error.to_string().contains("error communicating with database")
            || signs.iter().any(|sign| text.contains(sign))
            || self.is_transient()
    }

    /// Whether the database asks to try the transaction again (deadlock, serialisation, busy).
    pub fn is_transient(&self) -> bool {
        let Self::Database(error) = self else { return false };
        let text = error.to_string();
        ["deadlock detected", "could not serialize", "database is locked", "database table is locked"]
            .iter()
            .any(|sign| text.contains(sign))
    }
}
