//! Backups of an environment: what they need to be opened, and when the next one is due.

use crate::{EnvironmentId, KeyId, RingId, Timestamp, environments::EnvironmentFacts};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Where a backup stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackupState {
    /// Rows are being sealed into it.
    Running,
    Complete,
    /// Its key is destroyed; what is left is being removed.
    Deleted,
}

impl BackupState {
    pub const ALL: &'static [Self] = &[Self::Running, Self::Complete, Self::Deleted];

    /// The stored and spoken name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Complete => "complete",
            Self::Deleted => "deleted",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.as_str() == text)
    }
}

/// What decides where a backup may be restored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BackupFacts {
    pub state: BackupState,
    /// The name of the customer's key that it was taken under; `None` is the platform's.
    pub key_name: Option<String>,
    /// Whether the material of the key that opens it is here.
    pub key_here: bool,
    /// There is data in File or Image columns (PP-015).
    pub has_files: bool,
    /// A job restores from it.
    pub in_use: bool,
}

/// An environment as the source or the target of data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holder {
    pub id: EnvironmentId,
    pub ring: RingId,
    pub facts: EnvironmentFacts,
    /// The customer's key that its data is encrypted with; `None` is the platform's.
    pub key: Option<KeyId>,
}

/// How often backups are made by themselves, and how many of them stay.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Schedule {
    every_hours: u32,
    keep: u32,
}

impl Schedule {
    /// Every 1 to 168 hours; the newest 1 to 100 stay.
    ///
    /// # Errors
    /// The field at fault and what it accepts.
    pub fn new(every_hours: i64, keep: i64) -> Result<Self, (&'static str, &'static str)> {
        let within = |value: i64, max: u32| u32::try_from(value).ok().filter(|v| (1..=max).contains(v));
        Ok(Self {
            every_hours: within(every_hours, 168).ok_or(("every_hours", "Give 1 to 168 hours."))?,
            keep: within(keep, 100).ok_or(("keep", "Give 1 to 100 backups."))?,
        })
    }

    pub const fn every_hours(self) -> u32 {
        self.every_hours
    }

    pub const fn keep(self) -> u32 {
        self.keep
    }

    /// The first turn after `now` of a schedule whose last turn was `due`: turns that passed while the portal was down
    /// or the clock jumped are over.
    pub fn next(self, due: Timestamp, now: Timestamp) -> Timestamp {
        let every = Duration::from_secs(u64::from(self.every_hours) * 3_600);
        let passed = now.since(due).as_micros() / every.as_micros().max(1);
        let turns = u32::try_from(passed).unwrap_or(u32::MAX).saturating_add(1);
        due + every.saturating_mul(turns)
    }
}
