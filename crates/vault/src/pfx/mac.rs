//! The MAC that protects a key file.

use aws_lc_rs::hmac;
use der::asn1::OctetStringRef;
use pkcs12::kdf::{Pkcs12KeyType, derive_key};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use super::{
    PfxRefusal,
    asn1::{Pfx, damaged},
    budget::Budget,
    oid,
    passphrase::Passphrase,
};

/// Checks the MAC and returns what it covers, the encoded AuthenticatedSafe.
///
/// # Errors
/// [`PfxRefusal::NoPassword`] without a MAC: such a file can be changed by anyone, key included (PP-041).
pub(super) fn verify<'a>(
    pfx: &Pfx<'a>,
    passphrase: &Passphrase<'_>,
    budget: &mut Budget,
) -> Result<&'a [u8], PfxRefusal> {
    match pfx.auth_safe.content_type {
        oid::DATA => {}
        oid::SIGNED_DATA => {
            return Err(PfxRefusal::Scheme { found: "a signature instead of a password".into() });
        }
        _ => return Err(PfxRefusal::NotPkcs12),
    }
    let content = pfx.auth_safe.content.decode_as::<&OctetStringRef>().map_err(damaged)?.as_bytes();
    let data = pfx.mac_data.as_ref().ok_or(PfxRefusal::NoPassword)?;
    let hash = Hash::named(data.mac.algorithm.oid)?;
    budget.charge(data.iterations)?;
    let rounds = i32::try_from(data.iterations).map_err(|_| PfxRefusal::WorkFactor)?;
    let key = hash.key(passphrase.utf16(), data.salt.as_bytes(), rounds);
    hmac::verify(&key, content, data.mac.digest.as_bytes()).map_err(|_| PfxRefusal::BadPassword)?;
    Ok(content)
}

/// The hash of a MAC.
#[derive(Clone, Copy)]
pub(super) enum Hash {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    fn named(id: der::asn1::ObjectIdentifier) -> Result<Self, PfxRefusal> {
        Ok(match id {
            oid::SHA1 => Self::Sha1,
            oid::SHA224 => Self::Sha224,
            oid::SHA256 => Self::Sha256,
            oid::SHA384 => Self::Sha384,
            oid::SHA512 => Self::Sha512,
            oid::PBMAC1 => return Err(PfxRefusal::Scheme { found: "a PBMAC1 MAC".into() }),
            other => return Err(PfxRefusal::Scheme { found: format!("the MAC algorithm {other}") }),
        })
    }

    /// The HMAC key: as long as the hash, from the key derivation of RFC 7292, B.2.
    pub(super) fn key(self, utf16: &[u8], salt: &[u8], rounds: i32) -> hmac::Key {
        let id = Pkcs12KeyType::Mac;
        let (algorithm, key) = match self {
            Self::Sha1 => {
                (hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, derive_key::<Sha1>(utf16, salt, id, rounds, 20))
            }
            Self::Sha224 => (hmac::HMAC_SHA224, derive_key::<Sha224>(utf16, salt, id, rounds, 28)),
            Self::Sha256 => (hmac::HMAC_SHA256, derive_key::<Sha256>(utf16, salt, id, rounds, 32)),
            Self::Sha384 => (hmac::HMAC_SHA384, derive_key::<Sha384>(utf16, salt, id, rounds, 48)),
            Self::Sha512 => (hmac::HMAC_SHA512, derive_key::<Sha512>(utf16, salt, id, rounds, 64)),
        };
        hmac::Key::new(algorithm, &Zeroizing::new(key))
    }
}
