//! Writing a key file: what an administrator downloads for a generated key (PP-057, PP-062, PP-063).

use aws_lc_rs::hmac;
use der::{Encode, asn1::ObjectIdentifier};
use pkcs5::pbes2::Parameters;

use super::{asn1::write_length, mac, oid, passphrase::Passphrase};
use crate::{Kek, Password, random};

/// Rounds of each of the two derivations, the key's encryption and the MAC. High, because the file may be all that
/// stands between a thief and the data; not higher, because other readers refuse what takes them too long (.NET
/// more than 300,000 by default).
const ROUNDS: u32 = 250_000;

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const NULL: u8 = 0x05;
const BMP_STRING: u8 = 0x1e;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const EXPLICIT_0: u8 = 0xa0;

/// Writes the private key into a password-protected PFX file: PBES2 with AES-256-CBC and PBKDF2-HMAC-SHA-256, MAC
/// with HMAC-SHA-256, no certificate. OpenSSL 1.1 and [`super::read`] open it.
///
/// The caller has checked the password's strength; an empty one gives a file that [`super::read`] refuses (PP-041).
pub fn write(kek: &Kek, friendly_name: &str, password: &Password) -> Vec<u8> {
    let passphrase = Passphrase::new(password);
    let shrouded = shrouded_key(kek, &passphrase);
    let attributes = tlv(SET, &[attribute(oid::FRIENDLY_NAME, &bmp(friendly_name)), local_key_id()].concat());
    let bag = [id(oid::SHROUDED_KEY_BAG), tlv(EXPLICIT_0, &shrouded), attributes].concat();
    let safe = tlv(SEQUENCE, &tlv(SEQUENCE, &bag));
    let authenticated = tlv(SEQUENCE, &data(&safe));
    let mac = mac_data(&authenticated, &passphrase);
    tlv(SEQUENCE, &[tlv(INTEGER, &[3]), data(&authenticated), mac].concat())
}

fn shrouded_key(kek: &Kek, passphrase: &Passphrase<'_>) -> Vec<u8> {
    let parameters =
        Parameters::generate_pbkdf2_sha256_aes256cbc(ROUNDS, &random::bytes::<16>(), random::bytes())
            .expect("a salt of 16 bytes is accepted");
    let ciphertext = parameters
        .encrypt(passphrase.utf8(), kek.pkcs8_der().as_ref())
        .expect("AES-256-CBC encrypts any plaintext");
    let parameters = parameters.to_der().expect("parameters made here can be encoded");
    let algorithm = tlv(SEQUENCE, &[id(oid::PBES2), parameters].concat());
    tlv(SEQUENCE, &[algorithm, tlv(OCTET_STRING, &ciphertext)].concat())
}

/// `ContentInfo` with plain data.
fn data(content: &[u8]) -> Vec<u8> {
    tlv(SEQUENCE, &[id(oid::DATA), tlv(EXPLICIT_0, &tlv(OCTET_STRING, content))].concat())
}

fn mac_data(authenticated: &[u8], passphrase: &Passphrase<'_>) -> Vec<u8> {
    let salt: [u8; 16] = random::bytes();
    let key = mac::Hash::Sha256.key(passphrase.utf16(), &salt, ROUNDS.cast_signed());
    let tag = hmac::sign(&key, authenticated);
    let algorithm = tlv(SEQUENCE, &[id(oid::SHA256), tlv(NULL, &[])].concat());
    let digest = tlv(SEQUENCE, &[algorithm, tlv(OCTET_STRING, tag.as_ref())].concat());
    let rounds = ROUNDS.to_der().expect("an integer can be encoded");
    tlv(SEQUENCE, &[digest, tlv(OCTET_STRING, &salt), rounds].concat())
}

fn attribute(name: ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    tlv(SEQUENCE, &[id(name), tlv(SET, value)].concat())
}

/// Key-store readers expect every key to have an id, even where no certificate refers to it.
fn local_key_id() -> Vec<u8> {
    attribute(oid::LOCAL_KEY_ID, &tlv(OCTET_STRING, &[1]))
}

fn bmp(text: &str) -> Vec<u8> {
    tlv(BMP_STRING, &text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>())
}

fn id(id: ObjectIdentifier) -> Vec<u8> {
    id.to_der().expect("an object identifier can be encoded")
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + 6);
    out.push(tag);
    write_length(content.len(), &mut out);
    out.extend_from_slice(content);
    out
}
