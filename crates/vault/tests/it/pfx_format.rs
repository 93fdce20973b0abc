//! Files that no tool at hand writes, built part by part.

use pkcs5::{
    pbes2::{Kdf, Parameters},
    scrypt,
};
use rsa::{RsaPrivateKey, pkcs8::EncodePrivateKey};
use vault::{PfxRefusal, pfx};

use crate::{
    builder::{
        self, ber_file, certificate, encrypted_safe, file, file_with, key_shrouded_by, plain_key, safe,
        shrouded_key, to_ber,
    },
    fixtures::{PASSWORD, bytes, fingerprint, password, refusal},
};

/// A private key in PKCS#8 and its fingerprint, from the `rsa` crate.
pub(crate) fn a_key() -> (Vec<u8>, vault::Fingerprint) {
    let key = RsaPrivateKey::new(&mut crate::kek::Random, 2048).expect("a key");
    let spki = rsa::pkcs8::EncodePublicKey::to_public_key_der(&key.to_public_key()).expect("encodes");
    let fingerprint = vault::KekPublic::from_spki_der(spki.as_bytes()).expect("accepted").fingerprint();
    (key.to_pkcs8_der().expect("encodes").as_bytes().to_vec(), fingerprint)
}

/// The first certificate in a file whose certificates are not encrypted.
fn a_certificate() -> Vec<u8> {
    let file = bytes("nothing-encrypted.pfx");
    let x509 = [6, 10, 42, 134, 72, 134, 247, 13, 1, 9, 22, 1];
    let after =
        file.windows(x509.len()).position(|window| window == x509).expect("a certificate") + x509.len();
    // [0] and OCTET STRING with lengths of two octets each, then the certificate's own header.
    let start = after + 8;
    let length = usize::from(file[start + 2]) << 8 | usize::from(file[start + 3]);
    file[start..start + 4 + length].to_vec()
}

fn read_built(file: &[u8]) -> Result<vault::ImportedKey, PfxRefusal> {
    pfx::read(file, &password(PASSWORD))
}

#[test]
fn a_built_file_is_read() {
    let (pkcs8, expected) = a_key();
    let key = read_built(&file(&[safe(&[shrouded_key(&pkcs8, &[1])])]))
        .unwrap_or_else(|refusal| panic!("{refusal}"));
    assert_eq!(key.kek.fingerprint(), expected);
    assert_eq!(key.friendly_name, None);
}

#[test]
fn a_certificate_of_another_key_is_refused_when_it_claims_to_belong() {
    let (pkcs8, expected) = a_key();
    let key = shrouded_key(&pkcs8, &[1]);
    let claims = file(&[safe(&[key.clone(), certificate(&a_certificate(), &[1])])]);
    let why = "its certificate belongs to another key";
    assert_eq!(refusal(read_built(&claims)), PfxRefusal::WeakKey { why });
    let unrelated = file(&[safe(&[key.clone(), certificate(&a_certificate(), &[2])])]);
    assert_eq!(read_built(&unrelated).ok().map(|key| key.kek.fingerprint()), Some(expected));
    let nonsense = file(&[safe(&[key, certificate(b"no certificate", &[1])])]);
    assert_eq!(refusal(read_built(&nonsense)), PfxRefusal::NotPkcs12);
}

#[test]
fn an_unencrypted_key_counts_as_protected_only_inside_an_encrypted_safe() {
    let (pkcs8, expected) = a_key();
    let open = file(&[safe(&[plain_key(&pkcs8)])]);
    assert_eq!(refusal(read_built(&open)), PfxRefusal::NoPassword);
    let closed = file(&[encrypted_safe(&[plain_key(&pkcs8)], false)]);
    assert_eq!(read_built(&closed).ok().map(|key| key.kek.fingerprint()), Some(expected));
}

#[test]
fn two_keys_are_refused_even_when_they_are_the_same() {
    let key = shrouded_key(&a_key().0, &[1]);
    let twice = file(&[safe(std::slice::from_ref(&key)), safe(&[key])]);
    assert_eq!(refusal(read_built(&twice)), PfxRefusal::SeveralPrivateKeys);
}

#[test]
fn indefinite_lengths_and_strings_in_pieces_are_read() {
    let (pkcs8, expected) = a_key();
    let safes = [safe(&[shrouded_key(&pkcs8, &[1])])];
    let key = read_built(&ber_file(&safes)).unwrap_or_else(|refusal| panic!("{refusal}"));
    assert_eq!(key.kek.fingerprint(), expected);
    let pieces = file(&[encrypted_safe(&[plain_key(&pkcs8)], true)]);
    assert_eq!(read_built(&pieces).ok().map(|key| key.kek.fingerprint()), Some(expected));
    let outside = to_ber(&bytes("windows-like.pfx"));
    assert_eq!(
        read_built(&outside).ok().map(|key| key.kek.fingerprint()),
        Some(fingerprint("key.fingerprint"))
    );
}

/// A count far above the limit, a count of more than 64 bits, none, a negative one, and another than was used.
#[test]
fn round_counts_of_the_mac_are_judged_before_the_work() {
    let safes = [safe(&[shrouded_key(&a_key().0, &[1])])];
    let declared = |rounds: &[u8]| refusal(read_built(&file_with(&safes, <[u8]>::to_vec, rounds)));
    assert_eq!(declared(&[2, 4, 0x7f, 0xff, 0xff, 0xff]), PfxRefusal::WorkFactor);
    assert_eq!(declared(&[2, 8, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), PfxRefusal::WorkFactor);
    assert_eq!(declared(&[2, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0]), PfxRefusal::NotPkcs12);
    assert_eq!(declared(&[2, 1, 0xff]), PfxRefusal::NotPkcs12);
    assert_eq!(declared(&[2, 1, 0]), PfxRefusal::BadPassword);
    assert_eq!(declared(&[2, 1, 11]), PfxRefusal::BadPassword);
    assert_eq!(declared(&[]), PfxRefusal::BadPassword);
}

#[test]
fn work_and_memory_for_the_key_are_judged_before_the_work() {
    let mut parameters =
        Parameters::generate_pbkdf2_sha256_aes256cbc(1, &[7; 8], [9; 16]).expect("valid parameters");
    let Kdf::Pbkdf2(kdf) = &mut parameters.kdf else { unreachable!("made with PBKDF2") };
    kdf.iteration_count = u32::MAX;
    assert_eq!(refusal(read_built(&file(&[safe(&[key_shrouded_by(&parameters)])]))), PfxRefusal::WorkFactor);
    let modest = scrypt::Params::new(4, 8, 1).expect("valid parameters");
    parameters = Parameters::generate_scrypt_aes256cbc(modest, &[7; 8], [9; 16]).expect("valid parameters");
    assert_eq!(refusal(read_built(&file(&[safe(&[key_shrouded_by(&parameters)])]))), PfxRefusal::BadPassword);
    for (n, r, p) in [(1 << 40, 8, 1), (16, u16::MAX, u16::MAX), (u64::MAX, 1, 1), (1 << 17, 8, 1)] {
        let Kdf::Scrypt(kdf) = &mut parameters.kdf else { unreachable!("made with scrypt") };
        (kdf.cost_parameter, kdf.block_size, kdf.parallelization) = (n, r, p);
        let built = file(&[safe(&[key_shrouded_by(&parameters)])]);
        assert_eq!(refusal(read_built(&built)), PfxRefusal::WorkFactor, "{n} {r} {p}");
    }
}

#[test]
fn unknown_schemes_are_refused_by_name() {
    let built = file(&[safe(&[shrouded_key(&a_key().0, &[1])])]);
    let sha256 = [6, 9, 96, 134, 72, 1, 101, 3, 4, 2, 1];
    let pbes2 = [6, 9, 42, 134, 72, 134, 247, 13, 1, 5, 13];
    let aes256 = [6, 9, 96, 134, 72, 1, 101, 3, 4, 1, 42];
    let changed = |oid: &[u8], last: u8| {
        let at = built.windows(oid.len()).rposition(|window| window == oid).expect("the scheme is there");
        let mut bytes = built.clone();
        bytes[at + oid.len() - 1] = last;
        refusal(read_built(&bytes))
    };
    let scheme = |found: &str| PfxRefusal::Scheme { found: found.into() };
    assert_eq!(changed(&sha256, 9), scheme("the MAC algorithm 2.16.840.1.101.3.4.2.9"));
    // What the MAC covers cannot be changed without the password.
    assert_eq!(changed(&pbes2, 3), PfxRefusal::BadPassword);
    assert_eq!(changed(&aes256, 2), PfxRefusal::BadPassword);
    let other = builder::shrouded_by_an_unknown_scheme();
    let found = "the encryption scheme 1.2.840.113549.1.5.3";
    assert_eq!(refusal(read_built(&file(&[safe(&[other])]))), scheme(found));
}
