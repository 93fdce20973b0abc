use std::collections::HashSet;

use vault::token::{generate, hash};

#[test]
fn a_token_is_256_bits_of_base64url_and_found_by_its_hash() {
    let token = generate();
    let stored = token.hash();
    let text = token.expose();
    assert_eq!(text.len(), 43);
    assert!(text.chars().all(|char| char.is_ascii_alphanumeric() || char == '-' || char == '_'), "{}", *text);
    assert_eq!(hash(&text), stored);
    assert_ne!(hash(&text[1..]), stored);
}

#[test]
fn tokens_differ() {
    let tokens: HashSet<String> = (0..1_000).map(|_| generate().expose().to_string()).collect();
    assert_eq!(tokens.len(), 1_000);
}

#[test]
fn the_hash_is_sha_256_of_the_text() {
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(hash("abc").to_vec(), crate::root_key::unhex(expected));
}
