//! The portal's own backup: everything in the database, in one sealed file that either database can be made from.
//!
//! ```text
//! file    "keystead backup 1\n" | salt (16) | chunk | chunk | …
//! chunk   length of what follows (4, big-endian) | nonce | ciphertext | tag      sealed with its number, the last one as such
//! content H header (JSON) | T table and its columns (JSON) | R row | R row | … | T … | E how many rows of each table (JSON)
//! ```
//!
//! What is sealed in the database is sealed in the file as well, so that the root key is needed beside it; what is not,
//! such as names and the audit trail, is protected by the passphrase alone.

mod chunks;
mod content;
mod drill;
mod restore;
mod write;

pub use drill::{Drill, drill};
pub use restore::{Restored, header, load, verify};
pub use write::write;

use crate::{ServiceResult, audit, fresh};
use domain::{TenantId, Timestamp, actions::Action};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{ConnectionTrait, archive::Schema};
use vault::Password;

/// The shortest passphrase, in characters.
pub const SHORTEST: usize = 16;

/// What cannot be done about a backup, in the operator's words.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("the passphrase has fewer than {SHORTEST} characters")]
    ShortPassphrase,
    #[error("this is no backup of a Keystead portal")]
    Format,
    #[error("the backup does not open: the passphrase is another one, or the file is damaged")]
    CannotOpen,
    #[error("the backup ends before its end: the file was cut")]
    Cut,
    #[error("the backup is not whole: {0}")]
    NotWhole(String),
    #[error(
        "the backup was made by another version of Keystead: its schema is not this one's. Restore it with that \
         version, and start this one on the result"
    )]
    Schema,
    #[error(
        "no organisation is set up in this database, so there is nothing to back up: check --data-dir and \
         --database-url"
    )]
    Nothing,
    #[error("a portal runs on this database: stop it, then restore")]
    Running,
    #[error("the database is not empty: a backup is restored into a new one")]
    NotEmpty,
}

/// What a backup says about itself.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Header {
    /// Of the program that made it.
    pub version: String,
    /// `sqlite` or `postgres`; it can be restored to either.
    pub database: String,
    pub schema: Schema,
    pub created_at: Timestamp,
}

/// How many rows of each table there are.
pub type Counts = BTreeMap<String, u64>;

/// Refuses what could be guessed by whoever has the file.
///
/// # Errors
/// [`ArchiveError::ShortPassphrase`].
pub fn check_passphrase(passphrase: &Password) -> Result<(), ArchiveError> {
    if passphrase.expose().chars().count() < SHORTEST {
        return Err(ArchiveError::ShortPassphrase);
    }
    Ok(())
}

/// Puts it on record in every organisation's trail: the file holds everybody's.
async fn record(
    tx: &store::DatabaseTransaction,
    action: Action,
    header: &Header,
    counts: &Counts,
    now: Timestamp,
) -> ServiceResult<()> {
    let rows: u64 = counts.values().sum();
    for tenant in store::tenants::list(tx).await? {
        let entry = store::audit::Entry {
            at: now,
            actor: "operator".to_owned(),
            actor_id: None,
            action: action.as_str().to_owned(),
            target: "portal".to_owned(),
            target_id: None,
            outcome: "succeeded",
            details: serde_json::json!({ "made": header.created_at.human(), "rows": rows }).to_string(),
            address: None,
            request_id: fresh::id(now).to_string(),
        };
        audit::append(tx, TenantId(tenant.id), entry).await?;
    }
    Ok(())
}

/// The name of the database's kind.
fn kind(db: &impl ConnectionTrait) -> &'static str {
    match db.get_database_backend() {
        sea_orm::DbBackend::Postgres => "postgres",
        _ => "sqlite",
    }
}
