//! The root key as this process holds it, what it seals, and at which places.
//!
//! Any process may rotate it at any time. Whoever seals for the database therefore holds the root key in the same
//! transaction, and whoever only reads looks again when something does not open.

mod file;
mod rotate;

pub use file::RootKeyFile;
pub use rotate::{By, Rotation, is_due, rotate};
pub(crate) use rotate::{due_since, is_announced, rotate_within};

use crate::ServiceResult;
use anyhow::Context as _;
use domain::{KeyId, PlatformKeyId, RingId};
use std::sync::{Arc, PoisonError, RwLock};
use store::{
    ConnectionTrait, DatabaseTransaction, Db,
    ring_keys::{RingKeyRow, WrappedBy},
};
use vault::{Kek, RootKey};

/// Why a root key and a database do not go together.
#[derive(Debug, thiserror::Error)]
#[error(
    "the root key in {file} is not this database's: it has check value {found}, the database expects {expected}. \
     If the root key was rotated, put the current file there"
)]
pub struct WrongRootKey {
    file: String,
    found: String,
    expected: String,
}

/// The root key and where it comes from.
pub struct RootKeys {
    file: RootKeyFile,
    current: RwLock<Arc<Root>>,
}

impl RootKeys {
    /// The root key that the database names; a fresh database is bound to the one in the file, which is made if
    /// there is none.
    ///
    /// # Errors
    /// Says which file is missing, wrong or readable by others, and what to do.
    pub async fn open(db: &Db, file: RootKeyFile) -> anyhow::Result<Self> {
        let tx = db.begin().await?;
        let key = match store::portal::lock(&tx).await? {
            Some(portal) => known(&file, &portal.root_check)?,
            None => {
                let key = match file.read()? {
                    Some(key) => key,
                    None => made(&file)?,
                };
                store::portal::insert(&tx, &key.check_value()).await?;
                key
            }
        };
        tx.commit().await?;
        file.adopt(&key.check_value())?;
        Ok(Self { file, current: RwLock::new(Arc::new(Root::new(key))) })
    }

    /// Where it comes from.
    pub fn file(&self) -> &RootKeyFile {
        &self.file
    }

    /// The root key as far as this process knows.
    pub(crate) fn current(&self) -> Arc<Root> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The root key, which stays the database's until `tx` ends: whatever is sealed for the database in it opens
    /// later. Comes first in the transaction, because a rotation goes through rows that others lock after this.
    pub(crate) async fn hold(&self, tx: &DatabaseTransaction) -> ServiceResult<Arc<Root>> {
        let portal = store::portal::hold(tx).await?.context("the portal row is missing")?;
        Ok(self.matching(&portal.root_check)?)
    }

    /// The root key that the database names now.
    pub(crate) async fn look(&self, db: &impl ConnectionTrait) -> ServiceResult<Arc<Root>> {
        let portal = store::portal::get(db).await?.context("the portal row is missing")?;
        Ok(self.matching(&portal.root_check)?)
    }

    /// Whether the root key that the database names is here.
    ///
    /// # Errors
    /// As [`RootKeys::open`].
    pub fn check(&self, portal: &store::portal::Portal) -> anyhow::Result<()> {
        self.matching(&portal.root_check).map(drop)
    }

    /// The root key with this check value; the one before leaves this process's memory.
    pub(crate) fn matching(&self, check: &[u8]) -> anyhow::Result<Arc<Root>> {
        let current = self.current();
        if current.check == *check {
            return Ok(current);
        }
        let found = Arc::new(Root::new(known(&self.file, check)?));
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = found.clone();
        Ok(found)
    }
}

fn known(file: &RootKeyFile, check: &[u8]) -> anyhow::Result<RootKey> {
    if let Some(key) = file.find(check)? {
        return Ok(key);
    }
    let path = file.path().display().to_string();
    let found = file.read()?.with_context(|| {
        format!(
            "the root key file {path} is missing: the keys in this database open only with it. Put it back from its \
             safe copy; a new file would not open them"
        )
    })?;
    let hex = crate::keys::hex;
    Err(WrongRootKey { file: path, found: hex(&found.check_value()), expected: hex(check) }.into())
}

fn made(file: &RootKeyFile) -> anyhow::Result<RootKey> {
    let key = file.create()?;
    tracing::warn!(
        file = %file.path().display(),
        "a root key was made: keep a safe copy of it, apart from the database's backups; without it they cannot be \
         opened"
    );
    Ok(key)
}

/// One root key.
pub(crate) struct Root {
    key: RootKey,
    check: [u8; 16],
}

impl Root {
    fn new(key: RootKey) -> Self {
        Self { check: key.check_value(), key }
    }

    /// Seals a protection key's private half for its row.
    pub(crate) fn seal_protection_key(&self, kek: &Kek, ring: RingId, key: KeyId) -> Vec<u8> {
        kek.seal(&self.key, &protection_place(ring, key))
    }

    /// Opens a protection key's private half.
    pub(crate) fn open_protection_key(&self, key: &store::keys::Key) -> ServiceResult<Kek> {
        let material = key.material.as_deref().ok_or_else(crate::keyring::unavailable)?;
        Ok(Kek::from_sealed(&self.key, &protection_place(key.ring_id, key.id), material)?)
    }

    /// Seals a platform key's private half for its row.
    pub(crate) fn seal_platform_key(&self, kek: &Kek, ring: RingId, key: PlatformKeyId) -> Vec<u8> {
        kek.seal(&self.key, &platform_place(ring, key))
    }

    /// Opens a platform key's private half.
    pub(crate) fn open_platform_key(&self, key: &store::platform_keys::PlatformKey) -> ServiceResult<Kek> {
        let place = platform_place(RingId(key.ring_id), PlatformKeyId(key.id));
        Ok(Kek::from_sealed(&self.key, &place, &key.material)?)
    }

    /// Seals a generated key's file until its download.
    pub(crate) fn seal_key_file(&self, key: KeyId, file: &[u8]) -> Vec<u8> {
        self.key.seal(&file_place(key), file)
    }

    /// Opens a generated key's file for its download.
    pub(crate) fn open_key_file(&self, key: KeyId, sealed: &[u8]) -> ServiceResult<Vec<u8>> {
        Ok(self.key.open(&file_place(key), sealed)?.to_vec())
    }

    /// Seals a ring key that a key-encryption key wraps: anybody can wrap with a public key, but only this portal
    /// can put a ring key into its database. `row.wrapped` comes without the seal and goes with it.
    pub(crate) fn seal_ring_key(&self, mut row: RingKeyRow) -> RingKeyRow {
        row.wrapped = self.key.seal(&ring_key_place(row.ring_id, row.id.0, row.wrapped_by), &row.wrapped);
        row
    }

    /// The ring key as its key-encryption key wraps it: what whoever holds the key file opens.
    pub(crate) fn open_ring_key(&self, row: &RingKeyRow) -> ServiceResult<Vec<u8>> {
        let place = ring_key_place(row.ring_id, row.id.0, row.wrapped_by);
        Ok(self.key.open(&place, &row.wrapped)?.to_vec())
    }
}

fn protection_place(ring: RingId, key: KeyId) -> String {
    format!("{ring}|protection-key|{key}")
}

fn platform_place(ring: RingId, key: PlatformKeyId) -> String {
    format!("{ring}|platform-key|{key}")
}

fn file_place(key: KeyId) -> String {
    format!("key-file|{key}")
}

fn ring_key_place(ring: RingId, key: uuid::Uuid, wrapped_by: WrappedBy) -> String {
    match wrapped_by {
        WrappedBy::Platform(kek) => format!("{ring}|ring-key|{key}|platform-key|{kek}"),
        WrappedBy::Protection(kek) => format!("{ring}|ring-key|{key}|protection-key|{kek}"),
    }
}
