use std::collections::HashSet;

use proptest::prelude::*;
use vault::{CannotOpen, DataKey, Place, SEAL_OVERHEAD};

const PLACE: Place = Place { owner: [1; 16], table: [2; 16], row: [3; 16], generation: 0x0102_0304 };

#[test]
fn the_format_names_its_version_and_generation() {
    let sealed = DataKey::generate().seal(&PLACE, b"0123456789");
    assert_eq!(sealed.len(), 10 + SEAL_OVERHEAD);
    assert_eq!(sealed[..5], [1, 1, 2, 3, 4]);
    assert_eq!(DataKey::generation_of(&sealed), Some(PLACE.generation));
}

#[test]
fn what_is_no_sealed_value_names_no_generation() {
    let sealed = DataKey::generate().seal(&PLACE, b"");
    assert_eq!(DataKey::generation_of(&sealed), Some(PLACE.generation));
    assert_eq!(DataKey::generation_of(&sealed[..sealed.len() - 1]), None);
    assert_eq!(DataKey::generation_of(&[]), None);
    assert_eq!(DataKey::generation_of(&[&[2], &sealed[1..]].concat()), None);
}

#[test]
fn a_row_moved_elsewhere_does_not_open() {
    let key = DataKey::generate();
    let sealed = key.seal(&PLACE, b"row");
    let moved = |bytes: [u8; 16]| bytes.map(|byte| byte ^ 0x80);
    let elsewhere = [
        Place { owner: moved(PLACE.owner), ..PLACE },
        Place { table: moved(PLACE.table), ..PLACE },
        Place { row: moved(PLACE.row), ..PLACE },
        Place { generation: PLACE.generation + 1, ..PLACE },
        Place { table: PLACE.row, row: PLACE.table, ..PLACE },
    ];
    for place in elsewhere {
        assert_eq!(key.open(&place, &sealed).err(), Some(CannotOpen), "{place:?}");
    }
    assert_eq!(DataKey::generate().open(&PLACE, &sealed).err(), Some(CannotOpen));
}

#[test]
fn a_row_relabelled_with_another_generation_does_not_open() {
    let key = DataKey::generate();
    let mut sealed = key.seal(&PLACE, b"row");
    sealed[4] += 1;
    let place = Place { generation: PLACE.generation + 1, ..PLACE };
    assert_eq!(DataKey::generation_of(&sealed), Some(place.generation));
    assert_eq!(key.open(&place, &sealed).err(), Some(CannotOpen));
}

#[test]
fn what_a_batch_seals_opens_like_anything_else() {
    let key = DataKey::generate();
    let mut sealer = key.sealer();
    for plaintext in [&b"first"[..], b"", b"third"] {
        let sealed = sealer.seal(&PLACE, plaintext);
        assert_eq!(key.open(&PLACE, &sealed).expect("opens").as_slice(), plaintext);
    }
}

#[test]
fn nonces_never_repeat() {
    let key = DataKey::generate();
    let nonces: HashSet<Vec<u8>> = (0..20_000).map(|_| key.seal(&PLACE, b"same")[5..17].to_vec()).collect();
    assert_eq!(nonces.len(), 20_000);
}

#[test]
fn nonces_of_batches_never_repeat_nor_overlap() {
    let key = DataKey::generate();
    let seal = |_| (0..1_000).scan(key.sealer(), |sealer, _| Some(sealer.seal(&PLACE, b"same")));
    let nonces: Vec<Vec<u8>> = (0..20).flat_map(seal).map(|sealed| sealed[5..17].to_vec()).collect();
    // Draws that overlap would share a half sooner or later; random ones do not.
    let windows: HashSet<&[u8]> = nonces.iter().flat_map(|nonce| [&nonce[..8], &nonce[4..]]).collect();
    assert_eq!(windows.len(), 40_000);
}

proptest! {
    #[test]
    fn any_plaintext_comes_back(plaintext: Vec<u8>, owner: [u8; 16], table: [u8; 16], row: [u8; 16], generation: u32) {
        let place = Place { owner, table, row, generation };
        let key = DataKey::generate();
        let sealed = key.seal(&place, &plaintext);
        prop_assert_eq!(key.open(&place, &sealed).expect("opens").to_vec(), plaintext);
    }

    #[test]
    fn no_flipped_bit_opens(plaintext in prop::collection::vec(any::<u8>(), 0..64), at: prop::sample::Index, bit in 0..8u8) {
        let key = DataKey::generate();
        let mut sealed = key.seal(&PLACE, &plaintext);
        let at = at.index(sealed.len());
        sealed[at] ^= 1 << bit;
        prop_assert_eq!(key.open(&PLACE, &sealed).err(), Some(CannotOpen));
    }

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        prop_assert!(DataKey::generate().open(&PLACE, &bytes).is_err());
    }
}
