//! An environment's own changes: its key, its rows, what must be typed (PP-085…PP-095).

use super::{
    Decision, feature, keys_page,
    lock::{locked, locking_over},
};
use crate::{
    Code, Refusal,
    environments::{EnvironmentFacts, EnvironmentState, EnvironmentType, ineligible},
    rings::RingFacts,
};

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
    if active_key {
        return Ok(());
    }
    locking_over(ring)?;
    let (detail, remedy) = match locked(ring) {
        None => {
            let detail = format!("The region {} has no Active key (PP-085).", ring.region);
            (detail, "Add and activate a key first.")
        }
        Some(locked) => {
            let detail =
                format!("In the region {} {locked}, and the locked key is not Active (PP-085).", ring.region);
            (detail, "First the locked key comes back, by its file, or the locked environments are deleted.")
        }
    };
    Err(Refusal::new(Code::NoActiveKey, detail).remedy(remedy).see(keys_page(ring), "Encryption keys"))
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
        EnvironmentState::Locking | EnvironmentState::Locked => Err(Refusal::new(
            Code::EnvironmentLocked,
            "The environment is locked: its data opens again only with the key it was locked with (PP-098).",
        )),
        EnvironmentState::Deleted => Err(Refusal::not_found("environment")),
        EnvironmentState::Unlocking => {
            Err(Refusal::new(Code::EnvironmentOffline, "The environment is being unlocked.")
                .remedy("Wait until the running operation ends."))
        }
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
    name_to_type(environment).map_or(Ok(()), |name| same_name(name, typed))
}

pub(super) fn same_name(name: &str, typed: &str) -> Decision {
    if typed.trim() == name {
        return Ok(());
    }
    let text = format!("Type the environment's name exactly as shown: {name}.");
    Err(Refusal::field(Code::NameMismatch, "typed_name", text))
}

pub(super) fn idle(environment: &EnvironmentFacts) -> Decision {
    if environment.job_running {
        return Err(Refusal::new(Code::EnvironmentBusy, "An operation is running on this environment.")
            .remedy("Wait until it ends."));
    }
    Ok(())
}
