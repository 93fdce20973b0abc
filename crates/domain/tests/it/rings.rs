//! A ring's switches and timers.

use crate::{DAY, NOW, SECOND, ring};
use domain::{
    Code, Timestamp, UserId,
    keys::KeyState,
    policy,
    rings::{BETWEEN_ACTIVATIONS, Eligibility, NO_LOCK_AFTER_CHANGE, Report, RingFacts, SEAT_THRESHOLD},
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

fn reported(clearable: bool) -> RingFacts {
    let user = UserId(uuid::Uuid::from_u128(7));
    let report = Report {
        at: NOW,
        by: user,
        changed_by: None,
        approved_by: None,
        email: "grace@contoso.example".to_owned(),
        clearable,
    };
    RingFacts { report: Some(report), ..activated(NOW - DAY) }
}

#[test]
fn no_clock_counts_while_environments_are_locked_or_a_change_is_reported() {
    let ring = activated(NOW - 30 * DAY);
    assert_eq!((ring.activation_held(), ring.lock_held()), (None, None));
    let locking = RingFacts { lock_started_at: Some(NOW), ..ring.clone() };
    let locked = RingFacts { locked_environments: 1, any_self_managed: false, ..ring.clone() };
    let not_while = Some("Not while environments are locked");
    assert_eq!((locking.activation_held(), locking.lock_held()), (not_while, not_while));
    let all = Some("Everything on your own key is locked");
    assert_eq!((locked.activation_held(), locked.lock_held()), (not_while, all));
    let partly = RingFacts { locked_environments: 1, ..ring };
    assert!(partly.activation_held().is_some(), "PP-080");
    assert_eq!(partly.lock_held(), None, "what is back can be locked again");
    let held = reported(true);
    assert_eq!(held.activation_held(), Some("Not before the report is cleared"));
    assert_eq!(held.lock_held(), held.activation_held());
}

#[test]
fn x_10_a_report_that_nobody_can_clear_names_the_operators_way() {
    for (clearable, operator) in [(true, false), (false, true)] {
        let ring = reported(clearable);
        let reporter = ring.report.as_ref().map(|report| report.by);
        let refusal = policy::clear_report(&ring, reporter).unwrap_err();
        assert_eq!(refusal.code, Code::OwnReport);
        let remedy = refusal.remedy.unwrap();
        assert_eq!(remedy.contains("keystead admin region clear-report europe"), operator, "{remedy}");
        let refusal = policy::activate_key(&ring, KeyState::Available, true, NOW).unwrap_err();
        assert_eq!(refusal.remedy, Some(remedy), "whoever runs into it is told the same");
    }
}
