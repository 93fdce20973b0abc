//! DER, written by hand: what a written key file needs is less than what types for it would take.

use der::{Encode, asn1::ObjectIdentifier};

pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const NULL: u8 = 0x05;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;
pub(super) const EXPLICIT_0: u8 = 0xa0;

/// A value of any type with its tag and its length.
pub(super) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + 6);
    out.push(tag);
    write_length(content.len(), &mut out);
    out.extend_from_slice(content);
    out
}

pub(super) fn id(id: ObjectIdentifier) -> Vec<u8> {
    id.to_der().expect("an object identifier can be encoded")
}

/// Appends a length in DER.
pub(super) fn write_length(length: usize, out: &mut Vec<u8>) {
    match u8::try_from(length) {
        Ok(short @ 0..0x80) => out.push(short),
        _ => {
            let octets = length.to_be_bytes();
            let zeros = octets.iter().take_while(|&&octet| octet == 0).count();
            let octets = &octets[zeros..];
            out.push(0x80 | u8::try_from(octets.len()).expect("a length has at most 8 octets"));
            out.extend_from_slice(octets);
        }
    }
}
