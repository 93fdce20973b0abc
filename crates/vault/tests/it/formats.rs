//! What the first release sealed must open with every later one.

use vault::{DataKeyPlace, Kek, Place, RootKey};

use crate::{fixtures, root_key::unhex};

const PLACE: DataKeyPlace = DataKeyPlace { owner: [1; 16], generation: 7 };
const ROW: Place = Place { owner: [1; 16], table: [2; 16], row: [3; 16], generation: 7 };

/// `tests/fixtures/formats.txt`: one name and its bytes per line, made with the root key of 32 times 0x42. There is
/// deliberately no code that renews it.
#[test]
fn everything_sealed_by_the_first_release_opens() {
    let text = String::from_utf8(fixtures::bytes("formats.txt")).expect("text");
    let stored = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        unhex(line.unwrap_or_else(|| panic!("{name} is in the file")))
    };
    let root = RootKey::from_bytes(&[0x42; 32]).expect("32 bytes");
    assert_eq!(root.check_value().to_vec(), stored("check-value"));
    let kek = Kek::from_sealed(&root, "ring|key|1", &stored("kek")).expect("the KEK opens");
    let ring_key = kek.unwrap(&stored("ring-key")).expect("the ring key unwraps");
    let data_key = ring_key.unwrap(&stored("data-key"), &PLACE).expect("the data key unwraps");
    assert_eq!(data_key.open(&ROW, &stored("row")).expect("the row opens").as_slice(), b"a row of release 1");
}
