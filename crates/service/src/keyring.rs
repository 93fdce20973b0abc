//! From a row in the database to a key that opens data, and nothing further out.
//!
//! Unwrapped ring keys live here and only here. A data key is unwrapped for each use
//! from the row read in the same transaction (0.3 µs), so that a retired key cannot be used from a cache.

use crate::{
    ServiceResult,
    error::ServiceError,
    root_key::{Root, RootKeys},
};
use domain::{Code, Refusal, RingKeyId};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use store::{ConnectionTrait, data_keys::DataKeyRow, environments::Environment, ring_keys::WrappedBy};
use vault::{DataKey, DataKeyPlace, RingKey};

/// So many unwrapped ring keys are kept; rings beyond that cost an RSA operation each time.
const HOT_RING_KEYS: usize = 4_096;

/// The root key and the hot ring keys.
pub struct Keyring {
    roots: RootKeys,
    hot: Mutex<HashMap<RingKeyId, Arc<RingKey>>>,
}

impl Keyring {
    pub(crate) fn new(roots: RootKeys) -> Self {
        Self { roots, hot: Mutex::new(HashMap::new()) }
    }

    /// The root key.
    pub fn roots(&self) -> &RootKeys {
        &self.roots
    }

    /// The ring key as its key-encryption key wraps it: what whoever holds the key file opens.
    pub fn wrapped_ring_key(&self, row: &store::ring_keys::RingKeyRow) -> ServiceResult<Vec<u8>> {
        self.roots.current().open_ring_key(row)
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
        let root = self.roots.current();
        let mut opened = unwrap(&root, db, id).await;
        if opened.is_err() && !Arc::ptr_eq(&root, &self.roots.look(db).await?) {
            // The root key was rotated since this process last looked.
            opened = unwrap(&self.roots.current(), db, id).await;
        }
        let key = Arc::new(opened?);
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

/// From the root key to the ring key, by the rows in the database.
async fn unwrap(root: &Root, db: &impl ConnectionTrait, id: RingKeyId) -> ServiceResult<RingKey> {
    let row = store::ring_keys::get(db, id).await?.ok_or_else(unavailable)?;
    let kek = match row.wrapped_by {
        WrappedBy::Platform(key) => root.open_platform_key(&store::platform_keys::get(db, key).await?)?,
        WrappedBy::Protection(key) => {
            root.open_protection_key(&store::keys::get(db, key).await?.ok_or_else(unavailable)?)?
        }
    };
    Ok(kek.unwrap(&root.open_ring_key(&row)?)?)
}

/// The customer's key is not here: nothing this portal holds opens the data.
pub(crate) fn unavailable() -> ServiceError {
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
