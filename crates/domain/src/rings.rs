//! The key ring of one tenant in one region: its switches and its timers (rules §2.1, X-01).

use crate::{KeyId, Timestamp, UserId, approvals::Approval, names::Region};
use std::time::Duration;

/// PP-083, PP-138: between two activations.
pub const BETWEEN_ACTIVATIONS: Duration = Duration::from_secs(24 * 3600);
/// PP-032, PP-104: no lock after a key change.
pub const NO_LOCK_AFTER_CHANGE: Duration = Duration::from_secs(72 * 3600);
/// PP-106, PP-117: between the start of a lock and an unlock.
pub const NO_UNLOCK_AFTER_LOCK: Duration = Duration::from_secs(3600);
/// PP-103: a locked environment is deleted after this.
pub const LOCKED_AT_MOST: Duration = Duration::from_secs(28 * 24 * 3600);
/// days after the lock on which administrators are reminded of the deletion.
pub const REMINDER_DAYS: [u32; 5] = [7, 14, 21, 26, 27];
/// PP-004: strictly more seats than this, unless the operator sets another threshold.
pub const SEAT_THRESHOLD: i64 = 1000;

/// What the operator set for the tenant and region (PP-004…PP-006, PP-013).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Eligibility {
    /// Licensed seats of both plans together.
    pub seats: i64,
    /// Seats must exceed this.
    pub threshold: i64,
    /// The tenant asked for the feature.
    pub opted_in: bool,
    /// Since when the feature is on in the region; the latest such moment.
    pub enabled_at: Option<Timestamp>,
}

/// somebody did not know of the latest key change and said so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    pub at: Timestamp,
    pub by: UserId,
    /// Who had made the change.
    pub changed_by: Option<UserId>,
    /// Who had approved it, under the two-person rule.
    pub approved_by: Option<UserId>,
    /// The mail address of who reported.
    pub email: String,
    /// A Global administrator is there who neither made, approved nor reported the change.
    pub clearable: bool,
}

/// a roll-back that waits until the 24 hours after the change are over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RollBack {
    pub key: KeyId,
    /// The key's name.
    pub name: String,
    pub due_at: Timestamp,
    /// The mail address of who scheduled it.
    pub email: String,
    /// Another administrator has approved it, and still may.
    pub approved: bool,
}

/// What the guards of a ring look at, read in the transaction that decides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RingFacts {
    pub region: Region,
    pub eligibility: Eligibility,
    /// A key was active once: later uploads wait for an explicit activation (PP-070, PP-071).
    pub ever_activated: bool,
    /// When the last activation completed.
    pub last_activation_at: Option<Timestamp>,
    /// PP-080, PP-120.
    pub locked_environments: u32,
    /// The name of the key that is Installing.
    pub installing: Option<String>,
    /// When the last lock began, and when its job was done.
    pub lock_started_at: Option<Timestamp>,
    pub lock_completed_at: Option<Timestamp>,
    /// As long as anything is locked: since when the longest. That may be from a lock before the last one.
    pub locked_since: Option<Timestamp>,
    /// There is an environment that a lock would take offline.
    pub any_self_managed: bool,
    /// Environments that are being applied, returned or unlocked.
    pub changing: u32,
    /// Data keys are still under the key before (E3).
    pub reencrypting: bool,
    /// Nothing about the keys changes while this is there.
    pub report: Option<Report>,
    pub roll_back: Option<RollBack>,
    /// Lock, activation and roll-back wait for another administrator's approval.
    pub two_person: bool,
    /// The latest question, whether it still counts or not.
    pub approval: Option<Approval>,
}

impl RingFacts {
    /// T24: when the next activation is possible; `None` when it is now.
    pub fn next_activation_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.last_activation_at.map(|at| at + BETWEEN_ACTIVATIONS).filter(|at| *at > now)
    }

    /// A lock has begun and its job is not done.
    pub fn is_locking(&self) -> bool {
        self.lock_started_at.is_some() && self.lock_completed_at.is_none()
    }

    /// T1: when unlocking becomes possible by time alone; `None` when it is now (PP-106).
    pub fn unlock_allowed_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.lock_started_at.map(|at| at + NO_UNLOCK_AFTER_LOCK).filter(|at| *at > now)
    }

    /// What keeps every key from being activated, whatever the clocks say; `None` when nothing does (PP-080, X-10).
    pub fn activation_held(&self) -> Option<&'static str> {
        match self.is_locking() || self.locked_environments > 0 {
            true => Some("Not while environments are locked"),
            false => self.reported(),
        }
    }

    /// What keeps the region from being locked, whatever the clocks say; `None` when nothing does.
    pub fn lock_held(&self) -> Option<&'static str> {
        if self.is_locking() {
            return Some("Not while environments are locked");
        }
        match self.locked_environments > 0 && !self.any_self_managed {
            true => Some("Everything on your own key is locked"),
            false => self.reported(),
        }
    }

    fn reported(&self) -> Option<&'static str> {
        self.report.as_ref().map(|_| "Not before the report is cleared")
    }

    /// What is typed to lock the region (PP-112, X-39).
    pub fn lock_text(&self) -> String {
        format!("LOCK {}", self.region.as_str().to_uppercase())
    }

    /// T72: when locking becomes possible; `None` when it is now.
    pub fn lock_allowed_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.last_activation_at.map(|at| at + NO_LOCK_AFTER_CHANGE).filter(|at| *at > now)
    }
}
