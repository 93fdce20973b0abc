//! Moments and how they are written.

use domain::{Timestamp, time::human_span};
use proptest::prelude::*;
use std::time::Duration;

#[test]
fn a_moment_has_three_forms() {
    let at = Timestamp(1_795_338_720_500_000);
    assert_eq!(at.rfc3339(), "2026-11-22T09:12:00Z");
    assert_eq!(at.rfc3339_exact(), "2026-11-22T09:12:00.5Z");
    assert_eq!(at.human(), "22 Nov 2026, 09:12 UTC");
    assert_eq!(Timestamp::from_secs(0).human(), "1 Jan 1970, 00:00 UTC");
}

#[test]
fn only_rfc_3339_is_read() {
    assert_eq!(Timestamp::parse("1970-01-01T00:00:01Z"), Some(Timestamp::from_secs(1)));
    assert_eq!(Timestamp::parse("1969-12-31T23:59:59.9999999Z"), Some(Timestamp(-1)), "rounded down");
    for text in
        ["", "0", "2026-11-22", "2026-11-22T09:12Z", "2026-11-22T09:12:00", "9999-12-31T23:59:59-00:01"]
    {
        assert_eq!(Timestamp::parse(text), None, "{text:?}");
    }
}

#[test]
fn a_span_is_told_in_its_two_largest_units() {
    let spans = [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3_599, "59 min"),
        (3_600, "1 h 0 min"),
        (86_399, "23 h 59 min"),
        (86_400, "1 d 0 h"),
        (273_600, "3 d 4 h"),
    ];
    for (secs, text) in spans {
        assert_eq!(human_span(Duration::from_secs(secs)), text);
    }
}

#[test]
fn sums_stop_at_the_ends_of_time() {
    let (first, last) = (Timestamp(i64::MIN), Timestamp(i64::MAX));
    assert_eq!(last + Duration::MAX, last);
    assert_eq!(first - Duration::MAX, first);
    assert_eq!(first.since(last), Duration::ZERO);
    assert_eq!(last.rfc3339(), "out of range");
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(at in -62_167_219_200_000_000_i64..=253_402_300_799_999_999) {
        let at = Timestamp(at);
        prop_assert_eq!(Timestamp::parse(&at.rfc3339_exact()), Some(at));
        let to_the_second = Timestamp::parse(&at.rfc3339()).unwrap();
        prop_assert!(at.since(to_the_second) < Duration::from_secs(1) && to_the_second <= at);
    }

    #[test]
    fn adding_and_taking_away_are_opposites(at in 0_i64..4_000_000_000_000_000, by in 0_u64..4_000_000_000) {
        let (at, by) = (Timestamp(at), Duration::from_secs(by));
        prop_assert_eq!((at + by) - by, at);
        prop_assert_eq!((at + by).since(at), by);
    }
}

#[test]
fn what_becomes_possible_is_shown_at_the_whole_second_after_it() {
    let second = 1_800_000_000_000_000;
    for (micros, expected) in [(0, 0), (1, 1_000_000), (999_999, 1_000_000), (1_000_000, 1_000_000)] {
        assert_eq!(Timestamp(second + micros).whole_second(), Timestamp(second + expected));
    }
}
