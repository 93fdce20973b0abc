//! The data key: seals rows, definitions, documents and backups.

use zeroize::Zeroizing;

use crate::{
    CannotOpen,
    random::{self, Draws},
    seal::{Cipher, KEY, NONCE, TAG},
};

/// First byte of what [`DataKey::seal`] makes.
const VERSION: u8 = 1;
const HEADER: usize = 1 + 4;
const LABEL: &[u8; 8] = b"ks-row-1";

/// Bytes that sealing adds to a plaintext: version | generation | nonce | … | tag.
pub const SEAL_OVERHEAD: usize = HEADER + NONCE + TAG;

/// An AES-256 key of one environment or service, with its cipher expanded.
///
/// A key may seal 2^32 values before the chance of a repeated random nonce exceeds 2^-33 (NIST SP 800-38D, 8.3);
/// every Apply and Return makes a fresh one.
pub struct DataKey(Cipher);

/// Where a sealed value belongs. Bound into the seal, so a value moved elsewhere does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// The id of the environment or service.
    pub owner: [u8; 16],
    /// The id of the table, or of the kind of content.
    pub table: [u8; 16],
    /// The id of the row.
    pub row: [u8; 16],
    /// Which of the owner's data keys seals it.
    pub generation: u32,
}

impl Place {
    fn aad(&self) -> [u8; 60] {
        let mut aad = [0; 60];
        aad[..8].copy_from_slice(LABEL);
        aad[8..24].copy_from_slice(&self.owner);
        aad[24..40].copy_from_slice(&self.table);
        aad[40..56].copy_from_slice(&self.row);
        aad[56..].copy_from_slice(&self.generation.to_be_bytes());
        aad
    }
}

impl DataKey {
    /// A new data key from the operating system's random numbers.
    pub fn generate() -> Self {
        Self(Cipher::generate())
    }

    pub(crate) fn new(cipher: Cipher) -> Self {
        Self(cipher)
    }

    pub(crate) fn key(&self) -> &[u8; KEY] {
        self.0.key()
    }

    /// Seals `plaintext` for `place`: version byte 1 | generation, 4 bytes big-endian | 12-byte nonce |
    /// ciphertext | 16-byte tag, [`SEAL_OVERHEAD`] bytes more than the plaintext.
    pub fn seal(&self, place: &Place, plaintext: &[u8]) -> Vec<u8> {
        self.seal_with(random::bytes(), place, plaintext)
    }

    /// For a batch of values: seals as [`DataKey::seal`] does, in half the time for small ones.
    pub fn sealer(&self) -> Sealer<'_> {
        Sealer { key: self, nonces: Draws::new() }
    }

    fn seal_with(&self, nonce: [u8; NONCE], place: &Place, plaintext: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(SEAL_OVERHEAD + plaintext.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&place.generation.to_be_bytes());
        self.0.seal_with(nonce, &place.aad(), plaintext, &mut sealed);
        sealed
    }

    /// Opens the sealed value of this place.
    ///
    /// # Errors
    /// [`CannotOpen`] for another key, another owner, table, row or generation, and any altered byte.
    pub fn open(&self, place: &Place, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        if Self::generation_of(sealed) != Some(place.generation) {
            return Err(CannotOpen);
        }
        self.0.open(&place.aad(), &sealed[HEADER..])
    }

    /// The key generation that a sealed value names; `None` when it is no sealed value. Only a hint on which key
    /// to fetch: [`DataKey::open`] is what proves it.
    pub fn generation_of(sealed: &[u8]) -> Option<u32> {
        match sealed.split_first_chunk::<HEADER>() {
            Some(([VERSION, generation @ ..], rest)) if rest.len() >= NONCE + TAG => {
                Some(u32::from_be_bytes(*generation))
            }
            _ => None,
        }
    }
}

/// Seals the values of one batch; its nonces are drawn many at a time.
pub struct Sealer<'k> {
    key: &'k DataKey,
    nonces: Draws,
}

impl Sealer<'_> {
    /// As [`DataKey::seal`].
    pub fn seal(&mut self, place: &Place, plaintext: &[u8]) -> Vec<u8> {
        self.key.seal_with(self.nonces.bytes(), place, plaintext)
    }
}
