//! The bags of a key file's safes: keys, certificates and what stands next to them.

use der::{
    AnyRef, Decode,
    asn1::{ObjectIdentifier, OctetStringRef},
};
use zeroize::Zeroizing;

use super::{
    PfxRefusal,
    archive::Safe,
    asn1::{Attribute, CertBag, SafeBag, ShroudedKey, damaged, elements},
    budget::Budget,
    decrypt,
    encode::write_length,
    oid,
    passphrase::Passphrase,
};

/// The longest friendly name that is kept, in characters.
const MAX_NAME: usize = 256;

/// The keys and certificates of all safes, in the order of the file.
pub(super) struct Bags<'a> {
    pub(super) keys: Vec<KeyBag<'a>>,
    pub(super) certificates: Vec<CertificateBag<'a>>,
}

/// A private key as it lies in its safe.
pub(super) struct KeyBag<'a> {
    content: KeyContent<'a>,
    /// Whether the key, or the safe around it, is encrypted.
    pub(super) encrypted: bool,
    pub(super) local_key_id: Option<&'a [u8]>,
    pub(super) friendly_name: Option<String>,
}

enum KeyContent<'a> {
    Plain(AnyRef<'a>),
    Shrouded(ShroudedKey<'a>),
}

/// An X.509 certificate in DER.
pub(super) struct CertificateBag<'a> {
    pub(super) der: &'a [u8],
    pub(super) local_key_id: Option<&'a [u8]>,
}

impl<'a> Bags<'a> {
    /// Sorts the bags of all safes; other kinds (CRLs, secrets) are passed over.
    pub(super) fn read(safes: &'a [Safe]) -> Result<Self, PfxRefusal> {
        let mut bags = Self { keys: Vec::new(), certificates: Vec::new() };
        for safe in safes {
            for bag in elements(AnyRef::from_der(&safe.der).map_err(damaged)?)? {
                bags.add(&bag, safe.encrypted)?;
            }
        }
        Ok(bags)
    }

    fn add(&mut self, bag: &SafeBag<'a>, safe_encrypted: bool) -> Result<(), PfxRefusal> {
        match bag.id {
            oid::KEY_BAG => {
                self.keys.push(KeyBag::new(KeyContent::Plain(bag.value), safe_encrypted, bag)?);
            }
            oid::SHROUDED_KEY_BAG => {
                let shrouded = bag.value.decode_as().map_err(damaged)?;
                self.keys.push(KeyBag::new(KeyContent::Shrouded(shrouded), true, bag)?);
            }
            oid::CERT_BAG => self.add_certificate(bag)?,
            _ => {}
        }
        Ok(())
    }

    fn add_certificate(&mut self, bag: &SafeBag<'a>) -> Result<(), PfxRefusal> {
        let value: CertBag<'a> = bag.value.decode_as().map_err(damaged)?;
        if value.id == oid::X509_CERTIFICATE {
            let der = value.certificate.decode_as::<&OctetStringRef>().map_err(damaged)?.as_bytes();
            self.certificates.push(CertificateBag { der, local_key_id: local_key_id(bag)? });
        }
        Ok(())
    }
}

impl<'a> KeyBag<'a> {
    fn new(content: KeyContent<'a>, encrypted: bool, bag: &SafeBag<'a>) -> Result<Self, PfxRefusal> {
        Ok(Self { content, encrypted, local_key_id: local_key_id(bag)?, friendly_name: friendly_name(bag)? })
    }

    /// The PrivateKeyInfo of PKCS#8.
    pub(super) fn decrypt(
        &self,
        passphrase: &Passphrase<'_>,
        budget: &mut Budget,
    ) -> Result<Zeroizing<Vec<u8>>, PfxRefusal> {
        match &self.content {
            KeyContent::Plain(sequence) => {
                let mut der = Zeroizing::new(Vec::with_capacity(sequence.value().len() + 8));
                der.push(0x30);
                write_length(sequence.value().len(), &mut der);
                der.extend_from_slice(sequence.value());
                Ok(der)
            }
            KeyContent::Shrouded(key) => {
                decrypt::decrypt(&key.algorithm, key.octets.as_bytes(), passphrase, budget)
            }
        }
    }
}

/// The first value of an attribute.
fn attribute<'a>(bag: &SafeBag<'a>, id: ObjectIdentifier) -> Result<Option<AnyRef<'a>>, PfxRefusal> {
    let Some(attributes) = bag.attributes else { return Ok(None) };
    let attributes: Vec<Attribute<'a>> = elements(attributes)?;
    match attributes.iter().find(|attribute| attribute.id == id) {
        Some(attribute) => Ok(elements(attribute.values)?.first().copied()),
        None => Ok(None),
    }
}

fn local_key_id<'a>(bag: &SafeBag<'a>) -> Result<Option<&'a [u8]>, PfxRefusal> {
    attribute(bag, oid::LOCAL_KEY_ID)?
        .map(|value| value.decode_as::<&OctetStringRef>().map(OctetStringRef::as_bytes).map_err(damaged))
        .transpose()
}

/// The friendly name, a BMPString; lenient, because it decides nothing.
fn friendly_name(bag: &SafeBag<'_>) -> Result<Option<String>, PfxRefusal> {
    Ok(attribute(bag, oid::FRIENDLY_NAME)?.map(|value| {
        let (units, _) = value.value().as_chunks::<2>();
        char::decode_utf16(units.iter().map(|unit| u16::from_be_bytes(*unit)))
            .map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER))
            .filter(|char| !char.is_control())
            .take(MAX_NAME)
            .collect()
    }))
}
