//! From a row in the database to a key that opens data, and nothing further out.
//!
//! The root key and unwrapped ring keys live here and only here. A data key is unwrapped for each use
//! from the row read in the same transaction (0.3 µs), so that a retired key cannot be used from a cache.

use crate::{ServiceResult, error::ServiceError};
use domain::{Code, KeyId, PlatformKeyId, Refusal, RingId, RingKeyId};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use store::{
    ConnectionTrait, data_keys::DataKeyRow, environments::Environment, ring_keys::RingKeyRow,
    ring_keys::WrappedBy,
};
use vault::{DataKey, DataKeyPlace, Kek, RingKey, RootKey};

/// So many unwrapped ring keys are kept; rings beyond that cost an RSA operation each time.
const HOT_RING_KEYS: usize = 4_096;

/// The root key and the hot ring keys.
pub struct Keyring {
    root: RootKey,
    hot: Mutex<HashMap<RingKeyId, Arc<RingKey>>>,
}

impl Keyring {
    pub(crate) fn new(root: RootKey) -> Self {
        Self { root, hot: Mutex::new(HashMap::new()) }
    }

    /// Seals a protection key's private half for its row.
    pub(crate) fn seal_protection_key(&self, kek: &Kek, ring: RingId, key: KeyId) -> Vec<u8> {
        kek.seal(&self.root, &protection_place(ring, key))
    }

    /// Opens a protection key's private half.
    pub(crate) fn open_protection_key(&self, key: &store::keys::Key) -> ServiceResult<Kek> {
        let material = key.material.as_deref().ok_or_else(unavailable)?;
        Ok(Kek::from_sealed(&self.root, &protection_place(key.ring_id, key.id), material)?)
    }

    /// Seals a generated key's file until its download.
    pub(crate) fn seal_key_file(&self, key: KeyId, file: &[u8]) -> Vec<u8> {
        self.root.seal(&file_place(key), file)
    }

    /// Opens a generated key's file for its download.
    pub(crate) fn open_key_file(&self, key: KeyId, sealed: &[u8]) -> ServiceResult<Vec<u8>> {
        Ok(self.root.open(&file_place(key), sealed)?.to_vec())
    }

    /// Seals a platform key's private half for its row.
    pub(crate) fn seal_platform_key(&self, kek: &Kek, ring: RingId, key: PlatformKeyId) -> Vec<u8> {
        kek.seal(&self.root, &platform_place(ring, key))
    }

    /// Keeps a ring key that was just made, so that its first use costs no RSA operation.
    pub(crate) fn keep(&self, id: RingKeyId, key: Arc<RingKey>) {
        let mut hot = self.hot.lock().unwrap_or_else(PoisonError::into_inner);
        if hot.len() >= HOT_RING_KEYS {
            hot.clear();
        }
        hot.insert(id, key);
    }

    /// Forgets a retired ring key.
    pub(crate) fn forget(&self, id: RingKeyId) {
        self.hot.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    /// Forgets the ring keys that were retired or locked, here or by another process.
    pub(crate) async fn forget_unusable(&self, db: &impl ConnectionTrait) -> ServiceResult<()> {
        let known: Vec<RingKeyId> =
            self.hot.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect();
        let usable = store::ring_keys::usable(db, &known).await?;
        for id in known.into_iter().filter(|id| !usable.contains(id)) {
            self.forget(id);
        }
        Ok(())
    }

    /// Wraps a ring key with `kek` and seals that with the root key at its place: anybody can wrap
    /// with a public key, but only this portal can put a ring key into its database.
    pub(crate) fn wrap_ring_key(
        &self,
        kek: &Kek,
        ring_key: &RingKey,
        (ring, id): (RingId, RingKeyId),
        wrapped_by: WrappedBy,
    ) -> Vec<u8> {
        self.root.seal(&ring_key_place(ring, id, wrapped_by), &kek.wrap(ring_key))
    }

    /// The ring key as its key-encryption key wraps it: what whoever holds the key file opens.
    pub fn wrapped_ring_key(&self, row: &RingKeyRow) -> ServiceResult<Vec<u8>> {
        let place = ring_key_place(row.ring_id, row.id, row.wrapped_by);
        Ok(self.root.open(&place, &row.wrapped)?.to_vec())
    }

    /// The ring key `id`, unwrapped, if the key that wraps it is here: memory alone does not decide, because
    /// another process may have locked it.
    pub async fn ring_key(&self, db: &impl ConnectionTrait, id: RingKeyId) -> ServiceResult<Arc<RingKey>> {
        if store::ring_keys::usable(db, &[id]).await?.is_empty() {
            self.forget(id);
            return Err(unavailable());
        }
        self.unwrapped(db, id).await
    }

    /// From memory, or by one RSA operation.
    async fn unwrapped(&self, db: &impl ConnectionTrait, id: RingKeyId) -> ServiceResult<Arc<RingKey>> {
        if let Some(key) = self.hot.lock().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return Ok(key.clone());
        }
        let row = store::ring_keys::get(db, id).await?.ok_or_else(unavailable)?;
        let kek = match row.wrapped_by {
            WrappedBy::Platform(key) => {
                let key = store::platform_keys::get(db, key).await?;
                Kek::from_sealed(
                    &self.root,
                    &platform_place(row.ring_id, PlatformKeyId(key.id)),
                    &key.material,
                )?
            }
            WrappedBy::Protection(key) => {
                let key = store::keys::get(db, key).await?.ok_or_else(unavailable)?;
                self.open_protection_key(&key)?
            }
        };
        let key = Arc::new(kek.unwrap(&self.wrapped_ring_key(&row)?)?);
        self.keep(id, key.clone());
        Ok(key)
    }

    /// Opens a data key row.
    pub(crate) async fn open(&self, db: &impl ConnectionTrait, row: &DataKeyRow) -> ServiceResult<DataKey> {
        let ring_key = self.ring_key(db, row.ring_key).await?;
        Ok(ring_key.unwrap(&row.wrapped, &place(row))?)
    }

    /// The data key of the environment's current generation.
    pub(crate) async fn data_key(
        &self,
        db: &impl ConnectionTrait,
        e: &Environment,
    ) -> ServiceResult<DataKey> {
        let found = store::data_keys::get_usable(db, e.id.0, e.generation).await?;
        let (row, usable) = found.ok_or_else(moved_on)?;
        if !usable {
            self.forget(row.ring_key);
            return Err(unavailable());
        }
        let ring_key = self.unwrapped(db, row.ring_key).await?;
        Ok(ring_key.unwrap(&row.wrapped, &place(&row))?)
    }

    /// Makes a data key and wraps it with the ring key `id`.
    pub(crate) async fn make_data_key(
        &self,
        db: &impl ConnectionTrait,
        owner: uuid::Uuid,
        generation: u32,
        id: RingKeyId,
    ) -> ServiceResult<DataKeyRow> {
        let ring_key = self.ring_key(db, id).await?;
        let mut row = DataKeyRow { owner, generation, ring_key: id, wrapped: Vec::new() };
        row.wrapped = ring_key.wrap(&DataKey::generate(), &place(&row));
        Ok(row)
    }
}

/// Where a wrapped data key is bound to.
pub(crate) fn place(row: &DataKeyRow) -> DataKeyPlace {
    DataKeyPlace { owner: *row.owner.as_bytes(), generation: row.generation }
}

fn protection_place(ring: RingId, key: KeyId) -> String {
    format!("{ring}|protection-key|{key}")
}

fn file_place(key: KeyId) -> String {
    format!("key-file|{key}")
}

fn ring_key_place(ring: RingId, key: RingKeyId, wrapped_by: WrappedBy) -> String {
    match wrapped_by {
        WrappedBy::Platform(kek) => format!("{ring}|ring-key|{key}|platform-key|{kek}"),
        WrappedBy::Protection(kek) => format!("{ring}|ring-key|{key}|protection-key|{kek}"),
    }
}

fn platform_place(ring: RingId, key: PlatformKeyId) -> String {
    format!("{ring}|platform-key|{key}")
}

/// The customer's key is not here: nothing this portal holds opens the data.
fn unavailable() -> ServiceError {
    Refusal::new(Code::KeyUnavailable, "The key that encrypts this data is not available to the portal.")
        .remedy("Bring the key file back.")
        .into()
}

/// The generation changed between two reads: a job just finished.
fn moved_on() -> ServiceError {
    Refusal::new(Code::EnvironmentBusy, "The environment's data key has just changed.")
        .remedy("Try again.")
        .into()
}
