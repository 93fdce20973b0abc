use vault::{DataKey, DataKeyPlace, Kek, RingKey, counters};

/// The counters belong to the process and other tests run at the same time, so only growth can be asserted.
#[test]
fn operations_are_counted() {
    let (kek, ring, data) = (Kek::generate().expect("a key"), RingKey::generate(), DataKey::generate());
    let place = DataKeyPlace { owner: [1; 16], generation: 1 };
    let before = (counters::rsa_public(), counters::rsa_private(), counters::aes_rewraps());
    let wrapped = kek.wrap(&ring);
    let again = kek.unwrap(&wrapped).expect("unwraps");
    let wrapped = ring.wrap(&data, &place);
    for _ in 0..10 {
        again.rewrap(&ring, &place, &wrapped).expect("rewraps");
    }
    assert!(counters::rsa_public() > before.0);
    assert!(counters::rsa_private() > before.1);
    assert!(counters::aes_rewraps() >= before.2 + 10);
}
