//! The one answer to "may this happen now?": the reason, from when, what to do.
//!
//! Guards inside transactions, disabled buttons, countdowns and the API's `allowed_actions` all
//! read these functions, so they cannot disagree.

use crate::{
    Code, Refusal, Timestamp,
    environments::{EnvironmentFacts, EnvironmentState, EnvironmentType, ineligible},
    keys::KeyState,
    rings::RingFacts,
    time::human_span,
};

/// Whether it is allowed; if not, why, from when, and what to do.
pub type Decision = Result<(), Refusal>;

/// PP-004, PP-005, PP-013: seats, opt-in, and the operator's switch. The page of the region's keys shows
/// each condition and how the operator is asked (PP-006).
pub fn feature(ring: &RingFacts) -> Decision {
    let facts = &ring.eligibility;
    let (code, detail, remedy) = if facts.seats <= facts.threshold || !facts.opted_in {
        let opted = if facts.opted_in { "it has" } else { "it has not" };
        let detail = format!(
            "Managing your own key needs more than {} licensed seats, and {} are counted (PP-004); the organisation must \
             have opted in, and {opted} (PP-005).",
            facts.threshold, facts.seats
        );
        (Code::NotEligible, detail, "Ask the operator of this portal to correct what is missing (PP-006).")
    } else if facts.enabled_at.is_none() {
        let detail =
            format!("Managing your own key is not turned on for the region {} (PP-013).", ring.region);
        (Code::FeatureNotEnabled, detail, "Ask the operator of this portal to turn it on.")
    } else {
        return Ok(());
    };
    Err(Refusal::new(code, detail).remedy(remedy).see(keys_page(ring), "What is missing"))
}

fn keys_page(ring: &RingFacts) -> String {
    format!("/encryption-keys?region={}", ring.region)
}

/// K1, K2: whether a key may be added to the ring (PP-120).
pub fn add_key(ring: &RingFacts) -> Decision {
    feature(ring)?;
    unlocked(ring)
}

/// K3: whether `key` may be activated (PP-072…PP-083, PP-138). `proved` says that somebody showed to hold
/// its file.
pub fn activate_key(ring: &RingFacts, key: KeyState, proved: bool, now: Timestamp) -> Decision {
    feature(ring)?;
    unlocked(ring)?;
    if let Some(name) = &ring.installing {
        let detail = format!("The key {name} is being installed; only one key can be (PP-046, PP-076).");
        return Err(Refusal::new(Code::ActivationInProgress, detail).remedy("Wait until it is Active."));
    }
    key.activate(now)?;
    if !proved {
        let detail =
            "Nobody has shown yet that the key's file is kept: without it, a lock would be for ever (X-06).";
        return Err(Refusal::new(Code::KeyNotProved, detail)
            .remedy("Select the downloaded file and its password once more."));
    }
    match ring.next_activation_at(now) {
        None => Ok(()),
        Some(at) => {
            let detail = format!(
                "A key was activated less than 24 hours ago; the next activation is possible in {} (PP-083).",
                human_span(at.since(now))
            );
            Err(Refusal::new(Code::ActivationCooldown, detail).from(at))
        }
    }
}

/// Whether somebody may show now to hold the file of a generated key.
pub fn prove_key(key: KeyState, proved: bool) -> Decision {
    if proved || key != KeyState::Available {
        let detail = "It was shown already that this key's file is kept.";
        return Err(Refusal::new(Code::Conflict, detail));
    }
    Ok(())
}

/// E1: whether the active key may be applied to the environment (PP-014…PP-017, PP-085).
/// `active_key` says whether the region has an Active key.
pub fn apply_key(environment: &EnvironmentFacts, ring: &RingFacts, active_key: bool) -> Decision {
    feature(ring)?;
    environment.state.apply()?;
    idle(environment)?;
    let reasons = ineligible(environment, ring.eligibility.enabled_at);
    if !reasons.is_empty() {
        return Err(Refusal::new(Code::EnvironmentNotEligible, reasons.join(" "))
            .remedy("Create a new environment and move the data there."));
    }
    if !active_key {
        let detail = format!("The region {} has no Active key (PP-085).", ring.region);
        return Err(Refusal::new(Code::NoActiveKey, detail)
            .remedy("Add and activate a key first.")
            .see(keys_page(ring), "Encryption keys"));
    }
    Ok(())
}

/// E5: whether the environment may return to the platform's key (PP-091).
pub fn return_key(environment: &EnvironmentFacts) -> Decision {
    environment.state.give_back()?;
    idle(environment)
}

/// Whether rows can be read or written now.
pub fn use_data(state: EnvironmentState) -> Decision {
    match state {
        state if state.is_online() => Ok(()),
        EnvironmentState::Locked => Err(Refusal::new(
            Code::EnvironmentLocked,
            "The environment is locked: its data opens again only with the key it was locked with (PP-098).",
        )),
        EnvironmentState::Deleted => Err(Refusal::not_found("environment")),
        state => Err(Refusal::new(
            Code::EnvironmentOffline,
            format!("The environment is offline while its rows are sealed anew ({}).", state.label()),
        )
        .remedy("Wait until the running operation ends.")),
    }
}

/// Whether a CSV file may be taken in: as [`use_data`], and no other job on the environment.
pub fn import_rows(environment: &EnvironmentFacts) -> Decision {
    use_data(environment.state)?;
    idle(environment)
}

/// The name to be typed before a return, if one is asked for (PP-094).
pub fn name_to_type(environment: &EnvironmentFacts) -> Option<&str> {
    (environment.kind == EnvironmentType::Production).then_some(environment.name.as_str())
}

/// PP-094: the typed name must be the environment's, case and all.
pub fn typed_name(environment: &EnvironmentFacts, typed: &str) -> Decision {
    match name_to_type(environment) {
        Some(name) if typed.trim() != name => Err(Refusal::field(
            Code::NameMismatch,
            "typed_name",
            format!("Type the environment's name exactly as shown: {name}."),
        )),
        _ => Ok(()),
    }
}

fn unlocked(ring: &RingFacts) -> Decision {
    if ring.locked_environments == 0 {
        return Ok(());
    }
    let locked = match ring.locked_environments {
        1 => "1 environment is locked".to_owned(),
        many => format!("{many} environments are locked"),
    };
    let detail = format!("{locked}; keys cannot be added or activated meanwhile (PP-080, PP-120).");
    Err(Refusal::new(Code::KeysBlockedByLock, detail)
        .remedy("Unlock or delete the locked environments.")
        .see("/environments?state=locked", "Locked environments"))
}

fn idle(environment: &EnvironmentFacts) -> Decision {
    if environment.job_running {
        return Err(Refusal::new(Code::EnvironmentBusy, "An operation is running on this environment.")
            .remedy("Wait until it ends."));
    }
    Ok(())
}
