//! The one answer to "may this happen now?", guard by guard.

use crate::{NOW, SECOND, environment, ring};
use domain::{
    Code,
    environments::{EnvironmentFacts, EnvironmentState, EnvironmentType},
    keys::KeyState,
    policy::{self, Decision},
    rings::RingFacts,
};

fn code(decision: Decision) -> Option<Code> {
    decision.err().map(|refusal| refusal.code)
}

fn in_state(state: EnvironmentState) -> EnvironmentFacts {
    EnvironmentFacts { state, ..environment() }
}

#[test]
fn pp_120_no_key_is_added_while_an_environment_is_locked() {
    assert_eq!(policy::add_key(&ring()), Ok(()));
    for (locked, words) in [(1, "1 environment is"), (2, "2 environments are")] {
        let facts = RingFacts { locked_environments: locked, ..ring() };
        let refusal = policy::add_key(&facts).unwrap_err();
        assert_eq!(refusal.code, Code::KeysBlockedByLock);
        assert!(refusal.detail.starts_with(words), "{}", refusal.detail);
        assert_eq!(
            code(policy::activate_key(&facts, KeyState::Available, true, NOW)),
            Some(refusal.code),
            "PP-080"
        );
    }
}

#[test]
fn pp_046_pp_076_one_key_is_installed_at_a_time() {
    let facts = RingFacts { installing: Some("contoso-2026".to_owned()), ..ring() };
    let refusal = policy::activate_key(&facts, KeyState::Available, true, NOW).unwrap_err();
    assert_eq!(refusal.code, Code::ActivationInProgress);
    assert!(refusal.detail.contains("contoso-2026"), "names the key: {}", refusal.detail);
    assert_eq!(policy::add_key(&facts), Ok(()), "adding another key meanwhile is fine");
}

#[test]
fn pp_073_only_an_available_key_is_activated() {
    assert_eq!(policy::activate_key(&ring(), KeyState::Available, true, NOW), Ok(()));
    let since = NOW - SECOND;
    let others = [
        KeyState::Installing { since },
        KeyState::Active { since },
        KeyState::Locked { since },
        KeyState::Deleted { at: since },
    ];
    for state in others {
        assert_eq!(
            code(policy::activate_key(&ring(), state, true, NOW)),
            Some(Code::KeyNotAvailable),
            "{state:?}"
        );
    }
}

#[test]
fn x_06_a_key_whose_file_nobody_has_shown_is_not_activated() {
    let decision = policy::activate_key(&ring(), KeyState::Available, false, NOW);
    assert_eq!(code(decision), Some(Code::KeyNotProved));
    assert_eq!(policy::prove_key(KeyState::Available, false), Ok(()));
    assert_eq!(code(policy::prove_key(KeyState::Available, true)), Some(Code::Conflict));
    assert_eq!(code(policy::prove_key(KeyState::Active { since: NOW }, true)), Some(Code::Conflict));
}

#[test]
fn pp_085_a_key_is_applied_only_where_one_is_active() {
    assert_eq!(policy::apply_key(&environment(), &ring(), true), Ok(()));
    let refusal = policy::apply_key(&environment(), &ring(), false).unwrap_err();
    assert_eq!(refusal.code, Code::NoActiveKey);
    assert!(refusal.detail.contains("europe"));
    let locked = RingFacts { locked_environments: 2, ..ring() };
    let refusal = policy::apply_key(&environment(), &locked, false).unwrap_err();
    assert_eq!(refusal.code, Code::NoActiveKey);
    assert!(refusal.detail.contains("2 environments are locked"), "{}", refusal.detail);
    assert!(!refusal.remedy.unwrap().contains("Add and activate"), "impossible during a lock");
    let locking = RingFacts { lock_started_at: Some(NOW), ..ring() };
    assert_eq!(code(policy::apply_key(&environment(), &locking, false)), Some(Code::KeysBlockedByLock));
    assert_eq!(policy::apply_key(&environment(), &locked, true), Ok(()), "the key is back");
}

#[test]
fn e1_e5_a_running_job_keeps_the_environment_busy() {
    let busy = |state| EnvironmentFacts { job_running: true, ..in_state(state) };
    let apply = policy::apply_key(&busy(EnvironmentState::PlatformManaged), &ring(), true);
    let give_back = policy::return_key(&busy(EnvironmentState::SelfManaged));
    assert_eq!(code(apply), Some(Code::EnvironmentBusy));
    assert_eq!(code(give_back), Some(Code::EnvironmentBusy));
}

#[test]
fn pp_091_only_a_self_managed_environment_returns() {
    for &state in EnvironmentState::ALL {
        let allowed = policy::return_key(&in_state(state)).is_ok();
        assert_eq!(allowed, state == EnvironmentState::SelfManaged, "{state:?}");
    }
}

#[test]
fn pp_090_pp_098_data_is_used_online_only() {
    for &state in EnvironmentState::ALL {
        let expected = match state {
            EnvironmentState::PlatformManaged | EnvironmentState::SelfManaged => None,
            EnvironmentState::Applying | EnvironmentState::Returning | EnvironmentState::Unlocking => {
                Some(Code::EnvironmentOffline)
            }
            EnvironmentState::Locking | EnvironmentState::Locked => Some(Code::EnvironmentLocked),
            EnvironmentState::Deleted => Some(Code::NotFound),
        };
        assert_eq!(code(policy::use_data(state)), expected, "{state:?}");
    }
}

#[test]
fn pp_094_production_asks_for_the_name_as_it_is_written() {
    let production = EnvironmentFacts { kind: EnvironmentType::Production, ..environment() };
    assert_eq!(policy::name_to_type(&production), Some("Contoso Sales"));
    assert_eq!(policy::typed_name(&production, "Contoso Sales"), Ok(()));
    assert_eq!(
        policy::typed_name(&production, "  Contoso Sales "),
        Ok(()),
        "blanks around it are no mistake"
    );
    for wrong in ["", "contoso sales", "Contoso", "Contoso  Sales"] {
        let refusal = policy::typed_name(&production, wrong).unwrap_err();
        assert_eq!(refusal.code, Code::NameMismatch, "{wrong:?}");
        assert_eq!(refusal.fields[0].field, "typed_name");
    }
}

#[test]
fn pp_094_other_types_ask_for_no_name() {
    for &kind in EnvironmentType::ALL.iter().filter(|kind| **kind != EnvironmentType::Production) {
        let facts = EnvironmentFacts { kind, ..environment() };
        assert_eq!(policy::name_to_type(&facts), None);
        assert_eq!(policy::typed_name(&facts, ""), Ok(()), "{kind:?}");
    }
}
