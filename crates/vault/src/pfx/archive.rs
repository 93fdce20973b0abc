//! The safes of a key file.

use der::{AnyRef, Decode, Tag, Tagged, asn1::OctetStringRef};
use zeroize::Zeroizing;

use super::{
    PfxRefusal,
    asn1::{ContentInfo, EncryptedData, damaged},
    ber,
    budget::Budget,
    decrypt::decrypt,
    oid,
    passphrase::Passphrase,
};

/// The decrypted content of one safe.
pub(super) struct Safe {
    /// `SEQUENCE OF SafeBag`.
    pub(super) der: Zeroizing<Vec<u8>>,
    /// Whether the safe was encrypted as a whole.
    pub(super) encrypted: bool,
}

/// Decrypts the safes of an AuthenticatedSafe.
pub(super) fn open(
    authenticated: &[u8],
    passphrase: &Passphrase<'_>,
    budget: &mut Budget,
) -> Result<Vec<Safe>, PfxRefusal> {
    let der = ber::to_der(authenticated).ok_or(PfxRefusal::NotPkcs12)?;
    let infos = Vec::<ContentInfo<'_>>::from_der(&der).map_err(damaged)?;
    infos.into_iter().map(|info| open_one(&info, passphrase, budget)).collect()
}

fn open_one(
    info: &ContentInfo<'_>,
    passphrase: &Passphrase<'_>,
    budget: &mut Budget,
) -> Result<Safe, PfxRefusal> {
    let (content, encrypted) = match info.content_type {
        oid::DATA => {
            let octets = info.content.decode_as::<&OctetStringRef>().map_err(damaged)?;
            (Zeroizing::new(octets.as_bytes().to_vec()), false)
        }
        oid::ENCRYPTED_DATA => {
            let data: EncryptedData<'_> = info.content.decode_as().map_err(damaged)?;
            let octets = implicit_octets(data.content.octets)?;
            (decrypt(&data.content.algorithm, &octets, passphrase, budget)?, true)
        }
        oid::ENVELOPED_DATA => {
            return Err(PfxRefusal::Scheme { found: "a public key instead of a password".into() });
        }
        other => return Err(PfxRefusal::Scheme { found: format!("the content type {other}") }),
    };
    let der = ber::to_der(&content).ok_or(PfxRefusal::NotPkcs12)?;
    Ok(Safe { der, encrypted })
}

/// The octets of `[0] IMPLICIT OCTET STRING`.
fn implicit_octets(any: AnyRef<'_>) -> Result<Zeroizing<Vec<u8>>, PfxRefusal> {
    match any.tag() {
        Tag::ContextSpecific { constructed, number } if number.value() == 0 => {
            ber::implicit_octets(constructed, any.value()).ok_or(PfxRefusal::NotPkcs12)
        }
        _ => Err(PfxRefusal::NotPkcs12),
    }
}
