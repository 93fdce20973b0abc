//! The two-person rule: a change of keys that another administrator has approved.

use crate::{ApprovalId, KeyId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// From the question to the change itself.
pub const APPROVAL_LASTS: Duration = Duration::from_secs(24 * 3600);

/// What is approved.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Activate,
    Lock,
    /// A roll-back that is scheduled for the end of the 24 hours after a change.
    RollBack,
}

impl Change {
    pub const ALL: &'static [Self] = &[Self::Activate, Self::Lock, Self::RollBack];

    /// The stored and spoken name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Activate => "activate",
            Self::Lock => "lock",
            Self::RollBack => "roll_back",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|change| change.as_str() == text)
    }

    /// What is done to the key called `key`, in words.
    pub fn of(self, key: &str) -> String {
        match self {
            Self::Activate => format!("activate {key}"),
            Self::Lock => format!("lock all environments of {key}"),
            Self::RollBack => format!("schedule the roll-back to {key}"),
        }
    }
}

/// A question to the other administrators, and the answer if there is one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Approval {
    pub id: ApprovalId,
    pub change: Change,
    pub key: KeyId,
    /// The key's name.
    pub key_name: String,
    pub asked_by: UserId,
    /// The mail address of who asked.
    pub asker: String,
    pub asked_at: Timestamp,
    /// The ring's last activation when it was asked: another one since makes it void.
    pub pinned_at: Option<Timestamp>,
    /// The mail address of who approved, as long as that one still may.
    pub approver: Option<String>,
}

impl Approval {
    /// When it is over, whether it was answered or not.
    pub fn expires_at(&self) -> Timestamp {
        self.asked_at + APPROVAL_LASTS
    }
}
