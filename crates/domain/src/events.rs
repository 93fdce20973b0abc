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
    /// an administrator did not know of a key change.
    ChangeReported,
    /// another one looked at it; keys can change again.
    ReportCleared,
    RollBackScheduled,
    RollBackCancelled,
    /// Two-person rule: approval of a change is asked for, given, refused or withdrawn.
    ApprovalAsked,
    ApprovalGiven,
    ApprovalWithdrawn,
    /// K6: environments were locked.
    KeyLocked,
    /// K8: a locked key's file is back.
    KeyUnlocking,
    /// K9: a locked key is active again.
    KeyUnlocked,
    /// K10.
    KeyUnlockFailed,
    /// a lock was tried with a wrong file, password or text.
    LockRefused,
    /// an unlock was tried with a wrong file or password.
    UnlockRefused,
    /// E10: a locked environment is back.
    EnvironmentUnlocked,
    /// locked environments will be deleted.
    DeletionReminder,
    /// E11, E12: a locked environment was deleted.
    EnvironmentDeleted,
    /// PP-131, PP-132: what an environment held was replaced by a backup or by another environment's data.
    EnvironmentOverwritten,
    /// E13: an environment is empty, its backups are gone, and the platform's key encrypts it.
    EnvironmentReset,
    /// A scheduled backup could not be made.
    BackupFailed,
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
        Self::ChangeReported,
        Self::ReportCleared,
        Self::RollBackScheduled,
        Self::RollBackCancelled,
        Self::ApprovalAsked,
        Self::ApprovalGiven,
        Self::ApprovalWithdrawn,
        Self::KeyLocked,
        Self::KeyUnlocking,
        Self::KeyUnlocked,
        Self::KeyUnlockFailed,
        Self::LockRefused,
        Self::UnlockRefused,
        Self::EnvironmentUnlocked,
        Self::DeletionReminder,
        Self::EnvironmentDeleted,
        Self::EnvironmentOverwritten,
        Self::EnvironmentReset,
        Self::BackupFailed,
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
            Self::ChangeReported => "change_reported",
            Self::ReportCleared => "report_cleared",
            Self::RollBackScheduled => "roll_back_scheduled",
            Self::RollBackCancelled => "roll_back_cancelled",
            Self::ApprovalAsked => "approval_asked",
            Self::ApprovalGiven => "approval_given",
            Self::ApprovalWithdrawn => "approval_withdrawn",
            Self::KeyLocked => "key_locked",
            Self::KeyUnlocking => "key_unlocking",
            Self::KeyUnlocked => "key_unlocked",
            Self::KeyUnlockFailed => "key_unlock_failed",
            Self::LockRefused => "lock_refused",
            Self::UnlockRefused => "unlock_refused",
            Self::EnvironmentUnlocked => "environment_unlocked",
            Self::DeletionReminder => "deletion_reminder",
            Self::EnvironmentDeleted => "environment_deleted",
            Self::EnvironmentOverwritten => "environment_overwritten",
            Self::EnvironmentReset => "environment_reset",
            Self::BackupFailed => "backup_failed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|event| event.as_str() == text)
    }
}
