//! A protection key's life (rules §2.1): states that carry their facts, transitions that may refuse.

use crate::{Code, Refusal, Timestamp};
use serde::{Deserialize, Serialize};

/// How a key came here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Generated,
    Uploaded,
}

impl Source {
    pub const fn as_str(self) -> &'static str {
        match self {
            Source::Generated => "generated",
            Source::Uploaded => "uploaded",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Source::Generated, Source::Uploaded].into_iter().find(|s| s.as_str() == text)
    }
}

/// Where a protection key stands. PP-073, PP-076, PP-109, PP-121.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyState {
    /// Usable, not used.
    Available,
    /// Being activated; on failure it is Available again (K5).
    Installing { since: Timestamp },
    /// The ring's one key (PP-046).
    Active { since: Timestamp },
    /// Its material is destroyed; the record waits for the file to come back.
    Locked { since: Timestamp },
    /// A tombstone: hidden from the list, kept for its name and history.
    Deleted { at: Timestamp },
}

impl KeyState {
    /// The stored and spoken name.
    pub const fn as_str(&self) -> &'static str {
        match self {
            KeyState::Available => "available",
            KeyState::Installing { .. } => "installing",
            KeyState::Active { .. } => "active",
            KeyState::Locked { .. } => "locked",
            KeyState::Deleted { .. } => "deleted",
        }
    }

    /// The moment the state carries, if it carries one.
    pub const fn since(&self) -> Option<Timestamp> {
        match self {
            KeyState::Available => None,
            KeyState::Installing { since } | KeyState::Active { since } | KeyState::Locked { since } => {
                Some(*since)
            }
            KeyState::Deleted { at } => Some(*at),
        }
    }

    /// Reads a stored state; `None` for a combination that cannot be.
    pub fn parse(name: &str, since: Option<Timestamp>) -> Option<Self> {
        match (name, since) {
            ("available", None) => Some(KeyState::Available),
            ("installing", Some(since)) => Some(KeyState::Installing { since }),
            ("active", Some(since)) => Some(KeyState::Active { since }),
            ("locked", Some(since)) => Some(KeyState::Locked { since }),
            ("deleted", Some(at)) => Some(KeyState::Deleted { at }),
            _ => None,
        }
    }

    /// K3: an Available key starts installing (PP-073, PP-076).
    pub fn activate(self, now: Timestamp) -> Result<Self, Refusal> {
        match self {
            KeyState::Available => Ok(KeyState::Installing { since: now }),
            other => Err(other.refuses("activated", "Select a key that is Available.")),
        }
    }

    /// K4: installing succeeded.
    pub fn installed(self, now: Timestamp) -> Result<Self, Refusal> {
        match self {
            KeyState::Installing { .. } => Ok(KeyState::Active { since: now }),
            other => Err(other.refuses("made active", "Only a key that is Installing becomes Active.")),
        }
    }

    /// K5: installing failed; nothing else changes.
    pub fn install_failed(self) -> Result<Self, Refusal> {
        match self {
            KeyState::Installing { .. } => Ok(KeyState::Available),
            other => Err(other.refuses("set back", "Only a key that is Installing can fail to install.")),
        }
    }

    /// K4 for the key before: another became Active, this one stays for a roll-back.
    pub fn replaced(self) -> Result<Self, Refusal> {
        match self {
            KeyState::Active { .. } => Ok(KeyState::Available),
            other => Err(other.refuses("replaced", "Only the Active key can be replaced.")),
        }
    }

    fn refuses(self, event: &str, remedy: &str) -> Refusal {
        let detail = format!("A key that is {} cannot be {event}.", self.as_str());
        Refusal::new(Code::KeyNotAvailable, detail).remedy(remedy)
    }
}
