//! The one answer to "may this happen now?": the reason, from when, what to do.
//!
//! Guards inside transactions, disabled buttons, countdowns and the API's `allowed_actions` all
//! read these functions, so they cannot disagree.

mod approvals;
mod changes;
mod data;
mod environments;
mod lock;
mod messages;

pub use approvals::{
    approved, ask_approval, give_approval, same_question, scheduled_roll_back, standing, withdraw_approval,
};
pub use changes::{cancel_roll_back, clear_report, clearing, report_change, schedule_roll_back};
pub use data::{
    back_up, cancel_operation, change_data, copy, copy_from, delete_backup, reset, restore, schedule_backups,
    typed_target,
};
pub use environments::{apply_key, import_rows, name_to_type, return_key, typed_name, use_data};
pub use lock::{
    delete_environment, deletion_at, lock_environments, lock_text, typed_name_to_delete, unlock_environment,
    unlock_key,
};
pub use messages::send_again;

use crate::{Code, Refusal, Timestamp, keys::KeyState, rings::RingFacts};
use changes::not_reported;
use lock::unlocked;

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
    not_reported(ring)?;
    not_installing(ring)?;
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
            let detail = "A key was activated less than 24 hours ago (PP-083).";
            Err(Refusal::new(Code::ActivationCooldown, detail).from(at))
        }
    }
}

fn not_installing(ring: &RingFacts) -> Decision {
    match &ring.installing {
        None => Ok(()),
        Some(name) => {
            let detail = format!("The key {name} is being installed; only one key can be (PP-046, PP-076).");
            Err(Refusal::new(Code::ActivationInProgress, detail).remedy("Wait until it is Active."))
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
