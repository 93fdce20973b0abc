//! The public half of a key-encryption key.

use std::sync::Arc;

use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey},
};
use der::{AnyRef, Decode};
use sha2::{Digest, Sha256};

use crate::{Fingerprint, KeyError, RingKey, counters};

/// An RSA public key that can wrap ring keys. Cheap to clone.
#[derive(Clone)]
pub struct KekPublic(Arc<Parts>);

struct Parts {
    oaep: OaepPublicEncryptingKey,
    spki_der: Vec<u8>,
    fingerprint: Fingerprint,
}

impl KekPublic {
    /// Reads a SubjectPublicKeyInfo in DER.
    ///
    /// # Errors
    /// [`KeyError::NotAccepted`] unless it is an RSA key of 2048, 3072 or 4096 bits.
    pub fn from_spki_der(spki_der: &[u8]) -> Result<Self, KeyError> {
        // The library passes over what follows the key; here it is part of what was given.
        AnyRef::from_der(spki_der).map_err(|_| KeyError::NotAccepted)?;
        Self::new(PublicEncryptingKey::from_der(spki_der).map_err(|_| KeyError::NotAccepted)?)
    }

    /// Encodes the key anew, so that one key has one fingerprint however it was written.
    pub(crate) fn new(public: PublicEncryptingKey) -> Result<Self, KeyError> {
        if !matches!(public.key_size_bits(), 2048 | 3072 | 4096) {
            return Err(KeyError::NotAccepted);
        }
        let spki: PublicKeyX509Der<'_> = public.as_der().map_err(|_| KeyError::NotAccepted)?;
        let spki_der = spki.as_ref().to_vec();
        let fingerprint = Fingerprint(Sha256::digest(&spki_der).into());
        let oaep = OaepPublicEncryptingKey::new(public).map_err(|_| KeyError::NotAccepted)?;
        Ok(Self(Arc::new(Parts { oaep, spki_der, fingerprint })))
    }

    /// Wraps a ring key with RSA-OAEP, SHA-256 and MGF1-SHA-256, no label: as many bytes as the modulus has.
    pub fn wrap(&self, ring_key: &RingKey) -> Vec<u8> {
        counters::count_rsa_public();
        let mut wrapped = vec![0; self.0.oaep.ciphertext_size()];
        let length = self
            .0
            .oaep
            .encrypt(&OAEP_SHA256_MGF1SHA256, ring_key.key(), &mut wrapped, None)
            .expect("32 bytes fit OAEP-256 under a modulus of 2048 bits or more")
            .len();
        wrapped.truncate(length);
        wrapped
    }

    /// The SubjectPublicKeyInfo in DER.
    pub fn spki_der(&self) -> &[u8] {
        &self.0.spki_der
    }

    /// SHA-256 of the SubjectPublicKeyInfo.
    pub fn fingerprint(&self) -> Fingerprint {
        self.0.fingerprint
    }

    /// The size of the modulus in bits.
    pub fn bits(&self) -> u32 {
        u32::try_from(self.0.oaep.key_size_bits()).expect("a modulus has at most 4096 bits")
    }
}
