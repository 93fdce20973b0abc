//! AES-256-GCM with a random 96-bit nonce, the one construction behind every seal and wrap of this crate.

use aes_gcm::{
    Aes256Gcm, Nonce, Tag,
    aead::{AeadInOut, KeyInit},
};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{CannotOpen, random, stack};

/// Bytes of an AES-256 key.
pub(crate) const KEY: usize = 32;
/// Bytes of a nonce: 96 bits, the size GCM is defined for without hashing.
pub(crate) const NONCE: usize = 12;
/// Bytes of an authentication tag.
pub(crate) const TAG: usize = 16;

/// A plaintext AES-256 key and its expanded cipher. On the heap, so that moving the owner copies a pointer and
/// not the key; both parts are zeroized on drop.
pub(crate) struct Cipher(Box<Parts>);

struct Parts {
    key: Zeroizing<[u8; KEY]>,
    cipher: Aes256Gcm,
}

/// Does not compile when the cipher's own zeroizing is switched off by a change of features.
const _: fn() = || {
    fn zeroized<T: ZeroizeOnDrop>() {}
    zeroized::<Aes256Gcm>();
    zeroized::<Zeroizing<[u8; KEY]>>();
};

impl Cipher {
    pub(crate) fn generate() -> Self {
        stack::wiped::<{ stack::SHALLOW }, _>(|| {
            let mut key = Zeroizing::new([0; KEY]);
            random::fill(&mut *key);
            Self::unwiped(&key)
        })
    }

    pub(crate) fn new(key: &[u8; KEY]) -> Self {
        stack::wiped::<{ stack::SHALLOW }, _>(|| Self::unwiped(key))
    }

    fn unwiped(key: &[u8; KEY]) -> Self {
        Self(Box::new(Parts { key: Zeroizing::new(*key), cipher: Aes256Gcm::new(key.into()) }))
    }

    /// The cipher of the key that [`Cipher::seal_into`] appended.
    pub(crate) fn open_cipher(&self, aad: &[u8], sealed: &[u8]) -> Result<Self, CannotOpen> {
        stack::wiped::<{ stack::SHALLOW }, _>(|| self.open_key(aad, sealed).map(|key| Self::unwiped(&key)))
    }

    pub(crate) fn key(&self) -> &[u8; KEY] {
        &self.0.key
    }

    /// Appends nonce | ciphertext | tag to `out`.
    pub(crate) fn seal_into(&self, aad: &[u8], plaintext: &[u8], out: &mut Vec<u8>) {
        self.seal_with(random::bytes(), aad, plaintext, out);
    }

    /// As [`Cipher::seal_into`], with a nonce drawn before; it must be fresh from the operating system.
    pub(crate) fn seal_with(&self, nonce: [u8; NONCE], aad: &[u8], plaintext: &[u8], out: &mut Vec<u8>) {
        out.reserve_exact(NONCE + plaintext.len() + TAG);
        out.extend_from_slice(&nonce);
        let start = out.len();
        out.extend_from_slice(plaintext);
        let tag = self
            .0
            .cipher
            .encrypt_inout_detached(&Nonce::from(nonce), aad, out[start..].as_mut().into())
            .expect("a plaintext is shorter than GCM's limit of 64 GiB");
        out.extend_from_slice(&tag);
    }

    /// Opens what [`Cipher::seal_into`] appended.
    pub(crate) fn open(&self, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE>().ok_or(CannotOpen)?;
        let (ciphertext, tag) = rest.split_last_chunk::<TAG>().ok_or(CannotOpen)?;
        let mut plaintext = Zeroizing::new(ciphertext.to_vec());
        self.open_in_place(nonce, aad, &mut plaintext, tag)?;
        Ok(plaintext)
    }

    /// Opens a sealed AES-256 key without touching the heap.
    pub(crate) fn open_key(&self, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<[u8; KEY]>, CannotOpen> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE>().ok_or(CannotOpen)?;
        let (ciphertext, tag) = rest.split_last_chunk::<TAG>().ok_or(CannotOpen)?;
        let mut key = Zeroizing::new(<[u8; KEY]>::try_from(ciphertext).map_err(|_| CannotOpen)?);
        self.open_in_place(nonce, aad, &mut *key, tag)?;
        Ok(key)
    }

    fn open_in_place(
        &self,
        nonce: &[u8; NONCE],
        aad: &[u8],
        buffer: &mut [u8],
        tag: &[u8; TAG],
    ) -> Result<(), CannotOpen> {
        let opened = self.0.cipher.decrypt_inout_detached(
            &Nonce::from(*nonce),
            aad,
            (&mut *buffer).into(),
            &Tag::from(*tag),
        );
        // The library checks the tag first and leaves the ciphertext alone; nothing half-opened stays either way.
        opened.map_err(|_| {
            buffer.zeroize();
            CannotOpen
        })
    }
}
