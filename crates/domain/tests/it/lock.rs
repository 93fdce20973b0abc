//! Locking and unlocking: every guard, and the timers at −1 s, 0, +1 s.

use crate::{DAY, NOW, SECOND, environment, ring};
use domain::{
    Code, Timestamp,
    environments::{EnvironmentFacts, EnvironmentState},
    keys::KeyState,
    policy::{self, Decision},
    rings::RingFacts,
};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);
const ACTIVE: KeyState = KeyState::Active { since: NOW };
const LOCKED: KeyState = KeyState::Locked { since: NOW };

fn code(decision: Decision) -> Option<Code> {
    decision.err().map(|refusal| refusal.code)
}

/// −1 s, 0 and +1 s around `at`, with whether it is time by then.
fn around(at: Timestamp) -> [(Timestamp, bool); 3] {
    [(at - SECOND, false), (at, true), (at + SECOND, true)]
}

/// A ring that was locked at [`NOW`], its job done.
fn locked_ring() -> RingFacts {
    RingFacts {
        lock_started_at: Some(NOW),
        lock_completed_at: Some(NOW + SECOND),
        locked_environments: 1,
        any_self_managed: false,
        ..ring()
    }
}

fn locked_environment() -> EnvironmentFacts {
    EnvironmentFacts { state: EnvironmentState::Locked, state_since: NOW, ..environment() }
}

#[test]
fn pp_032_a_lock_waits_72_hours_after_a_change() {
    let facts = RingFacts { last_activation_at: Some(NOW), ever_activated: true, ..ring() };
    let from = NOW + 3 * DAY;
    for (at, possible) in around(from) {
        let decision = policy::lock_environments(&facts, ACTIVE, at);
        assert_eq!(decision.is_ok(), possible, "{at}");
        if let Err(refusal) = decision {
            assert_eq!((refusal.code, refusal.allowed_at), (Code::LockCooldown, Some(from)));
            assert!(refusal.detail.contains("administrators"), "why: {}", refusal.detail);
        }
    }
}

#[test]
fn k6_every_other_guard_has_its_code() {
    let lock = |facts: RingFacts, key| code(policy::lock_environments(&facts, key, NOW));
    assert_eq!(lock(ring(), ACTIVE), None);
    assert_eq!(lock(ring(), KeyState::Available), Some(Code::KeyNotActive), "PP-109");
    assert_eq!(lock(ring(), LOCKED), Some(Code::KeyNotActive));
    let installing = RingFacts { installing: Some("next".to_owned()), ..ring() };
    assert_eq!(lock(installing, ACTIVE), Some(Code::ActivationInProgress));
    assert_eq!(lock(RingFacts { changing: 1, ..ring() }, ACTIVE), Some(Code::EnvironmentBusy));
    assert_eq!(
        lock(RingFacts { reencrypting: true, ..ring() }, ACTIVE),
        Some(Code::EnvironmentBusy),
        "PP-077"
    );
    assert_eq!(lock(RingFacts { any_self_managed: false, ..ring() }, ACTIVE), Some(Code::NothingToLock));
    let running = RingFacts { lock_started_at: Some(NOW), lock_completed_at: None, ..ring() };
    assert_eq!(lock(running.clone(), ACTIVE), Some(Code::KeysBlockedByLock), "another lock");
    assert_eq!(code(policy::add_key(&running)), Some(Code::KeysBlockedByLock), "K1");
    let off = RingFacts {
        eligibility: domain::rings::Eligibility { enabled_at: None, ..ring().eligibility },
        ..ring()
    };
    assert_eq!(lock(off, ACTIVE), None, "what is encrypted with the key can always be locked");
}

#[test]
fn pp_112_the_typed_text_names_the_region() {
    assert_eq!(ring().lock_text(), "LOCK EUROPE");
    assert_eq!(policy::lock_text(&ring(), " LOCK EUROPE\n"), Ok(()));
    for wrong in ["", "lock europe", "LOCK europe", "LOCK  EUROPE", "LOCK US-EAST"] {
        let refusal = policy::lock_text(&ring(), wrong).unwrap_err();
        assert_eq!(refusal.code, Code::LockTextMismatch);
        assert!(refusal.detail.contains("LOCK EUROPE"), "says what is shown");
    }
}

#[test]
fn pp_106_x_18_a_key_is_unlocked_after_an_hour_and_the_end_of_the_lock() {
    for (at, possible) in around(NOW + HOUR) {
        let decision = policy::unlock_key(&locked_ring(), LOCKED, at);
        assert_eq!(decision.is_ok(), possible, "{at}");
        if let Err(refusal) = decision {
            assert_eq!((refusal.code, refusal.allowed_at), (Code::UnlockTooEarly, Some(NOW + HOUR)));
        }
    }
    let running = RingFacts { lock_completed_at: None, ..locked_ring() };
    let locking = KeyState::Locking { since: NOW };
    let refusal = policy::unlock_key(&running, locking, NOW + 2 * HOUR).unwrap_err();
    assert_eq!((refusal.code, refusal.allowed_at), (Code::UnlockTooEarly, None), "the job is not done");
    for (key, expected) in [
        (ACTIVE, Code::KeyNotLocked),
        (KeyState::Available, Code::KeyNotLocked),
        (KeyState::Unlocking { since: NOW }, Code::ActivationInProgress),
    ] {
        assert_eq!(code(policy::unlock_key(&locked_ring(), key, NOW + DAY)), Some(expected), "{key:?}");
    }
}

#[test]
fn pp_123_an_environment_is_unlocked_when_its_key_is_active() {
    let unlock =
        |active, at| code(policy::unlock_environment(&locked_environment(), &locked_ring(), active, at));
    assert_eq!(unlock(false, NOW + DAY), Some(Code::NoActiveKey));
    assert_eq!(unlock(true, NOW + HOUR - SECOND), Some(Code::UnlockTooEarly), "PP-117");
    assert_eq!(unlock(true, NOW + HOUR), None);
    let other = EnvironmentFacts { state: EnvironmentState::SelfManaged, ..locked_environment() };
    let decision = policy::unlock_environment(&other, &locked_ring(), true, NOW + DAY);
    assert_eq!(code(decision), Some(Code::EnvironmentState));
}

#[test]
fn pp_103_after_28_days_there_is_no_way_back() {
    let end = NOW + 28 * DAY;
    assert_eq!(policy::deletion_at(&locked_environment()), Some(end));
    assert_eq!(policy::deletion_at(&environment()), None);
    for (at, over) in around(end) {
        let decision = policy::unlock_environment(&locked_environment(), &locked_ring(), true, at);
        assert_eq!(code(decision), over.then_some(Code::UnlockTooLate), "{at}");
    }
}

#[test]
fn pp_082_only_a_locked_environment_is_deleted_by_its_name() {
    assert_eq!(policy::delete_environment(&locked_environment()), Ok(()));
    for state in EnvironmentState::ALL.iter().filter(|state| **state != EnvironmentState::Locked) {
        let facts = EnvironmentFacts { state: *state, ..locked_environment() };
        assert_eq!(code(policy::delete_environment(&facts)), Some(Code::EnvironmentState), "{state:?}");
    }
    let facts = locked_environment();
    assert_eq!(policy::typed_name_to_delete(&facts, "Contoso Sales"), Ok(()), "a sandbox's, too");
    assert_eq!(code(policy::typed_name_to_delete(&facts, "contoso sales")), Some(Code::NameMismatch));
}

#[test]
fn pp_098_locked_data_is_closed_from_the_lock_to_the_end_of_the_unlock() {
    for (state, expected) in [
        (EnvironmentState::Locking, Code::EnvironmentLocked),
        (EnvironmentState::Locked, Code::EnvironmentLocked),
        (EnvironmentState::Unlocking, Code::EnvironmentOffline),
    ] {
        assert_eq!(code(policy::use_data(state)), Some(expected), "{state:?}");
    }
}
