//! Locking what uses the Active key, and the way back (PP-096…PP-128).

use super::{
    Decision,
    changes::not_reported,
    environments::{idle, same_name},
    keys_page,
};
use crate::{
    Code, Refusal, Timestamp,
    environments::{EnvironmentFacts, EnvironmentState},
    keys::KeyState,
    rings::{LOCKED_AT_MOST, RingFacts},
};

/// K6: whether the environments of the Active key may be locked now (PP-032, PP-104…PP-109). The feature's
/// switch does not matter: what is encrypted with the key can always be locked with it.
pub fn lock_environments(ring: &RingFacts, key: KeyState, now: Timestamp) -> Decision {
    locking_over(ring)?;
    not_reported(ring)?;
    if let Some(name) = &ring.installing {
        let detail = format!("The key {name} is being installed; nothing can be locked meanwhile.");
        return Err(Refusal::new(Code::ActivationInProgress, detail).remedy("Wait until it is Active."));
    }
    key.lock(now)?;
    if let Some(at) = ring.lock_allowed_at(now) {
        let detail = "The key changed less than 72 hours ago. This time is for the other administrators, to undo a \
                      change that nobody authorised (PP-032, PP-034).";
        return Err(Refusal::new(Code::LockCooldown, detail).from(at));
    }
    settled(ring)?;
    if !ring.any_self_managed {
        let detail = format!("No environment in the region {} uses your own key (PP-105).", ring.region);
        return Err(Refusal::new(Code::NothingToLock, detail));
    }
    Ok(())
}

/// Nothing may be between two keys when one of them is destroyed.
fn settled(ring: &RingFacts) -> Decision {
    let detail = match (ring.reencrypting, ring.changing) {
        (false, 0) => return Ok(()),
        (true, _) => "Environments are still being re-encrypted with the active key (PP-077).".to_owned(),
        (false, 1) => "The key of 1 environment is just being changed.".to_owned(),
        (false, many) => format!("The keys of {many} environments are just being changed."),
    };
    Err(Refusal::new(Code::EnvironmentBusy, detail)
        .remedy("Wait until the running operations end.")
        .see("/operations", "Operations"))
}

/// PP-112: the typed text must be the one shown, case and all.
pub fn lock_text(ring: &RingFacts, typed: &str) -> Decision {
    let text = ring.lock_text();
    if typed.trim() == text {
        return Ok(());
    }
    Err(Refusal::field(Code::LockTextMismatch, "typed_text", format!("Type exactly what is shown: {text}.")))
}

/// K8: whether the file of a locked key may come back now (PP-106, PP-108, PP-121, X-18).
pub fn unlock_key(ring: &RingFacts, key: KeyState, now: Timestamp) -> Decision {
    if matches!(key, KeyState::Unlocking { .. }) {
        let detail = "The key is being unlocked already.";
        return Err(Refusal::new(Code::ActivationInProgress, detail).remedy("Wait until it is Active."));
    }
    if !matches!(key, KeyState::Locking { .. }) {
        key.unlock(now)?;
    }
    an_hour_after_the_lock(ring, now)
}

/// T1, X-18: an hour after the lock began, and not before its job is done.
fn an_hour_after_the_lock(ring: &RingFacts, now: Timestamp) -> Decision {
    if let Some(at) = ring.unlock_allowed_at(now) {
        let detail = "Unlocking is possible an hour after the lock began (PP-106).";
        return Err(Refusal::new(Code::UnlockTooEarly, detail).from(at));
    }
    if ring.is_locking() {
        return Err(Refusal::new(Code::UnlockTooEarly, "The lock is still running (PP-108).")
            .remedy("Wait until its operation ends.")
            .see("/operations", "Operations"));
    }
    Ok(())
}

/// E9: whether the environment may be unlocked now (PP-115…PP-128). `active_key` says whether the key it was
/// locked with is Active again.
pub fn unlock_environment(
    environment: &EnvironmentFacts,
    ring: &RingFacts,
    active_key: bool,
    now: Timestamp,
) -> Decision {
    if environment.state == EnvironmentState::Locking {
        an_hour_after_the_lock(ring, now)?;
    }
    environment.state.unlock()?;
    idle(environment)?;
    if deletion_at(environment).is_some_and(|at| at <= now) {
        let detail = "The environment was locked for 28 days and is being deleted (PP-103).";
        return Err(Refusal::new(Code::UnlockTooLate, detail));
    }
    an_hour_after_the_lock(ring, now)?;
    if !active_key {
        let detail = "The key that locked the environment is not Active (PP-114, PP-123).";
        return Err(Refusal::new(Code::NoActiveKey, detail)
            .remedy("Unlock the key first, with its file.")
            .see(keys_page(ring), "Encryption keys"));
    }
    Ok(())
}

/// T28: when a locked environment is deleted (PP-103).
pub fn deletion_at(environment: &EnvironmentFacts) -> Option<Timestamp> {
    let locked = matches!(environment.state, EnvironmentState::Locking | EnvironmentState::Locked);
    locked.then(|| environment.state_since + LOCKED_AT_MOST)
}

/// E12: whether the environment may be deleted by hand (PP-082).
pub fn delete_environment(environment: &EnvironmentFacts) -> Decision {
    environment.state.delete()?;
    idle(environment)
}

/// E12: the typed name must be the environment's, whatever its type.
pub fn typed_name_to_delete(environment: &EnvironmentFacts, typed: &str) -> Decision {
    same_name(&environment.name, typed)
}

/// K1, K3, K6: no other lock is running.
pub(super) fn locking_over(ring: &RingFacts) -> Decision {
    if !ring.is_locking() {
        return Ok(());
    }
    let detail = format!("The environments in the region {} are just being locked.", ring.region);
    Err(Refusal::new(Code::KeysBlockedByLock, detail)
        .remedy("Wait until the operation ends.")
        .see("/operations", "Operations"))
}

pub(super) fn unlocked(ring: &RingFacts) -> Decision {
    locking_over(ring)?;
    let Some(locked) = locked(ring) else { return Ok(()) };
    let detail = format!("{locked}; keys cannot be added or activated meanwhile (PP-080, PP-120).");
    Err(Refusal::new(Code::KeysBlockedByLock, detail)
        .remedy("Unlock or delete the locked environments.")
        .see(format!("/environments?encryption=locked&region={}", ring.region), "Locked environments"))
}

/// How many environments are locked, in words; `None` when none is.
pub(super) fn locked(ring: &RingFacts) -> Option<String> {
    match ring.locked_environments {
        0 => None,
        1 => Some("1 environment is locked".to_owned()),
        many => Some(format!("{many} environments are locked")),
    }
}
