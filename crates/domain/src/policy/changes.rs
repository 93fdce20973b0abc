//! what can be done about a key change that nobody knew of.

use super::{Decision, keys_page, lock::unlocked, not_installing};
use crate::{Code, Refusal, Timestamp, UserId, rings::RingFacts};

/// whoever may have taken over an administrator's account changes nothing more.
pub(super) fn not_reported(ring: &RingFacts) -> Decision {
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
            "No other Global administrator is there to clear that; the operator of this portal can, with 'keystead admin \
             region clear-report {}'.",
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
