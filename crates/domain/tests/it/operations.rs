//! Long-running jobs and events: their words.

use domain::{
    events::Event,
    operations::{OperationKind, OperationState},
};

#[test]
fn stored_words_come_back() {
    for &kind in OperationKind::ALL {
        assert_eq!(OperationKind::parse(kind.as_str()), Some(kind));
        assert!(kind.steps().len() >= 2, "{kind:?} shows its steps");
    }
    for &state in OperationState::ALL {
        assert_eq!(OperationState::parse(state.as_str()), Some(state));
    }
    for &event in Event::ALL {
        assert_eq!(Event::parse(event.as_str()), Some(event));
    }
    assert_eq!(OperationKind::parse("reboot"), None);
    assert_eq!(OperationState::parse(""), None);
    assert_eq!(Event::parse("key_lost"), None);
}

#[test]
fn a_job_ends_well_or_badly_or_is_cancelled() {
    let over: Vec<_> = OperationState::ALL.iter().filter(|state| state.is_over()).collect();
    assert_eq!(over, [&OperationState::Succeeded, &OperationState::Failed, &OperationState::Cancelled]);
}
