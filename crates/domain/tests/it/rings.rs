//! A ring's switches and timers.

use crate::{DAY, NOW, SECOND, ring};
use domain::{
    Code, Timestamp,
    keys::KeyState,
    policy,
    rings::{BETWEEN_ACTIVATIONS, Eligibility, NO_LOCK_AFTER_CHANGE, RingFacts, SEAT_THRESHOLD},
};

fn with_seats(seats: i64) -> RingFacts {
    RingFacts {
        eligibility: Eligibility { seats, threshold: SEAT_THRESHOLD, ..ring().eligibility },
        ..ring()
    }
}

fn activated(at: Timestamp) -> RingFacts {
    RingFacts { ever_activated: true, last_activation_at: Some(at), ..ring() }
}

#[test]
fn pp_004_exactly_the_threshold_is_refused() {
    assert_eq!(SEAT_THRESHOLD, 1000);
    for (seats, allowed) in [(999, false), (1000, false), (1001, true)] {
        match policy::feature(&with_seats(seats)) {
            Ok(()) => assert!(allowed, "{seats} seats"),
            Err(refusal) => {
                assert!(!allowed, "{seats} seats");
                assert_eq!(refusal.code, Code::NotEligible);
                assert!(refusal.detail.contains(&seats.to_string()) && refusal.detail.contains("1000"));
            }
        }
    }
}

#[test]
fn pp_005_without_opt_in_the_feature_is_refused() {
    let eligibility = Eligibility { opted_in: false, ..ring().eligibility };
    let refusal = policy::feature(&RingFacts { eligibility, ..ring() }).unwrap_err();
    assert_eq!(refusal.code, Code::NotEligible);
    assert!(refusal.detail.contains("PP-005"));
}

#[test]
fn pp_013_the_operator_turns_the_feature_on_first() {
    let eligibility = Eligibility { enabled_at: None, ..ring().eligibility };
    let refusal = policy::feature(&RingFacts { eligibility, ..ring() }).unwrap_err();
    assert_eq!(refusal.code, Code::FeatureNotEnabled);
    assert!(refusal.detail.contains("europe"), "names the region: {}", refusal.detail);
}

#[test]
fn pp_083_a_second_activation_waits_24_hours() {
    assert_eq!(BETWEEN_ACTIVATIONS, DAY);
    let facts = activated(NOW);
    let due = NOW + DAY;
    for (now, allowed) in [(due - SECOND, false), (due, true), (due + SECOND, true)] {
        let decision = policy::activate_key(&facts, KeyState::Available, true, now);
        assert_eq!(decision.is_ok(), allowed, "at {now}");
        assert_eq!(facts.next_activation_at(now), (!allowed).then_some(due));
        if let Err(refusal) = decision {
            assert_eq!(refusal.code, Code::ActivationCooldown);
            assert_eq!(refusal.allowed_at, Some(due), "tells from when");
        }
    }
}

#[test]
fn pp_032_locking_waits_72_hours_after_a_change() {
    assert_eq!(NO_LOCK_AFTER_CHANGE, 3 * DAY);
    let facts = activated(NOW);
    let due = NOW + 3 * DAY;
    for (now, waits) in [(due - SECOND, Some(due)), (due, None), (due + SECOND, None)] {
        assert_eq!(facts.lock_allowed_at(now), waits, "at {now}");
    }
}

#[test]
fn x_07_a_ring_that_was_never_activated_waits_for_nothing() {
    assert_eq!(ring().next_activation_at(NOW), None);
    assert_eq!(ring().lock_allowed_at(NOW), None);
}
