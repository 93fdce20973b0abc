//! The one answer to "may this happen now?": the reason, from when, what to do.
//!
//! Guards inside transactions, disabled buttons, countdowns and the API's `allowed_actions` all
//! read these functions, so they cannot disagree.

mod approvals;
mod data;

pub use approvals::{
    approved, ask_approval, give_approval, same_question, scheduled_roll_back, standing, withdraw_approval,
};
pub use data::{
    back_up, cancel_operation, change_data, copy, copy_from, delete_backup, reset, restore, schedule_backups,
    typed_target,
};

use crate::{
    Code, Refusal, Timestamp, UserId,
    environments::{EnvironmentFacts, EnvironmentState, EnvironmentType, ineligible},
    keys::KeyState,
    rings::{LOCKED_AT_MOST, RingFacts},
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
            let detail = format!(
                "A key was activated less than 24 hours ago; the next activation is possible in {} (PP-083).",
                human_span(at.since(now))
            );
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

/// whoever may have taken over an administrator's account changes nothing more.
fn not_reported(ring: &RingFacts) -> Decision {
    let Some(report) = &ring.report else { return Ok(()) };
    let detail = format!(
        "{} reported on {} that the latest key change was not authorised. Until that is cleared no key is activated and \
         nothing is locked (X-10).",
        report.email,
        report.at.human()
    );
    Err(Refusal::new(Code::ChangeReported, detail)
        .remedy(clearing(ring, report.clearable))
        .see(keys_page(ring), "Encryption keys"))
}

/// Who can clear a report; `clearable` says whether a Global administrator is left who neither made, approved nor
/// reported the change.
pub fn clearing(ring: &RingFacts, clearable: bool) -> String {
    match clearable {
        true => "A Global administrator who neither made, approved nor reported the change can clear that."
            .to_owned(),
        false => format!(
            "No other Global administrator is there to clear that; the operator of this portal can: keystead admin region \
             clear-report {}.",
            ring.region
        ),
    }
}

/// whether the latest key change may be reported as not authorised: while it runs, and for 72 hours after.
pub fn report_change(ring: &RingFacts, now: Timestamp) -> Decision {
    if let Some(report) = &ring.report {
        let detail = format!("{} reported it already, on {}.", report.email, report.at.human());
        return Err(Refusal::new(Code::ChangeReported, detail));
    }
    if ring.installing.is_none() && ring.lock_allowed_at(now).is_none() {
        let detail = "No key was activated in the last 72 hours.";
        return Err(Refusal::new(Code::NothingToReport, detail));
    }
    Ok(())
}

/// whether `me` may clear a report: not who made it, and not who made or approved the change. The operator is nobody (`None`).
pub fn clear_report(ring: &RingFacts, me: Option<UserId>) -> Decision {
    let Some(report) = &ring.report else {
        return Err(Refusal::new(Code::NothingToReport, "No key change is reported here."));
    };
    let detail = match me {
        None => return Ok(()),
        Some(me) if me == report.by => "You reported this change; somebody else has to look at it.",
        Some(me) if Some(me) == report.changed_by => "You made this change; somebody else has to look at it.",
        Some(me) if Some(me) == report.approved_by => {
            "You approved this change; somebody else has to look at it."
        }
        Some(_) => return Ok(()),
    };
    Err(Refusal::new(Code::OwnReport, detail).remedy(clearing(ring, report.clearable)))
}

/// whether a roll-back may be scheduled: in the first 24 hours after a change, when it is not possible yet.
/// `previous` says whether the key before is still there.
pub fn schedule_roll_back(ring: &RingFacts, previous: bool, now: Timestamp) -> Decision {
    unlocked(ring)?;
    not_reported(ring)?;
    not_installing(ring)?;
    if let Some(scheduled) = &ring.roll_back {
        let detail = format!("{} scheduled a roll-back to {} already.", scheduled.email, scheduled.name);
        return Err(Refusal::new(Code::Conflict, detail));
    }
    if !previous || ring.lock_allowed_at(now).is_none() {
        let detail = "No key was replaced in the last 72 hours.";
        return Err(Refusal::new(Code::NothingToRollBack, detail));
    }
    if ring.next_activation_at(now).is_none() {
        let detail = "The 24 hours after the change are over: the key before can be activated at once.";
        return Err(Refusal::new(Code::Conflict, detail).see(keys_page(ring), "Encryption keys"));
    }
    Ok(())
}

/// whether there is a roll-back to be called off.
pub fn cancel_roll_back(ring: &RingFacts) -> Decision {
    match ring.roll_back {
        Some(_) => Ok(()),
        None => Err(Refusal::new(Code::NothingToRollBack, "No roll-back is scheduled.")),
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
        let detail = format!(
            "The key changed less than 72 hours ago; locking is possible in {}. This time is for the other \
             administrators, to undo a change that nobody authorised (PP-032, PP-034).",
            human_span(at.since(now))
        );
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
        let detail = format!(
            "Unlocking is possible an hour after the lock began, in {} (PP-106).",
            human_span(at.since(now))
        );
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
                format!("In the region {} {locked}, and their key is not Active (PP-085).", ring.region);
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

fn same_name(name: &str, typed: &str) -> Decision {
    if typed.trim() == name {
        return Ok(());
    }
    let text = format!("Type the environment's name exactly as shown: {name}.");
    Err(Refusal::field(Code::NameMismatch, "typed_name", text))
}

/// K1, K3, K6: no other lock is running.
fn locking_over(ring: &RingFacts) -> Decision {
    if !ring.is_locking() {
        return Ok(());
    }
    let detail = format!("The environments in the region {} are just being locked.", ring.region);
    Err(Refusal::new(Code::KeysBlockedByLock, detail)
        .remedy("Wait until the operation ends.")
        .see("/operations", "Operations"))
}

fn unlocked(ring: &RingFacts) -> Decision {
    locking_over(ring)?;
    let Some(locked) = locked(ring) else { return Ok(()) };
    let detail = format!("{locked}; keys cannot be added or activated meanwhile (PP-080, PP-120).");
    Err(Refusal::new(Code::KeysBlockedByLock, detail)
        .remedy("Unlock or delete the locked environments.")
        .see(format!("/environments?encryption=locked&region={}", ring.region), "Locked environments"))
}

/// How many environments are locked, in words; `None` when none is.
fn locked(ring: &RingFacts) -> Option<String> {
    match ring.locked_environments {
        0 => None,
        1 => Some("1 environment is locked".to_owned()),
        many => Some(format!("{many} environments are locked")),
    }
}

fn idle(environment: &EnvironmentFacts) -> Decision {
    if environment.job_running {
        return Err(Refusal::new(Code::EnvironmentBusy, "An operation is running on this environment.")
            .remedy("Wait until it ends."));
    }
    Ok(())
}
