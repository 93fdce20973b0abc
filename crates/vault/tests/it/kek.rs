use std::{sync::Arc, thread};

use rsa::{Oaep, RsaPrivateKey, RsaPublicKey, pkcs8::DecodePublicKey, traits::PublicKeyParts};
use vault::{
    CannotOpen, DataKey, DataKeyPlace, Fingerprint, Kek, KekPublic, KekSize, KeyError, RingKey, RootKey,
};

const PLACE: DataKeyPlace = DataKeyPlace { owner: [1; 16], generation: 1 };

/// Whether two ring keys are the same: one unwraps what the other wrapped.
fn same(a: &RingKey, b: &RingKey) -> bool {
    b.unwrap(&a.wrap(&DataKey::generate(), &PLACE), &PLACE).is_ok()
}

#[test]
fn a_generated_key_has_2048_bits_and_unwraps_what_it_wrapped() {
    let (kek, ring) = (Kek::generate().expect("a key"), RingKey::generate());
    assert_eq!((kek.bits(), kek.public().bits()), (2048, 2048));
    let wrapped = kek.wrap(&ring);
    assert_eq!(wrapped.len(), 256);
    assert!(same(&ring, &kek.unwrap(&wrapped).expect("unwraps")));
    assert!(same(&ring, &kek.unwrap(&kek.public().wrap(&ring)).expect("unwraps")));
}

#[test]
fn larger_keys_are_for_vaults() {
    let (kek, ring) = (Kek::generate_sized(KekSize::Rsa3072).expect("a key"), RingKey::generate());
    assert_eq!(kek.bits(), 3072);
    assert!(same(&ring, &kek.unwrap(&kek.wrap(&ring)).expect("unwraps")));
}

#[test]
fn a_sealed_key_comes_back_with_the_same_root_key_and_place_only() {
    let (root, kek, ring) = (RootKey::generate(), Kek::generate().expect("a key"), RingKey::generate());
    let sealed = kek.seal(&root, "ring|key|1");
    let again = Kek::from_sealed(&root, "ring|key|1", &sealed).expect("opens");
    assert_eq!(again.fingerprint(), kek.fingerprint());
    assert!(same(&ring, &again.unwrap(&kek.wrap(&ring)).expect("unwraps")));
    let cannot = Some(KeyError::CannotOpen(CannotOpen));
    assert_eq!(Kek::from_sealed(&root, "ring|key|2", &sealed).err(), cannot);
    assert_eq!(Kek::from_sealed(&RootKey::generate(), "ring|key|1", &sealed).err(), cannot);
    let nonsense = root.seal("ring|key|1", b"no key");
    assert_eq!(Kek::from_sealed(&root, "ring|key|1", &nonsense).err(), Some(KeyError::NotAccepted));
}

#[test]
fn every_bad_ciphertext_gets_the_same_answer() {
    let kek = Kek::generate().expect("a key");
    let wrapped = kek.wrap(&RingKey::generate());
    let mut altered = wrapped.clone();
    altered[100] ^= 1;
    let other = Kek::generate().expect("a key").wrap(&RingKey::generate());
    for bad in [&[][..], &[0; 256], &[255; 256], &wrapped[..255], &altered, &other, &[1; 10_000]] {
        assert_eq!(kek.unwrap(bad).err(), Some(CannotOpen));
    }
}

#[test]
fn only_a_256_bit_payload_is_a_ring_key() {
    let kek = Kek::generate().expect("a key");
    let public = RsaPublicKey::from_public_key_der(kek.public().spki_der()).expect("a public key");
    for length in [0, 16, 31, 33, 64, 190] {
        let wrapped =
            public.encrypt(&mut Random, Oaep::new::<OaepSha256>(), &vec![7; length]).expect("encrypts");
        assert_eq!(kek.unwrap(&wrapped).err(), Some(CannotOpen), "{length} bytes");
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "two implementations must agree; this key protects nothing")]
fn another_implementation_wraps_and_unwraps_the_same() {
    let kek = Kek::generate().expect("a key");
    let public = RsaPublicKey::from_public_key_der(kek.public().spki_der()).expect("a public key");
    assert_eq!(public.n().bits(), 2048);
    let wrapped = public.encrypt(&mut Random, Oaep::new::<OaepSha256>(), &[7; 32]).expect("encrypts");
    let ring = kek.unwrap(&wrapped).expect("unwraps");

    let foreign = RsaPrivateKey::new(&mut Random, 2048).expect("a key");
    let spki = rsa::pkcs8::EncodePublicKey::to_public_key_der(&foreign.to_public_key()).expect("encodes");
    let wrapped = KekPublic::from_spki_der(spki.as_bytes()).expect("accepted").wrap(&ring);
    assert_eq!(foreign.decrypt(Oaep::new::<OaepSha256>(), &wrapped).expect("decrypts"), [7; 32]);
}

#[test]
fn one_key_has_one_fingerprint() {
    let kek = Kek::generate().expect("a key");
    let public = KekPublic::from_spki_der(kek.public().spki_der()).expect("accepted");
    assert_eq!(public.fingerprint(), kek.fingerprint());
    assert_ne!(kek.fingerprint(), Kek::generate().expect("a key").fingerprint());
    let text = kek.fingerprint().to_string();
    assert_eq!(text.len(), 64);
    assert!(text.chars().all(|digit| digit.is_ascii_digit() || ('a'..='f').contains(&digit)));
    assert_eq!(text.parse::<Fingerprint>(), Ok(kek.fingerprint()));
    assert_eq!(text.to_uppercase().parse::<Fingerprint>(), Ok(kek.fingerprint()));
}

#[test]
fn what_is_no_fingerprint_is_refused() {
    let digits = "0".repeat(64);
    for text in
        ["", "00", &digits[1..], &format!("{digits}0"), &digits.replacen('0', "g", 1), &"é".repeat(32)]
    {
        assert!(text.parse::<Fingerprint>().is_err(), "{text}");
    }
}

#[test]
fn what_is_no_rsa_public_key_of_an_accepted_size_is_refused() {
    let small = RsaPrivateKey::new(&mut Random, 1024).expect("a key").to_public_key();
    let small = rsa::pkcs8::EncodePublicKey::to_public_key_der(&small).expect("encodes");
    let good = Kek::generate().expect("a key").public();
    let trailing = [good.spki_der(), &[0]].concat();
    for bad in [&[][..], b"no key", small.as_bytes(), &good.spki_der()[..200], &trailing] {
        assert_eq!(KekPublic::from_spki_der(bad).err(), Some(KeyError::NotAccepted));
    }
}

#[test]
fn one_key_serves_many_threads() {
    let (kek, ring) = (Arc::new(Kek::generate().expect("a key")), RingKey::generate());
    let wrapped = kek.wrap(&ring);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                (0..25).for_each(|_| assert!(same(&ring, &kek.unwrap(&wrapped).expect("unwraps"))))
            });
        }
    });
}

/// The crate's random numbers for the `rsa` crate, which speaks an older version of the traits.
pub(crate) struct Random;
type OaepSha256 = rsa::sha2::Sha256;

impl rsa::rand_core::RngCore for Random {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes(vault::random::bytes())
    }
    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes(vault::random::bytes())
    }
    fn fill_bytes(&mut self, dest: &mut [u8]) {
        vault::random::fill(dest);
    }
    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rsa::rand_core::Error> {
        vault::random::fill(dest);
        Ok(())
    }
}
impl rsa::rand_core::CryptoRng for Random {}
