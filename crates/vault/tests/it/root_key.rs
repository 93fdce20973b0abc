use vault::{CannotOpen, RootKey, WrongLength};

#[test]
fn sealed_for_a_place_opens_there_and_nowhere_else() {
    let root = RootKey::generate();
    let sealed = root.seal("ring|key|1", b"key material");
    assert_eq!(root.open("ring|key|1", &sealed).expect("opens").as_slice(), b"key material");
    for place in ["ring|key|2", "ring|kez|1", "rinG|key|1", "", "ring|key|11"] {
        assert_eq!(root.open(place, &sealed).err(), Some(CannotOpen), "{place}");
    }
    assert_eq!(RootKey::generate().open("ring|key|1", &sealed).err(), Some(CannotOpen));
}

#[test]
fn no_altered_or_cut_byte_opens() {
    let root = RootKey::generate();
    let sealed = root.seal("p", b"key material");
    for index in 0..sealed.len() {
        let mut altered = sealed.clone();
        altered[index] ^= 0x10;
        assert!(root.open("p", &altered).is_err(), "byte {index}");
        assert!(root.open("p", &sealed[..index]).is_err(), "cut at {index}");
    }
    assert!(root.open("p", &[&*sealed, &[0]].concat()).is_err());
}

#[test]
fn the_same_bytes_make_the_same_key_across_restarts() {
    let root = RootKey::generate();
    let again = RootKey::from_bytes(root.expose()).expect("32 bytes");
    assert_eq!(again.check_value(), root.check_value());
    assert_eq!(again.open("p", &root.seal("p", b"x")).expect("opens").as_slice(), b"x");
}

#[test]
fn the_check_value_tells_keys_apart_and_is_no_part_of_the_key() {
    let root = RootKey::generate();
    assert_ne!(root.check_value(), RootKey::generate().check_value());
    assert!(!root.expose().windows(16).any(|window| window == root.check_value()));
}

#[test]
fn other_lengths_are_refused_with_the_length_that_was_found() {
    for length in [0, 16, 31, 33, 64] {
        let refusal = RootKey::from_bytes(&vec![1; length]).err().expect("refused");
        assert_eq!(refusal, WrongLength { found: length });
        assert!(refusal.to_string().contains("32 bytes"));
    }
}

#[test]
fn every_seal_takes_a_fresh_nonce() {
    let root = RootKey::generate();
    let nonces: std::collections::HashSet<Vec<u8>> =
        (0..5_000).map(|_| root.seal("p", b"same")[1..13].to_vec()).collect();
    assert_eq!(nonces.len(), 5_000);
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    let digit = |char: char| char.to_digit(16).expect("a hexadecimal digit") as u8;
    let digits: Vec<u8> = text.chars().map(digit).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}
