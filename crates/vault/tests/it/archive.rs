//! A chunk of a portal backup opens with its passphrase, at its place, and nowhere else.

use vault::{Password, archive::ArchiveKey};

#[test]
fn a_chunk_opens_at_its_place_with_its_passphrase() {
    let key = |passphrase: &str, salt| ArchiveKey::derive(&Password::new(passphrase.to_owned()), &[salt; 16]);
    let right = key("correct horse battery", 1);
    let sealed = right.seal(7, false, b"everything");
    assert_eq!(right.open(7, false, &sealed).unwrap().as_slice(), b"everything");
    assert!(right.open(8, false, &sealed).is_err(), "another place");
    assert!(right.open(7, true, &sealed).is_err(), "not the last");
    assert!(key("correct horse batterz", 1).open(7, false, &sealed).is_err(), "another passphrase");
    assert!(key("correct horse battery", 2).open(7, false, &sealed).is_err(), "another salt");
    for at in 0..sealed.len() {
        let mut altered = sealed.clone();
        altered[at] ^= 1;
        assert!(right.open(7, false, &altered).is_err(), "byte {at}");
    }
}
