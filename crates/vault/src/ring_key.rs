//! The ring key: wraps the data keys of one key ring.

use crate::{
    CannotOpen, DataKey, counters,
    seal::{Cipher, KEY, NONCE, TAG},
    stack,
};

/// First byte of what [`RingKey::wrap`] makes.
const VERSION: u8 = 1;
const LABEL: &[u8; 8] = b"ks-dek-1";

/// Bytes of a wrapped data key: version | 12-byte nonce | 32-byte ciphertext | 16-byte tag.
pub const WRAPPED_DATA_KEY: usize = 1 + NONCE + KEY + TAG;

/// An AES-256 key that wraps data keys, one per activation of a key-encryption key. It exists so that switching
/// to a new key costs two RSA operations and one fast re-wrap per environment (PP-077).
pub struct RingKey(Cipher);

/// Whose data key it is. Bound into the wrap, so a data key moved to another owner or generation does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DataKeyPlace {
    /// The id of the environment or service.
    pub owner: [u8; 16],
    /// Which of the owner's data keys, counted from 1.
    pub generation: u32,
}

impl DataKeyPlace {
    fn aad(&self) -> [u8; 28] {
        let mut aad = [0; 28];
        aad[..8].copy_from_slice(LABEL);
        aad[8..24].copy_from_slice(&self.owner);
        aad[24..].copy_from_slice(&self.generation.to_be_bytes());
        aad
    }
}

impl RingKey {
    /// A new ring key from the operating system's random numbers.
    pub fn generate() -> Self {
        Self(Cipher::generate())
    }

    pub(crate) fn new(key: &[u8; KEY]) -> Self {
        Self(Cipher::new(key))
    }

    pub(crate) fn key(&self) -> &[u8; KEY] {
        self.0.key()
    }

    /// Wraps a data key for its place: [`WRAPPED_DATA_KEY`] bytes.
    pub fn wrap(&self, data_key: &DataKey, place: &DataKeyPlace) -> Vec<u8> {
        self.wrap_bytes(data_key.key(), place)
    }

    fn wrap_bytes(&self, key: &[u8; KEY], place: &DataKeyPlace) -> Vec<u8> {
        let mut wrapped = Vec::with_capacity(WRAPPED_DATA_KEY);
        wrapped.push(VERSION);
        self.0.seal_into(&place.aad(), key, &mut wrapped);
        wrapped
    }

    /// Unwraps the data key of this place.
    ///
    /// # Errors
    /// [`CannotOpen`] for another ring key, another place and any altered byte.
    pub fn unwrap(&self, wrapped: &[u8], place: &DataKeyPlace) -> Result<DataKey, CannotOpen> {
        Ok(DataKey::new(self.0.open_cipher(&place.aad(), body(wrapped)?)?))
    }

    /// Moves a wrapped data key from this ring key to `to`, without making a usable data key of it in between
    /// (no key schedule, no heap): 100,000 of them take a fraction of a second.
    ///
    /// # Errors
    /// As [`RingKey::unwrap`].
    pub fn rewrap(&self, to: &RingKey, place: &DataKeyPlace, wrapped: &[u8]) -> Result<Vec<u8>, CannotOpen> {
        let body = body(wrapped)?;
        counters::count_aes_rewrap();
        stack::wiped::<{ stack::SHALLOW }, _>(|| {
            Ok(to.wrap_bytes(&*self.0.open_key(&place.aad(), body)?, place))
        })
    }
}

fn body(wrapped: &[u8]) -> Result<&[u8], CannotOpen> {
    match wrapped.split_first() {
        Some((&VERSION, body)) => Ok(body),
        _ => Err(CannotOpen),
    }
}
