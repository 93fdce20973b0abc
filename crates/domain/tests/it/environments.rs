//! An environment's encryption: states and events (rules §2.2).

use domain::{
    Code, Refusal,
    environments::{EnvironmentState, EnvironmentType, Storage},
};

type Event = fn(EnvironmentState) -> Result<EnvironmentState, Refusal>;

const EVENTS: [(&str, Event); 10] = [
    ("apply", EnvironmentState::apply),
    ("applied", |state| state.applied(true)),
    ("apply undone", |state| state.applied(false)),
    ("give back", EnvironmentState::give_back),
    ("returned", |state| state.returned(true)),
    ("return undone", |state| state.returned(false)),
    ("unlock", EnvironmentState::unlock),
    ("unlocked", |state| state.unlocked(true)),
    ("unlock given up", |state| state.unlocked(false)),
    ("delete", EnvironmentState::delete),
];

fn next(state: EnvironmentState, event: &str) -> Option<EnvironmentState> {
    use EnvironmentState::{Applying, Deleted, Locked, PlatformManaged, Returning, SelfManaged, Unlocking};
    match (state, event) {
        (PlatformManaged, "apply") => Some(Applying),
        (Applying, "applied") => Some(SelfManaged),
        (Applying, "apply undone") => Some(PlatformManaged),
        (SelfManaged, "give back") => Some(Returning),
        (Returning, "returned") => Some(PlatformManaged),
        (Returning, "return undone") => Some(SelfManaged),
        (Locked, "unlock") => Some(Unlocking),
        (Unlocking, "unlocked") => Some(SelfManaged),
        (Unlocking, "unlock given up") => Some(Locked),
        (Locked, "delete") => Some(Deleted),
        _ => None,
    }
}

fn refusal_of(state: EnvironmentState, event: &str) -> Code {
    match state {
        EnvironmentState::Locking if event == "unlock" => Code::EnvironmentLocked,
        _ if matches!(event, "unlock" | "delete") => Code::EnvironmentState,
        EnvironmentState::Locking | EnvironmentState::Locked => Code::EnvironmentLocked,
        EnvironmentState::Applying | EnvironmentState::Returning | EnvironmentState::Unlocking => {
            Code::EnvironmentBusy
        }
        _ => Code::EnvironmentState,
    }
}

#[test]
fn e1_to_e12_every_state_meets_every_event() {
    for &state in EnvironmentState::ALL {
        for (name, event) in EVENTS {
            match (event(state), next(state, name)) {
                (Ok(found), Some(expected)) => assert_eq!(found, expected, "{state:?} {name}"),
                (Err(refusal), None) => assert_eq!(refusal.code, refusal_of(state, name), "{state:?} {name}"),
                (found, expected) => panic!("{state:?} {name}: {found:?} instead of {expected:?}"),
            }
        }
    }
}

#[test]
fn pp_090_only_environments_at_rest_are_online() {
    let online: Vec<_> = EnvironmentState::ALL.iter().filter(|state| state.is_online()).collect();
    assert_eq!(online, [&EnvironmentState::PlatformManaged, &EnvironmentState::SelfManaged]);
}

#[test]
fn stored_words_come_back_and_are_unique() {
    fn check<T: Copy + PartialEq + std::fmt::Debug>(
        all: &[T],
        word: fn(T) -> &'static str,
        parse: fn(&str) -> Option<T>,
    ) {
        for (index, value) in all.iter().enumerate() {
            assert_eq!(parse(word(*value)), Some(*value));
            assert!(all[..index].iter().all(|other| word(*other) != word(*value)), "{value:?}");
        }
        assert_eq!(parse("something else"), None);
    }
    check(EnvironmentState::ALL, EnvironmentState::as_str, EnvironmentState::parse);
    check(EnvironmentType::ALL, EnvironmentType::as_str, EnvironmentType::parse);
    check(Storage::ALL, Storage::as_str, Storage::parse);
}
