//! Builds key files that no tool writes: certificates of other keys, several keys, BER, any number of rounds.

use aws_lc_rs::hmac;
use pkcs5::pbes2::Parameters;
use pkcs12::kdf::{Pkcs12KeyType, derive_key};
use sha2::Sha256;

use crate::fixtures::PASSWORD;

const DATA: &[u8] = &[6, 9, 42, 134, 72, 134, 247, 13, 1, 7, 1];
const ENCRYPTED_DATA: &[u8] = &[6, 9, 42, 134, 72, 134, 247, 13, 1, 7, 6];
const SHROUDED_KEY_BAG: &[u8] = &[6, 11, 42, 134, 72, 134, 247, 13, 1, 12, 10, 1, 2];
const KEY_BAG: &[u8] = &[6, 11, 42, 134, 72, 134, 247, 13, 1, 12, 10, 1, 1];
const CERT_BAG: &[u8] = &[6, 11, 42, 134, 72, 134, 247, 13, 1, 12, 10, 1, 3];
const X509: &[u8] = &[6, 10, 42, 134, 72, 134, 247, 13, 1, 9, 22, 1];
const LOCAL_KEY_ID: &[u8] = &[6, 9, 42, 134, 72, 134, 247, 13, 1, 9, 21];
const PBES2: &[u8] = &[6, 9, 42, 134, 72, 134, 247, 13, 1, 5, 13];
const SHA256: &[u8] = &[6, 9, 96, 134, 72, 1, 101, 3, 4, 2, 1];
const ROUNDS: u8 = 10;

pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![tag];
    match length {
        0..0x80 => out.push(length as u8),
        _ => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    out.extend_from_slice(content);
    out
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

fn id(local_key_id: &[u8]) -> Vec<u8> {
    tlv(0x31, &sequence(&[LOCAL_KEY_ID, &tlv(0x31, &tlv(4, local_key_id))]))
}

fn pbes2(plaintext: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let parameters = Parameters::generate_pbkdf2_sha256_aes256cbc(ROUNDS as u32, &[7; 8], [9; 16])
        .expect("DER and encryption of short values");
    let ciphertext = parameters.encrypt(PASSWORD, plaintext).expect("DER and encryption of short values");
    let parameters = der::Encode::to_der(&parameters).expect("DER and encryption of short values");
    (sequence(&[PBES2, &parameters]), ciphertext)
}

/// A bag with an encrypted PrivateKeyInfo.
pub(crate) fn shrouded_key(pkcs8: &[u8], local_key_id: &[u8]) -> Vec<u8> {
    let (algorithm, ciphertext) = pbes2(pkcs8);
    shrouded_with(&algorithm, &ciphertext, local_key_id)
}

/// A bag whose key claims to be encrypted with these PBES2 parameters.
pub(crate) fn key_shrouded_by(parameters: &Parameters) -> Vec<u8> {
    let parameters = der::Encode::to_der(parameters).expect("DER and encryption of short values");
    shrouded_with(&sequence(&[PBES2, &parameters]), &[0; 64], &[1])
}

/// A bag whose key claims to be encrypted with `pbeWithMD5AndDES-CBC`.
pub(crate) fn shrouded_by_an_unknown_scheme() -> Vec<u8> {
    let md5_des = [6, 9, 42, 134, 72, 134, 247, 13, 1, 5, 3];
    shrouded_with(&sequence(&[&md5_des, &sequence(&[&tlv(4, &[7; 8]), &[2, 1, 10]])]), &[0; 64], &[1])
}

fn shrouded_with(algorithm: &[u8], ciphertext: &[u8], local_key_id: &[u8]) -> Vec<u8> {
    let key = sequence(&[algorithm, &tlv(4, ciphertext)]);
    sequence(&[SHROUDED_KEY_BAG, &tlv(0xa0, &key), &id(local_key_id)])
}

/// A bag with a plain PrivateKeyInfo.
pub(crate) fn plain_key(pkcs8: &[u8]) -> Vec<u8> {
    sequence(&[KEY_BAG, &tlv(0xa0, pkcs8)])
}

pub(crate) fn certificate(der: &[u8], local_key_id: &[u8]) -> Vec<u8> {
    let bag = sequence(&[X509, &tlv(0xa0, &tlv(4, der))]);
    sequence(&[CERT_BAG, &tlv(0xa0, &bag), &id(local_key_id)])
}

/// A safe that is not encrypted as a whole.
pub(crate) fn safe(bags: &[Vec<u8>]) -> Vec<u8> {
    sequence(&[DATA, &tlv(0xa0, &tlv(4, &tlv(0x30, &bags.concat())))])
}

/// An encrypted safe; `pieces` splits its ciphertext as only BER may.
pub(crate) fn encrypted_safe(bags: &[Vec<u8>], pieces: bool) -> Vec<u8> {
    let (algorithm, ciphertext) = pbes2(&tlv(0x30, &bags.concat()));
    let octets = if pieces {
        let (first, second) = ciphertext.split_at(ciphertext.len() / 3);
        tlv(0xa0, &[tlv(4, first), tlv(4, second)].concat())
    } else {
        tlv(0x80, &ciphertext)
    };
    let content = sequence(&[DATA, &algorithm, &octets]);
    sequence(&[ENCRYPTED_DATA, &tlv(0xa0, &sequence(&[&[2, 1, 0], &content]))])
}

pub(crate) fn file(safes: &[Vec<u8>]) -> Vec<u8> {
    file_with(safes, <[u8]>::to_vec, &[2, 1, ROUNDS])
}

/// A file in BER, inside and outside of the MAC.
pub(crate) fn ber_file(safes: &[Vec<u8>]) -> Vec<u8> {
    file_with(safes, to_ber, &[2, 1, ROUNDS])
}

/// The whole file, its MAC made over the safes as `encode` leaves them, with ten rounds whatever it declares.
pub(crate) fn file_with(safes: &[Vec<u8>], encode: fn(&[u8]) -> Vec<u8>, declared_rounds: &[u8]) -> Vec<u8> {
    let authenticated = encode(&tlv(0x30, &safes.concat()));
    let utf16: Vec<u8> = PASSWORD.encode_utf16().chain([0]).flat_map(u16::to_be_bytes).collect();
    let key = derive_key::<Sha256>(&utf16, &[5; 8], Pkcs12KeyType::Mac, ROUNDS.into(), 32);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), &authenticated);
    let digest = sequence(&[&sequence(&[SHA256, &[5, 0]]), &tlv(4, tag.as_ref())]);
    let mac = sequence(&[&digest, &tlv(4, &[5; 8]), declared_rounds]);
    let info = sequence(&[DATA, &tlv(0xa0, &tlv(4, &authenticated))]);
    encode(&sequence(&[&[2, 1, 3], &info, &mac]))
}

/// The same value with indefinite lengths everywhere and long octet strings in pieces, as macOS and NSS write it.
pub(crate) fn to_ber(der: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = der;
    while let [tag, length, tail @ ..] = rest {
        let (length, tail) = match length {
            0x81 => (usize::from(tail[0]), &tail[1..]),
            0x82 => (usize::from(tail[0]) << 8 | usize::from(tail[1]), &tail[2..]),
            short => (usize::from(*short), tail),
        };
        let (content, tail) = tail.split_at(length);
        rest = tail;
        if tag & 0x20 != 0 {
            out.extend([&[*tag, 0x80], &*to_ber(content), &[0, 0]].concat());
        } else if *tag == 4 && length > 100 {
            let pieces: Vec<u8> = content.chunks(100).flat_map(|piece| tlv(4, piece)).collect();
            out.extend([&[0x24, 0x80], &*pieces, &[0, 0]].concat());
        } else {
            out.extend(tlv(*tag, content));
        }
    }
    out
}
