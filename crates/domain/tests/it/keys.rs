//! A protection key's states and events (rules §2.1).

use crate::{DAY, NOW, ring};
use domain::{
    Code, Refusal, Timestamp,
    keys::{KeyState, Source},
    policy,
};
use proptest::prelude::*;

type Event = fn(KeyState) -> Result<KeyState, Refusal>;

const EVENTS: [(&str, Event); 8] = [
    ("activate", |state| state.activate(NOW)),
    ("installed", |state| state.installed(NOW)),
    ("install_failed", |state| state.install_failed(Some(LOCKED))),
    ("replaced", KeyState::replaced),
    ("lock", |state| state.lock(NOW)),
    ("locked", KeyState::locked),
    ("unlock", |state| state.unlock(NOW)),
    ("destroyed", |state| state.destroyed(NOW)),
];

const LOCKED: Timestamp = Timestamp(NOW.0 - 7);

fn states() -> [KeyState; 7] {
    let since = NOW - DAY;
    [
        KeyState::Available,
        KeyState::Installing { since },
        KeyState::Active { since },
        KeyState::Locked { since },
        KeyState::Deleted { at: since },
        KeyState::Locking { since },
        KeyState::Unlocking { since },
    ]
}

/// The only transitions there are.
fn next(state: KeyState, event: &str) -> Option<KeyState> {
    match (state, event) {
        (KeyState::Available, "activate") => Some(KeyState::Installing { since: NOW }),
        (KeyState::Installing { .. }, "installed") => Some(KeyState::Active { since: NOW }),
        (KeyState::Installing { .. }, "install_failed") => Some(KeyState::Available),
        (KeyState::Active { .. }, "replaced") => Some(KeyState::Available),
        (KeyState::Active { .. }, "lock") => Some(KeyState::Locking { since: NOW }),
        (KeyState::Locking { since }, "locked") => Some(KeyState::Locked { since }),
        (KeyState::Locked { .. }, "unlock") => Some(KeyState::Unlocking { since: NOW }),
        (KeyState::Unlocking { .. }, "installed") => Some(KeyState::Active { since: NOW }),
        (KeyState::Unlocking { .. }, "install_failed") => Some(KeyState::Locked { since: LOCKED }),
        (KeyState::Available | KeyState::Locked { .. }, "destroyed") => Some(KeyState::Deleted { at: NOW }),
        _ => None,
    }
}

#[test]
fn k3_to_k11_every_state_meets_every_event() {
    for state in states() {
        for (name, event) in EVENTS {
            match (event(state), next(state, name)) {
                (Ok(found), Some(expected)) => assert_eq!(found, expected, "{state:?} {name}"),
                (Err(refusal), None) => {
                    let expected = match name {
                        "lock" => Code::KeyNotActive,
                        "unlock" => Code::KeyNotLocked,
                        _ => Code::KeyNotAvailable,
                    };
                    assert_eq!(refusal.code, expected, "{state:?} {name}");
                    assert!(refusal.detail.contains(state.as_str()), "names the state: {}", refusal.detail);
                    assert!(refusal.remedy.is_some(), "{state:?} {name} says what to do");
                }
                (found, expected) => panic!("{state:?} {name}: {found:?} instead of {expected:?}"),
            }
        }
    }
}

#[test]
fn stored_states_come_back_and_impossible_ones_do_not() {
    for state in states() {
        assert_eq!(KeyState::parse(state.as_str(), state.since()), Some(state));
        let wrong = if state.since().is_some() { None } else { Some(NOW) };
        assert_eq!(KeyState::parse(state.as_str(), wrong), None, "{state:?} with the wrong moment");
    }
    assert_eq!(KeyState::parse("pending", None), None);
    for source in [Source::Generated, Source::Uploaded] {
        assert_eq!(Source::parse(source.as_str()), Some(source));
    }
    assert_eq!(Source::parse("found"), None);
}

fn is_active(key: &KeyState) -> bool {
    matches!(key, KeyState::Active { .. })
}

fn is_installing(key: &KeyState) -> bool {
    matches!(key, KeyState::Installing { .. })
}

/// A ring as the service keeps it: its keys, and when the last activation completed.
struct Ring {
    keys: Vec<KeyState>,
    now: Timestamp,
    last: Option<Timestamp>,
}

impl Ring {
    fn activate(&mut self, index: usize) -> bool {
        let installing = self.keys.iter().any(is_installing);
        let facts = domain::rings::RingFacts {
            ever_activated: self.last.is_some(),
            last_activation_at: self.last,
            installing: installing.then(|| "another".to_owned()),
            ..ring()
        };
        let allowed = policy::activate_key(&facts, self.keys[index], true, self.now).is_ok();
        if allowed {
            self.keys[index] = self.keys[index].activate(self.now).unwrap();
        }
        allowed
    }

    fn finish(&mut self, succeeded: bool) {
        let Some(index) = self.keys.iter().position(is_installing) else {
            return;
        };
        if !succeeded {
            self.keys[index] = self.keys[index].install_failed(None).unwrap();
            return;
        }
        for key in &mut self.keys {
            if is_active(key) {
                *key = key.replaced().unwrap();
            }
        }
        self.keys[index] = self.keys[index].installed(self.now).unwrap();
        self.last = Some(self.now);
    }

    fn count(&self, wanted: fn(&KeyState) -> bool) -> usize {
        self.keys.iter().filter(|key| wanted(key)).count()
    }
}

proptest! {
    #[test]
    fn pp_046_no_sequence_makes_two_keys_active_or_installing(
        steps in prop::collection::vec((0_u8..4, 0_usize..5, 0_u64..172_800), 0..60)
    ) {
        let mut ring = Ring { keys: states()[..5].to_vec(), now: NOW, last: Some(NOW - DAY) };
        for (what, key, seconds) in steps {
            match what {
                0 => { ring.activate(key); }
                1 => ring.finish(true),
                2 => ring.finish(false),
                _ => ring.now = ring.now + std::time::Duration::from_secs(seconds),
            }
            prop_assert!(ring.count(is_active) <= 1);
            prop_assert!(ring.count(is_installing) <= 1);
            prop_assert!(ring.keys.contains(&states()[3]) && ring.keys.contains(&states()[4]),
                "no event leads out of Locked or Deleted");
        }
    }

    #[test]
    fn pp_083_accepted_activations_are_a_day_apart(waits in prop::collection::vec(0_u64..172_800, 1..40)) {
        let mut ring = Ring { keys: vec![KeyState::Available; 3], now: NOW, last: None };
        let mut accepted: Vec<Timestamp> = Vec::new();
        for (round, wait) in waits.into_iter().enumerate() {
            let index = (0..3).find(|i| ring.keys[(round + i) % 3] == KeyState::Available);
            let index = index.map(|i| (round + i) % 3).unwrap();
            if ring.activate(index) {
                ring.finish(true);
                accepted.push(ring.now);
            }
            ring.now = ring.now + std::time::Duration::from_secs(wait);
        }
        prop_assert!(!accepted.is_empty(), "the first activation waits for nothing");
        prop_assert!(accepted.windows(2).all(|pair| pair[1].since(pair[0]) >= DAY));
    }
}
