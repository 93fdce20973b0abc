use vault::{CannotOpen, DataKey, DataKeyPlace, Place, RingKey, WRAPPED_DATA_KEY};

const PLACE: DataKeyPlace = DataKeyPlace { owner: [1; 16], generation: 3 };
const ROW: Place = Place { owner: [1; 16], table: [2; 16], row: [3; 16], generation: 3 };

#[test]
fn an_unwrapped_data_key_opens_what_the_original_sealed() {
    let (ring, data) = (RingKey::generate(), DataKey::generate());
    let wrapped = ring.wrap(&data, &PLACE);
    assert_eq!(wrapped.len(), WRAPPED_DATA_KEY);
    let again = ring.unwrap(&wrapped, &PLACE).expect("unwraps");
    assert_eq!(again.open(&ROW, &data.seal(&ROW, b"row")).expect("opens").as_slice(), b"row");
}

#[test]
fn a_data_key_of_another_owner_or_generation_does_not_unwrap() {
    let ring = RingKey::generate();
    let wrapped = ring.wrap(&DataKey::generate(), &PLACE);
    let mut owner = PLACE.owner;
    owner[15] ^= 1;
    for place in [DataKeyPlace { owner, ..PLACE }, DataKeyPlace { generation: 4, ..PLACE }] {
        assert_eq!(ring.unwrap(&wrapped, &place).err(), Some(CannotOpen));
        assert_eq!(ring.rewrap(&RingKey::generate(), &place, &wrapped).err(), Some(CannotOpen));
    }
    assert_eq!(RingKey::generate().unwrap(&wrapped, &PLACE).err(), Some(CannotOpen));
}

#[test]
fn rewrapping_moves_a_data_key_from_one_ring_key_to_another() {
    let (old, new, data) = (RingKey::generate(), RingKey::generate(), DataKey::generate());
    let sealed = data.seal(&ROW, b"row");
    let moved = old.rewrap(&new, &PLACE, &old.wrap(&data, &PLACE)).expect("rewraps");
    assert_eq!(old.unwrap(&moved, &PLACE).err(), Some(CannotOpen));
    let again = new.unwrap(&moved, &PLACE).expect("unwraps");
    assert_eq!(again.open(&ROW, &sealed).expect("opens").as_slice(), b"row");
}

#[test]
fn no_altered_or_cut_byte_unwraps_or_rewraps() {
    let (ring, other) = (RingKey::generate(), RingKey::generate());
    let wrapped = ring.wrap(&DataKey::generate(), &PLACE);
    for index in 0..wrapped.len() {
        let mut altered = wrapped.clone();
        altered[index] ^= 1;
        assert!(ring.unwrap(&altered, &PLACE).is_err(), "byte {index}");
        assert!(ring.rewrap(&other, &PLACE, &altered).is_err(), "byte {index}");
        assert!(ring.unwrap(&wrapped[..index], &PLACE).is_err(), "cut at {index}");
    }
    assert!(ring.unwrap(&[&*wrapped, &[0]].concat(), &PLACE).is_err());
}

#[test]
fn wrapping_the_same_key_twice_differs() {
    let (ring, data) = (RingKey::generate(), DataKey::generate());
    assert_ne!(ring.wrap(&data, &PLACE), ring.wrap(&data, &PLACE));
}
