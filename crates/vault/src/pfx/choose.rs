//! Which key of a file is meant, and whether its certificate agrees.

use der::{AnyRef, Decode, Encode, Tag, Tagged};

use super::{
    PfxRefusal,
    asn1::{damaged, elements},
    bags::{Bags, KeyBag},
};
use crate::{Kek, KekPublic};

/// The one private key of the file, which must lie in it encrypted.
///
/// # Errors
/// [`PfxRefusal::NoPrivateKey`], [`PfxRefusal::SeveralPrivateKeys`], or [`PfxRefusal::NoPassword`] when anybody who
/// has the file can read the key (PP-041).
pub(super) fn the_one_key<'b, 'a>(bags: &'b Bags<'a>) -> Result<&'b KeyBag<'a>, PfxRefusal> {
    match bags.keys.as_slice() {
        [] => Err(PfxRefusal::NoPrivateKey),
        [key] if key.encrypted => Ok(key),
        [_] => Err(PfxRefusal::NoPassword),
        _ => Err(PfxRefusal::SeveralPrivateKeys),
    }
}

/// Checks that every certificate with the key's local key id is a certificate of this key. Certificates of
/// authorities carry no such id and are passed over, as are all when the key has none.
pub(super) fn certificate_matches(bags: &Bags<'_>, key: &KeyBag<'_>, kek: &Kek) -> Result<(), PfxRefusal> {
    let Some(id) = key.local_key_id else { return Ok(()) };
    for certificate in bags.certificates.iter().filter(|certificate| certificate.local_key_id == Some(id)) {
        let public = KekPublic::from_spki_der(&subject_public_key_info(certificate.der)?);
        if !public.is_ok_and(|public| public.fingerprint() == kek.fingerprint()) {
            return Err(PfxRefusal::WeakKey { why: "its certificate belongs to another key" });
        }
    }
    Ok(())
}

/// The SubjectPublicKeyInfo of a certificate. Nothing else of it matters here, so nothing else is judged: the seventh
/// field of the TBSCertificate, or the sixth where the optional version is missing (RFC 5280, 4.1).
fn subject_public_key_info(certificate: &[u8]) -> Result<Vec<u8>, PfxRefusal> {
    let parts: Vec<AnyRef<'_>> = elements(AnyRef::from_der(certificate).map_err(damaged)?)?;
    let fields: Vec<AnyRef<'_>> = elements(*parts.first().ok_or(PfxRefusal::NotPkcs12)?)?;
    let version = matches!(fields.first().map(AnyRef::tag), Some(Tag::ContextSpecific { .. }));
    let spki = fields.get(if version { 6 } else { 5 }).ok_or(PfxRefusal::NotPkcs12)?;
    spki.to_der().map_err(damaged)
}
