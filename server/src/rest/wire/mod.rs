//! From domain values to [`api_types`]: one `match` per word, so that a new state cannot be forgotten.

mod backups;
mod environments;
mod keys;
mod operations;
mod rows;
mod tables;

pub(super) use backups::{backup, schedule, target};
pub(super) use environments::{details, environment};
pub(super) use keys::{change, key, region};
pub(super) use operations::operation;
pub(super) use rows::{cells, listed, row};
pub(super) use tables::table;

use api_types::AllowedAction;
use domain::{Timestamp, actions::Action, policy::Decision};

/// A moment, to the second.
pub(super) fn at(at: Timestamp) -> String {
    at.rfc3339()
}

/// A moment from which something is possible: the next whole second, so that nobody comes too early.
pub(super) fn not_before(at: Timestamp) -> String {
    at.whole_second().rfc3339()
}

/// What the policy says about an action.
pub(super) fn allowed(action: Action, decision: &Decision) -> AllowedAction {
    let refusal = decision.as_ref().err();
    AllowedAction {
        action: action.as_str().to_owned(),
        allowed: refusal.is_none(),
        code: refusal.map(|r| r.code.as_str().to_owned()),
        reason: refusal.map(|r| r.detail.clone()),
        allowed_at: refusal.and_then(|r| r.allowed_at).map(not_before),
        remedy: refusal.and_then(|r| r.remedy.clone()),
        see: refusal.and_then(|r| r.see.as_ref()).map(|see| see.path.clone()),
    }
}
