//! The key of a backup of the whole portal: from a passphrase, because it has to open where nothing else is left.

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

use crate::{CannotOpen, Password, seal::Cipher, seal::KEY, stack};

const LABEL: &[u8; 8] = b"ks-bak-1";
/// Bytes of the salt, which stands in the clear at the file's beginning.
pub const SALT: usize = 16;

/// Seals the chunks of one backup.
pub struct ArchiveKey(Cipher);

impl ArchiveKey {
    /// The key of this passphrase and salt. Argon2id with 64 MiB and 3 passes: it is made once a file, and whoever has
    /// the file can guess for ever.
    pub fn derive(passphrase: &Password, salt: &[u8; SALT]) -> Self {
        let params = Params::new(65_536, 3, 1, Some(KEY)).expect("the parameters are valid");
        let mut key = Zeroizing::new([0; KEY]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.expose().as_bytes(), salt, &mut *key)
            .expect("Argon2id hashes any passphrase with a salt of 16 bytes");
        stack::wiped::<{ stack::SHALLOW }, _>(|| Self(Cipher::new(&key)))
    }

    /// Seals the chunk number `seq`; the last one says so, so that a file that was cut does not pass for whole.
    pub fn seal(&self, seq: u64, last: bool, plaintext: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::new();
        self.0.seal_into(&aad(seq, last), plaintext, &mut sealed);
        sealed
    }

    /// Opens the chunk number `seq`.
    ///
    /// # Errors
    /// [`CannotOpen`] for another passphrase, another place and any altered byte.
    pub fn open(&self, seq: u64, last: bool, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        self.0.open(&aad(seq, last), sealed)
    }
}

fn aad(seq: u64, last: bool) -> [u8; 17] {
    let mut aad = [0; 17];
    aad[..8].copy_from_slice(LABEL);
    aad[8..16].copy_from_slice(&seq.to_be_bytes());
    aad[16] = u8::from(last);
    aad
}
