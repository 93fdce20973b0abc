//! The two-person rule: lock, activation and roll-back wait for another administrator.

use super::{Decision, keys_page};
use crate::{
    ApprovalId, Code, KeyId, Refusal, Timestamp, UserId,
    approvals::{Approval, Change},
    keys::KeyState,
    rings::RingFacts,
};

/// Whether `me` may do exactly this now: the rule is off, or another administrator has approved it. What runs by a
/// timer was approved when it was scheduled (`None`).
pub fn approved(
    ring: &RingFacts,
    change: Change,
    key: KeyId,
    me: Option<UserId>,
    now: Timestamp,
) -> Decision {
    let (true, Some(me)) = (ring.two_person, me) else { return Ok(()) };
    let (detail, remedy) = match standing(ring, now) {
        Some(approval) if (approval.change, approval.key, approval.asked_by) == (change, key, me) => {
            if approval.approver.is_some() {
                return Ok(());
            }
            let detail = "You have asked for approval; no other administrator has given it yet.";
            (detail, "Talk to them, and come back when it is given.")
        }
        _ => {
            let detail = "In this organisation another administrator approves this first.";
            (detail, "Ask for approval, and come back when it is given.")
        }
    };
    Err(Refusal::new(Code::ApprovalNeeded, detail).remedy(remedy).see(keys_page(ring), "Encryption keys"))
}

/// Whether a scheduled roll-back may begin: under the rule, as long as who approved it may approve. It may have been
/// scheduled before the rule was turned on.
pub fn scheduled_roll_back(ring: &RingFacts) -> Decision {
    match &ring.roll_back {
        Some(scheduled) if ring.two_person && !scheduled.approved => {
            let detail =
                "In this organisation another administrator approves this first, and nobody who may has.";
            Err(Refusal::new(Code::ApprovalNeeded, detail)
                .remedy("Ask for approval to activate the key.")
                .see(keys_page(ring), "Encryption keys"))
        }
        _ => Ok(()),
    }
}

/// The question that still counts: not expired, about the ring as it is, and for something that is still possible; a
/// roll-back is not scheduled any more when the 24 hours are over in which no key is activated.
pub fn standing(ring: &RingFacts, now: Timestamp) -> Option<&Approval> {
    let approval = ring.approval.as_ref()?;
    let possible = approval.change != Change::RollBack || ring.next_activation_at(now).is_some();
    (possible && now < approval.expires_at() && approval.pinned_at == ring.last_activation_at)
        .then_some(approval)
}

/// Whether approval of this may be asked for now; one question at a time for each region.
pub fn ask_approval(ring: &RingFacts, change: Change, key: KeyState, now: Timestamp) -> Decision {
    if !ring.two_person {
        let detail = "In this organisation nobody has to approve this.";
        return Err(Refusal::new(Code::NothingToApprove, detail));
    }
    if let Some(approval) = standing(ring, now) {
        let detail =
            format!("{} has asked to {} already.", approval.asker, approval.change.of(&approval.key_name));
        return Err(Refusal::new(Code::Conflict, detail).remedy("Answer that first, or withdraw it."));
    }
    let fits = match change {
        Change::Activate | Change::RollBack => key == KeyState::Available,
        Change::Lock => matches!(key, KeyState::Active { .. }),
    };
    if !fits {
        let code = if change == Change::Lock { Code::KeyNotActive } else { Code::KeyNotAvailable };
        return Err(Refusal::new(code, format!("The key is {}.", key.as_str())));
    }
    Ok(())
}

/// Whether `me` may approve: never the own question.
pub fn give_approval(ring: &RingFacts, me: UserId, now: Timestamp) -> Decision {
    let Some(approval) = standing(ring, now) else { return Err(nothing()) };
    if approval.approver.is_some() {
        return Err(Refusal::new(Code::Conflict, "It is approved already."));
    }
    if approval.asked_by == me {
        let detail = "You asked; another administrator has to approve.";
        return Err(Refusal::new(Code::OwnApproval, detail));
    }
    Ok(())
}

/// Whether there is a question to be refused or withdrawn: by anybody who could answer it.
pub fn withdraw_approval(ring: &RingFacts, now: Timestamp) -> Decision {
    standing(ring, now).map_or_else(|| Err(nothing()), |_| Ok(()))
}

/// Whether the question that counts is the one that was looked at: an answer is never to another one that came in its
/// place.
pub fn same_question(ring: &RingFacts, id: ApprovalId, now: Timestamp) -> Decision {
    let Some(approval) = standing(ring, now) else { return Err(nothing()) };
    if approval.id == id {
        return Ok(());
    }
    let detail = format!(
        "Something else is asked now: {} asks to {}.",
        approval.asker,
        approval.change.of(&approval.key_name)
    );
    Err(Refusal::new(Code::Conflict, detail).remedy("Look at that, and answer it."))
}

fn nothing() -> Refusal {
    Refusal::new(Code::NothingToApprove, "Nobody asks for approval here, or not any more.")
}
