//! The root key: seals key material at rest.

use aws_lc_rs::hkdf;
use zeroize::Zeroizing;

use crate::{
    CannotOpen, WrongLength,
    seal::{Cipher, KEY},
    stack,
};

/// First byte of what [`RootKey::seal`] makes.
const VERSION: u8 = 1;
const SEAL: &[u8] = b"keystead root seal 1";
const CHECK: &[u8] = b"keystead root check value 1";

/// The 32 bytes that seal every key of one installation at rest. Held in a file, in the environment or behind
/// PKCS#11, never in the database.
///
/// The key itself seals nothing: HKDF-SHA-256 makes one key for sealing and one for the check value from it.
pub struct RootKey {
    bytes: Box<Zeroizing<[u8; KEY]>>,
    seal: Cipher,
}

impl RootKey {
    /// A new root key from the operating system's random numbers.
    pub fn generate() -> Self {
        stack::wiped::<{ stack::SHALLOW }, _>(|| {
            let mut bytes = Zeroizing::new([0; KEY]);
            crate::random::fill(&mut *bytes);
            Self::unwiped(&bytes)
        })
    }

    /// The root key with these bytes.
    ///
    /// # Errors
    /// [`WrongLength`] unless there are exactly 32.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WrongLength> {
        let bytes: &[u8; KEY] = bytes.try_into().map_err(|_| WrongLength { found: bytes.len() })?;
        Ok(stack::wiped::<{ stack::SHALLOW }, _>(|| Self::unwiped(bytes)))
    }

    fn unwiped(bytes: &[u8; KEY]) -> Self {
        let mut derived = Zeroizing::new([0; KEY]);
        derive(bytes, SEAL, &mut *derived);
        Self { bytes: Box::new(Zeroizing::new(*bytes)), seal: Cipher::new(&derived) }
    }

    /// The 32 bytes, for the one purpose of writing the key file.
    pub fn expose(&self) -> &[u8; KEY] {
        &self.bytes
    }

    /// A value that tells this root key from others and reveals nothing about it. The database keeps it, so that
    /// a start with another installation's root key is refused instead of failing at the first key.
    pub fn check_value(&self) -> [u8; 16] {
        let mut derived = [0; KEY];
        derive(&self.bytes, CHECK, &mut derived);
        let mut value = [0; 16];
        value.copy_from_slice(&derived[..16]);
        value
    }

    /// Seals `plaintext` for `place` (`ring|key|version`): version byte | 12-byte nonce | ciphertext | 16-byte tag.
    pub fn seal(&self, place: &str, plaintext: &[u8]) -> Vec<u8> {
        let mut sealed = vec![VERSION];
        self.seal.seal_into(place.as_bytes(), plaintext, &mut sealed);
        sealed
    }

    /// Opens what [`RootKey::seal`] made for the same place.
    ///
    /// # Errors
    /// [`CannotOpen`] for another root key, another place and any altered byte.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        match sealed.split_first() {
            Some((&VERSION, rest)) => self.seal.open(place.as_bytes(), rest),
            _ => Err(CannotOpen),
        }
    }
}

fn derive(root: &[u8; KEY], purpose: &[u8], out: &mut [u8]) {
    hkdf::Salt::new(hkdf::HKDF_SHA256, b"keystead")
        .extract(root)
        .expand(&[purpose], hkdf::HKDF_SHA256)
        .and_then(|key| key.fill(out))
        .expect("HKDF-SHA-256 gives the 32 bytes it is asked for");
}
