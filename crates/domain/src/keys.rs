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
    /// A lock has begun: the material is destroyed, environments are still being marked (K6).
    Locking { since: Timestamp },
    /// Its material is destroyed; the record waits for the file to come back.
    Locked { since: Timestamp },
    /// Its file is back and is being installed; on failure it is Locked again (K8, K10).
    Unlocking { since: Timestamp },
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
            KeyState::Locking { .. } => "locking",
            KeyState::Locked { .. } => "locked",
            KeyState::Unlocking { .. } => "unlocking",
            KeyState::Deleted { .. } => "deleted",
        }
    }

    /// The moment the state carries, if it carries one.
    pub const fn since(&self) -> Option<Timestamp> {
        match self {
            KeyState::Available => None,
            KeyState::Installing { since }
            | KeyState::Active { since }
            | KeyState::Locking { since }
            | KeyState::Locked { since }
            | KeyState::Unlocking { since } => Some(*since),
            KeyState::Deleted { at } => Some(*at),
        }
    }

    /// Reads a stored state; `None` for a combination that cannot be.
    pub fn parse(name: &str, since: Option<Timestamp>) -> Option<Self> {
        match (name, since) {
            ("available", None) => Some(KeyState::Available),
            ("installing", Some(since)) => Some(KeyState::Installing { since }),
            ("active", Some(since)) => Some(KeyState::Active { since }),
            ("locking", Some(since)) => Some(KeyState::Locking { since }),
            ("locked", Some(since)) => Some(KeyState::Locked { since }),
            ("unlocking", Some(since)) => Some(KeyState::Unlocking { since }),
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

    /// K4, K9: installing succeeded.
    pub fn installed(self, now: Timestamp) -> Result<Self, Refusal> {
        match self {
            KeyState::Installing { .. } | KeyState::Unlocking { .. } => Ok(KeyState::Active { since: now }),
            other => Err(other.refuses("made active", "Only a key that is Installing becomes Active.")),
        }
    }

    /// K5: installing failed, nothing else changes; K10: after an unlock it is Locked again since `locked_at`.
    pub fn install_failed(self, locked_at: Option<Timestamp>) -> Result<Self, Refusal> {
        match (self, locked_at) {
            (KeyState::Installing { .. }, _) => Ok(KeyState::Available),
            (KeyState::Unlocking { .. }, Some(since)) => Ok(KeyState::Locked { since }),
            (other, _) => {
                Err(other.refuses("set back", "Only a key that is Installing can fail to install."))
            }
        }
    }

    /// K4 for the key before: another became Active, this one stays for a roll-back.
    pub fn replaced(self) -> Result<Self, Refusal> {
        match self {
            KeyState::Active { .. } => Ok(KeyState::Available),
            other => Err(other.refuses("replaced", "Only the Active key can be replaced.")),
        }
    }

    /// K6: a lock begins (PP-107, PP-109).
    pub fn lock(self, now: Timestamp) -> Result<Self, Refusal> {
        match self {
            KeyState::Active { .. } => Ok(KeyState::Locking { since: now }),
            other => {
                let detail = format!("A key that is {} cannot lock environments (PP-109).", other.as_str());
                let remedy = match other {
                    KeyState::Locking { .. } | KeyState::Locked { .. } => {
                        "They are locked already: the page of the key says how they come back."
                    }
                    _ => "Select the Active key.",
                };
                Err(Refusal::new(Code::KeyNotActive, detail).remedy(remedy))
            }
        }
    }

    /// K6 for every Available key of the ring: it is destroyed with the lock (PP-107).
    pub fn destroyed(self, now: Timestamp) -> Result<Self, Refusal> {
        match self {
            KeyState::Available | KeyState::Locked { .. } => Ok(KeyState::Deleted { at: now }),
            other => Err(other.refuses("deleted", "Only a key that is Available or Locked can go.")),
        }
    }

    /// K7: every environment is marked; locked since the lock began.
    pub fn locked(self) -> Result<Self, Refusal> {
        match self {
            KeyState::Locking { since } => Ok(KeyState::Locked { since }),
            other => Err(other.refuses("locked", "Only a key whose lock is running becomes Locked.")),
        }
    }

    /// K8: its file is back (PP-121…PP-123).
    pub fn unlock(self, now: Timestamp) -> Result<Self, Refusal> {
        match self {
            KeyState::Locked { .. } => Ok(KeyState::Unlocking { since: now }),
            other => {
                let detail = format!("A key that is {} cannot be unlocked (PP-121).", other.as_str());
                Err(Refusal::new(Code::KeyNotLocked, detail).remedy("Select the key that is Locked."))
            }
        }
    }

    fn refuses(self, event: &str, remedy: &str) -> Refusal {
        let detail = format!("A key that is {} cannot be {event}.", self.as_str());
        Refusal::new(Code::KeyNotAvailable, detail).remedy(remedy)
    }
}
