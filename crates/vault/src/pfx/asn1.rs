//! The ASN.1 types of RFC 7292, borrowing from the file so that no copies of plaintext keys come about.

use der::{
    AnyRef, Decode, Reader, Sequence, SliceReader,
    asn1::{ObjectIdentifier, OctetStringRef},
};
use spki::AlgorithmIdentifierRef;

use super::PfxRefusal;

/// The whole file.
#[derive(Sequence)]
pub(super) struct Pfx<'a> {
    version: u8,
    pub(super) auth_safe: ContentInfo<'a>,
    pub(super) mac_data: Option<MacData<'a>>,
}

/// A typed value: plain data, encrypted data and, refused here, signed and enveloped data.
#[derive(Sequence)]
pub(super) struct ContentInfo<'a> {
    pub(super) content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    pub(super) content: AnyRef<'a>,
}

/// The MAC over the authenticated safe.
#[derive(Sequence)]
pub(super) struct MacData<'a> {
    pub(super) mac: DigestInfo<'a>,
    pub(super) salt: &'a OctetStringRef,
    #[asn1(default = "one")]
    pub(super) iterations: u64,
}

fn one() -> u64 {
    1
}

#[derive(Sequence)]
pub(super) struct DigestInfo<'a> {
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) digest: &'a OctetStringRef,
}

/// EncryptedData of CMS, without its optional attributes.
#[derive(Sequence)]
pub(super) struct EncryptedData<'a> {
    pub(super) version: u8,
    pub(super) content: EncryptedContent<'a>,
}

#[derive(Sequence)]
pub(super) struct EncryptedContent<'a> {
    pub(super) content_type: ObjectIdentifier,
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    /// `[0] IMPLICIT OCTET STRING`, in one piece or, in BER, in several.
    pub(super) octets: AnyRef<'a>,
}

/// A bag: a key, a certificate or something else.
#[derive(Sequence)]
pub(super) struct SafeBag<'a> {
    pub(super) id: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    pub(super) value: AnyRef<'a>,
    /// `SET OF Attribute`, in any order: not every tool sorts it.
    pub(super) attributes: Option<AnyRef<'a>>,
}

#[derive(Sequence)]
pub(super) struct Attribute<'a> {
    pub(super) id: ObjectIdentifier,
    pub(super) values: AnyRef<'a>,
}

#[derive(Sequence)]
pub(super) struct CertBag<'a> {
    pub(super) id: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    pub(super) certificate: AnyRef<'a>,
}

/// EncryptedPrivateKeyInfo of PKCS#8.
#[derive(Sequence)]
pub(super) struct ShroudedKey<'a> {
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) octets: &'a OctetStringRef,
}

/// Parameters of the PKCS#12 encryption schemes.
#[derive(Sequence)]
pub(super) struct PbeParameters<'a> {
    pub(super) salt: &'a OctetStringRef,
    pub(super) iterations: u64,
}

impl<'a> Pfx<'a> {
    pub(super) fn read(der: &'a [u8]) -> Result<Self, PfxRefusal> {
        let pfx = Self::from_der(der).map_err(damaged)?;
        if pfx.version == 3 { Ok(pfx) } else { Err(PfxRefusal::NotPkcs12) }
    }
}

/// The elements of a SET OF or SEQUENCE OF, in the order they stand in.
pub(super) fn elements<'a, T>(any: AnyRef<'a>) -> Result<Vec<T>, PfxRefusal>
where
    T: Decode<'a, Error = der::Error>,
{
    let mut reader = SliceReader::new(any.value()).map_err(damaged)?;
    let mut elements = Vec::new();
    while !reader.is_finished() {
        elements.push(reader.decode().map_err(damaged)?);
    }
    Ok(elements)
}

/// What does not parse is no key file; where it stopped helps nobody.
pub(super) fn damaged(_: der::Error) -> PfxRefusal {
    PfxRefusal::NotPkcs12
}
