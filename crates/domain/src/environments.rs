//! An environment's encryption (rules §2.2) and what makes it eligible for a customer key.

use crate::{Code, Refusal, Timestamp};
use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal, $label:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
        pub enum $name { $(#[serde(rename = $text)] $variant),+ }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The stored and spoken name.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }

            /// The name as pages show it.
            pub const fn label(self) -> &'static str {
                match self { $($name::$variant => $label),+ }
            }

            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|v| v.as_str() == text)
            }
        }
    };
}

words! {
    /// What an environment is for.
    EnvironmentType {
        Production = "production", "Production",
        Sandbox = "sandbox", "Sandbox",
        Developer = "developer", "Developer",
        Trial = "trial", "Trial",
        Default = "default", "Default",
        Teams = "teams", "Teams",
        SupportInvestigation = "support_investigation", "Support investigation",
    }
}

words! {
    /// Where an environment's files and logs lie (PP-007, PP-016).
    Storage {
        AzureSql = "azure_sql", "Azure SQL database",
        Other = "other", "Other storage",
    }
}

words! {
    /// How an environment is encrypted; Applying and Returning are offline (PP-090, X-20).
    ///
    /// Locking is what a self-managed environment is while its ring's lock runs (E7): nothing is written down for it,
    /// so that a lock is one moment however many there are.
    ///
    /// Re-encrypting after a key change is online and no state of its own: its data key is then
    /// still wrapped by the ring key before (E3, E4).
    EnvironmentState {
        PlatformManaged = "platform_managed", "Microsoft-managed",
        Applying = "applying", "Applying",
        SelfManaged = "self_managed", "Self-managed",
        Returning = "returning", "Returning",
        Locking = "locking", "Locking",
        Locked = "locked", "Locked",
        Unlocking = "unlocking", "Unlocking",
        Deleted = "deleted", "Deleted",
    }
}

impl EnvironmentState {
    /// Whether rows can be read and written.
    pub const fn is_online(self) -> bool {
        matches!(self, EnvironmentState::PlatformManaged | EnvironmentState::SelfManaged)
    }

    /// Whether a lock keeps everybody from its rows, until it is back.
    pub const fn is_locked(self) -> bool {
        matches!(self, EnvironmentState::Locking | EnvironmentState::Locked | EnvironmentState::Unlocking)
    }

    /// E1.
    pub fn apply(self) -> Result<Self, Refusal> {
        match self {
            EnvironmentState::PlatformManaged => Ok(EnvironmentState::Applying),
            other => Err(other.refuses("use your own key")),
        }
    }

    /// E2: applying succeeded or was undone.
    pub fn applied(self, succeeded: bool) -> Result<Self, Refusal> {
        match (self, succeeded) {
            (EnvironmentState::Applying, true) => Ok(EnvironmentState::SelfManaged),
            (EnvironmentState::Applying, false) => Ok(EnvironmentState::PlatformManaged),
            (other, _) => Err(other.refuses("finish applying")),
        }
    }

    /// E5.
    pub fn give_back(self) -> Result<Self, Refusal> {
        match self {
            EnvironmentState::SelfManaged => Ok(EnvironmentState::Returning),
            other => Err(other.refuses("return to standard encryption management")),
        }
    }

    /// E6: returning succeeded or was undone.
    pub fn returned(self, succeeded: bool) -> Result<Self, Refusal> {
        match (self, succeeded) {
            (EnvironmentState::Returning, true) => Ok(EnvironmentState::PlatformManaged),
            (EnvironmentState::Returning, false) => Ok(EnvironmentState::SelfManaged),
            (other, _) => Err(other.refuses("finish returning")),
        }
    }

    /// E9.
    pub fn unlock(self) -> Result<Self, Refusal> {
        match self {
            EnvironmentState::Locked => Ok(EnvironmentState::Unlocking),
            EnvironmentState::Locking => Err(self.refuses("be unlocked")),
            other => Err(Refusal::new(
                Code::EnvironmentState,
                format!("An environment that is {} cannot be unlocked.", other.label()),
            )),
        }
    }

    /// E10: unlocking succeeded or was given up.
    pub fn unlocked(self, succeeded: bool) -> Result<Self, Refusal> {
        match (self, succeeded) {
            (EnvironmentState::Unlocking, true) => Ok(EnvironmentState::SelfManaged),
            (EnvironmentState::Unlocking, false) => Ok(EnvironmentState::Locked),
            (other, _) => Err(other.refuses("finish unlocking")),
        }
    }

    /// E11, E12: a locked environment goes for good.
    pub fn delete(self) -> Result<Self, Refusal> {
        match self {
            EnvironmentState::Locked => Ok(EnvironmentState::Deleted),
            other => Err(Refusal::new(
                Code::EnvironmentState,
                format!("Only a locked environment can be deleted; this one is {}.", other.label()),
            )),
        }
    }

    /// E13: emptied; the platform's key encrypts it from now on.
    pub fn reset(self) -> Result<Self, Refusal> {
        match self {
            EnvironmentState::PlatformManaged | EnvironmentState::SelfManaged => {
                Ok(EnvironmentState::PlatformManaged)
            }
            other => Err(other.refuses("be reset")),
        }
    }

    fn refuses(self, event: &str) -> Refusal {
        let code = match self {
            EnvironmentState::Locking | EnvironmentState::Locked => Code::EnvironmentLocked,
            EnvironmentState::Applying | EnvironmentState::Returning | EnvironmentState::Unlocking => {
                Code::EnvironmentBusy
            }
            _ => Code::EnvironmentState,
        };
        Refusal::new(code, format!("An environment that is {} cannot {event}.", self.label()))
    }
}

/// What the guards of an environment look at, read in the transaction that decides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnvironmentFacts {
    pub name: String,
    pub kind: EnvironmentType,
    pub state: EnvironmentState,
    pub state_since: Timestamp,
    pub storage: Storage,
    pub created_at: Timestamp,
    /// There is data in File or Image columns (PP-015).
    pub has_files: bool,
    /// A job is queued or running on it.
    pub job_running: bool,
}

/// Every reason why the environment cannot use a customer key, in the order of the rules;
/// empty when it can. `enabled_at` is since when the feature is on (PP-014, X-38).
pub fn ineligible(facts: &EnvironmentFacts, enabled_at: Option<Timestamp>) -> Vec<&'static str> {
    use EnvironmentType::{Default, Teams, Trial};
    let mut reasons = Vec::new();
    if facts.storage != Storage::AzureSql {
        reasons.push("It keeps files and logs outside an Azure SQL database (PP-007, PP-016).");
    }
    match enabled_at {
        None => reasons.push("The feature is not turned on for this region (PP-013)."),
        Some(at) if facts.created_at <= at => {
            reasons.push("It was created before the feature was turned on (PP-014, PP-017).");
        }
        Some(_) => {}
    }
    if facts.has_files {
        reasons.push("It holds data in File or Image columns (PP-015).");
    }
    if matches!(facts.kind, Default | Trial | Teams) {
        reasons.push("Default, Trial and Teams environments cannot use your own key.");
    }
    reasons
}
