//! The certificate in a written key file: self-signed, because key stores of Java and Windows show a key only
//! beside one. Nothing here or elsewhere trusts it.

use aws_lc_rs::{rand::SystemRandom, rsa::KeyPair, signature::RSA_PKCS1_SHA256};
use der::{
    Encode,
    asn1::{GeneralizedTime, UtcTime},
};
use std::time::Duration;

use super::{
    encode::{EXPLICIT_0, INTEGER, NULL, OCTET_STRING, SEQUENCE, SET, id, tlv},
    oid,
};
use crate::{Kek, counters, random};

const BOOLEAN: u8 = 0x01;
const BIT_STRING: u8 = 0x03;
const UTF8_STRING: u8 = 0x0c;
const EXPLICIT_3: u8 = 0xa3;

/// The longest common name of X.520; longer names are cut.
const COMMON_NAME: usize = 64;
/// Key encipherment and nothing else, as KeyUsage has it: 3 bits, the last of them set.
const KEY_ENCIPHERMENT: &[u8] = &[BIT_STRING, 2, 5, 0x20];
/// The machine that reads the file may have another time.
const EARLIER: Duration = Duration::from_secs(3_600);
/// RFC 5280 §4.1.2.5: no end known, in seconds since 1970.
const NO_END: u64 = 253_402_300_799;

/// A certificate for `kek` under the common name `name`, valid from an hour before `now` (since 1970) on, as DER.
/// One private operation.
pub(super) fn self_signed(kek: &Kek, name: &str, now: Duration) -> Vec<u8> {
    let algorithm = tlv(SEQUENCE, &[id(oid::SHA256_WITH_RSA), tlv(NULL, &[])].concat());
    let name = common_name(name);
    let signed = tlv(
        SEQUENCE,
        &[
            tlv(EXPLICIT_0, &tlv(INTEGER, &[2])),
            serial(),
            algorithm.clone(),
            name.clone(),
            validity(now),
            name,
            kek.public().spki_der().to_vec(),
            extensions(),
        ]
        .concat(),
    );
    let signature = sign(kek, &signed);
    tlv(SEQUENCE, &[signed, algorithm, bit_string(&signature)].concat())
}

fn sign(kek: &Kek, message: &[u8]) -> Vec<u8> {
    let pair = KeyPair::from_pkcs8(kek.pkcs8_der().as_ref()).expect("a key made here signs, too");
    let mut signature = vec![0; pair.public_modulus_len()];
    counters::count_rsa_private();
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
        .expect("an RSA key of 2048 bits signs SHA-256");
    signature
}

/// 126 random bits below a fixed one: positive, never zero, always 16 bytes.
fn serial() -> Vec<u8> {
    let mut serial: [u8; 16] = random::bytes();
    serial[0] = serial[0] & 0x3f | 0x40;
    tlv(INTEGER, &serial)
}

fn common_name(name: &str) -> Vec<u8> {
    let name: String = name.chars().take(COMMON_NAME).collect();
    let attribute = [id(oid::COMMON_NAME), tlv(UTF8_STRING, name.as_bytes())].concat();
    tlv(SEQUENCE, &tlv(SET, &tlv(SEQUENCE, &attribute)))
}

fn validity(now: Duration) -> Vec<u8> {
    let end = GeneralizedTime::from_unix_duration(Duration::from_secs(NO_END)).and_then(|end| end.to_der());
    let from = Duration::from_secs(now.saturating_sub(EARLIER).as_secs());
    // UTCTime ends in 2049 (RFC 5280 §4.1.2.5).
    let start = UtcTime::from_unix_duration(from)
        .and_then(|start| start.to_der())
        .or_else(|_| GeneralizedTime::from_unix_duration(from).and_then(|start| start.to_der()));
    let both = [start.expect("a date after 1970"), end.expect("the last second of 9999")];
    tlv(SEQUENCE, &both.concat())
}

fn extensions() -> Vec<u8> {
    let usage = [id(oid::KEY_USAGE), tlv(BOOLEAN, &[0xff]), tlv(OCTET_STRING, KEY_ENCIPHERMENT)].concat();
    tlv(EXPLICIT_3, &tlv(SEQUENCE, &tlv(SEQUENCE, &usage)))
}

fn bit_string(bytes: &[u8]) -> Vec<u8> {
    tlv(BIT_STRING, &[&[0], bytes].concat())
}
