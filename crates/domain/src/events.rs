//! What every administrator is told about (PP-033, PP-060, PP-136, X-05).

use serde::{Deserialize, Serialize};

/// A change that is mailed to each administrator of the tenant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// PP-060: a key was added.
    KeyAdded,
    /// K3: an activation was asked for.
    KeyActivationRequested,
    /// PP-033, PP-136: a key became active.
    KeyActivated,
    /// K5.
    KeyActivationFailed,
    /// An environment now uses the organisation's own key.
    EnvironmentApplied,
    /// An environment is back with the platform's key.
    EnvironmentReturned,
    /// Applying or returning failed and was undone.
    EnvironmentChangeFailed,
}

impl Event {
    pub const ALL: &'static [Self] = &[
        Self::KeyAdded,
        Self::KeyActivationRequested,
        Self::KeyActivated,
        Self::KeyActivationFailed,
        Self::EnvironmentApplied,
        Self::EnvironmentReturned,
        Self::EnvironmentChangeFailed,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::KeyAdded => "key_added",
            Self::KeyActivationRequested => "key_activation_requested",
            Self::KeyActivated => "key_activated",
            Self::KeyActivationFailed => "key_activation_failed",
            Self::EnvironmentApplied => "environment_applied",
            Self::EnvironmentReturned => "environment_returned",
            Self::EnvironmentChangeFailed => "environment_change_failed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|event| event.as_str() == text)
    }
}
