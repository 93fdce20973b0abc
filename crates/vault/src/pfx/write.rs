//! Writing a key file: what an administrator downloads for a generated key (PP-057, PP-062, PP-063).

use aws_lc_rs::hmac;
use der::{Encode, asn1::ObjectIdentifier};
use pkcs5::pbes2::Parameters;
use std::time::Duration;

use super::{
    certificate,
    encode::{EXPLICIT_0, INTEGER, NULL, OCTET_STRING, SEQUENCE, SET, id, tlv},
    mac, oid,
    passphrase::Passphrase,
};
use crate::{Kek, Password, random, stack};

/// Rounds of each of the two derivations, the key's encryption and the MAC. High, because the file may be all that
/// stands between a thief and the data; not higher, because other readers refuse what takes them too long (.NET
/// more than 300,000 by default).
const ROUNDS: u32 = 250_000;

const BMP_STRING: u8 = 0x1e;

/// Writes the private key and a self-signed certificate of it, valid from `now` (since 1970) on, into a
/// password-protected PFX file: PBES2 with AES-256-CBC and PBKDF2-HMAC-SHA-256, MAC with HMAC-SHA-256. OpenSSL from
/// 1.1, Java from 8u301, Windows from 10 (1709) and [`super::read`] open it.
///
/// The caller has checked the password's strength; an empty one gives a file that [`super::read`] refuses (PP-041).
pub fn write(kek: &Kek, friendly_name: &str, password: &Password, now: Duration) -> Vec<u8> {
    let passphrase = Passphrase::new(password);
    let attributes = tlv(SET, &[attribute(oid::FRIENDLY_NAME, &bmp(friendly_name)), local_key_id()].concat());
    let certificate = certificate::self_signed(kek, friendly_name, now);
    let certificate = tlv(OCTET_STRING, &certificate);
    let certificate = [id(oid::X509_CERTIFICATE), tlv(EXPLICIT_0, &certificate)].concat();
    let safes = [
        data(&bag(oid::CERT_BAG, &tlv(SEQUENCE, &certificate), &attributes)),
        data(&bag(oid::SHROUDED_KEY_BAG, &shrouded_key(kek, &passphrase), &attributes)),
    ];
    let authenticated = tlv(SEQUENCE, &safes.concat());
    let mac = mac_data(&authenticated, &passphrase);
    tlv(SEQUENCE, &[tlv(INTEGER, &[3]), data(&authenticated), mac].concat())
}

/// SafeContents with one bag.
fn bag(kind: ObjectIdentifier, value: &[u8], attributes: &[u8]) -> Vec<u8> {
    let bag = [&*id(kind), &*tlv(EXPLICIT_0, value), attributes].concat();
    tlv(SEQUENCE, &tlv(SEQUENCE, &bag))
}

fn shrouded_key(kek: &Kek, passphrase: &Passphrase<'_>) -> Vec<u8> {
    let parameters =
        Parameters::generate_pbkdf2_sha256_aes256cbc(ROUNDS, &random::bytes::<16>(), random::bytes())
            .expect("a salt of 16 bytes is accepted");
    let encrypted = stack::wiped::<{ stack::DEEP }, _>(|| {
        parameters.encrypt(passphrase.utf8(), kek.pkcs8_der().as_ref())
    });
    let ciphertext = encrypted.expect("AES-256-CBC encrypts any plaintext");
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

/// What ties the certificate to the key.
fn local_key_id() -> Vec<u8> {
    attribute(oid::LOCAL_KEY_ID, &tlv(OCTET_STRING, &[1]))
}

fn bmp(text: &str) -> Vec<u8> {
    tlv(BMP_STRING, &text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>())
}
