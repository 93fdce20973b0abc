//! The clock that can be moved.

use service::OffsetClock;

#[test]
fn an_older_offset_that_arrives_late_does_not_set_it_back() {
    let clock = OffsetClock::default();
    clock.advance_to(86_401_000_000);
    clock.advance_to(0);
    assert_eq!(clock.offset(), 86_401_000_000);
    clock.advance_to(86_402_000_000);
    assert_eq!(clock.offset(), 86_402_000_000);
}
