//! The key-encryption key: an RSA private key, parsed once and kept hot.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeySize, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey},
};
use zeroize::Zeroizing;

use crate::{CannotOpen, Fingerprint, KekPublic, KeyError, RingKey, RootKey, counters};

/// An RSA private key that wraps ring keys: a tenant's protection key, a version of a vault key, or the
/// platform-managed key of a tenant and region.
///
/// Parsing costs more than an unwrap, so keep it behind an `Arc`; it may be used by many threads at once.
pub struct Kek {
    private: PrivateDecryptingKey,
    oaep: OaepPrivateDecryptingKey,
    public: KekPublic,
}

/// The sizes of RSA key that can be made here. Protection keys are always 2048 (PP-040).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KekSize {
    /// 2048 bits.
    Rsa2048,
    /// 3072 bits.
    Rsa3072,
    /// 4096 bits.
    Rsa4096,
}

impl Kek {
    /// A new RSA-2048 key.
    ///
    /// # Errors
    /// [`KeyError::Generation`] when the library finds no key.
    pub fn generate() -> Result<Self, KeyError> {
        Self::generate_sized(KekSize::Rsa2048)
    }

    /// A new RSA key of the given size, for vault keys.
    ///
    /// # Errors
    /// As [`Kek::generate`].
    pub fn generate_sized(size: KekSize) -> Result<Self, KeyError> {
        let size = match size {
            KekSize::Rsa2048 => KeySize::Rsa2048,
            KekSize::Rsa3072 => KeySize::Rsa3072,
            KekSize::Rsa4096 => KeySize::Rsa4096,
        };
        Self::new(PrivateDecryptingKey::generate(size).map_err(|_| KeyError::Generation)?)
    }

    /// Opens a key that [`Kek::seal`] sealed for the same place.
    ///
    /// # Errors
    /// [`KeyError::CannotOpen`] when the root key does not open it, [`KeyError::NotAccepted`] when what was
    /// sealed is no RSA key.
    pub fn from_sealed(root: &RootKey, place: &str, sealed: &[u8]) -> Result<Self, KeyError> {
        Self::from_pkcs8_der(&root.open(place, sealed)?)
    }

    /// Reads a PKCS#8 PrivateKeyInfo. The library checks that its parts belong together, not that its primes are
    /// prime: foreign keys go through [`crate::pfx::read`].
    pub(crate) fn from_pkcs8_der(pkcs8: &[u8]) -> Result<Self, KeyError> {
        Self::new(PrivateDecryptingKey::from_pkcs8(pkcs8).map_err(|_| KeyError::NotAccepted)?)
    }

    fn new(private: PrivateDecryptingKey) -> Result<Self, KeyError> {
        let public = KekPublic::new(private.public_key())?;
        let oaep = OaepPrivateDecryptingKey::new(private.clone()).map_err(|_| KeyError::NotAccepted)?;
        Ok(Self { private, oaep, public })
    }

    /// The PKCS#8 DER, sealed by the root key for `place` (`ring|key|version`).
    pub fn seal(&self, root: &RootKey, place: &str) -> Vec<u8> {
        root.seal(place, self.pkcs8_der().as_ref())
    }

    /// The PKCS#8 DER; zeroized when dropped.
    pub(crate) fn pkcs8_der(&self) -> Pkcs8V1Der<'static> {
        self.private.as_der().expect("a key that was accepted can be encoded")
    }

    /// The public half.
    pub fn public(&self) -> KekPublic {
        self.public.clone()
    }

    /// The fingerprint of the public half.
    pub fn fingerprint(&self) -> Fingerprint {
        self.public.fingerprint()
    }

    /// The size of the modulus in bits.
    pub fn bits(&self) -> u32 {
        self.public.bits()
    }

    /// Wraps a ring key with RSA-OAEP, SHA-256 and MGF1-SHA-256. One public operation.
    pub fn wrap(&self, ring_key: &RingKey) -> Vec<u8> {
        self.public.wrap(ring_key)
    }

    /// Unwraps a ring key. One private operation, in constant time and blinded by the library.
    ///
    /// # Errors
    /// [`CannotOpen`], the same for every cause.
    pub fn unwrap(&self, wrapped: &[u8]) -> Result<RingKey, CannotOpen> {
        counters::count_rsa_private();
        let mut buffer = Zeroizing::new(vec![0; self.oaep.min_output_size()]);
        let plaintext =
            self.oaep.decrypt(&OAEP_SHA256_MGF1SHA256, wrapped, &mut buffer, None).map_err(|_| CannotOpen)?;
        let key: &[u8; 32] = (&*plaintext).try_into().map_err(|_| CannotOpen)?;
        Ok(RingKey::new(key))
    }
}
