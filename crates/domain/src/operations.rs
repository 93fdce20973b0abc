//! Long-running jobs: what they are called and where they stand.

use serde::{Deserialize, Serialize};

/// What a job does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    /// K3–K5: installs a key.
    KeyInstall,
    /// E3, E4: re-wraps the data keys of every self-managed environment, online.
    KeyRewrap,
    /// E1, E2.
    EnvironmentApply,
    /// E5, E6.
    EnvironmentReturn,
    /// K6, K7: marks every environment of the active key as locked.
    KeyLock,
    /// K8–K10: installs a locked key again.
    KeyUnlock,
    /// E9, E10.
    EnvironmentUnlock,
    /// E11, E12: removes what a deleted environment left.
    EnvironmentDelete,
    /// Seals what an environment holds into a backup.
    EnvironmentBackup,
    /// Puts a backup's rows in the place of an environment's.
    EnvironmentRestore,
    /// Puts another environment's rows in the place of an environment's.
    EnvironmentCopy,
    /// E13: removes what an environment held, and its backups.
    EnvironmentReset,
    /// Takes a CSV file into a table.
    RowImport,
}

/// The step of a lock that may be left for later.
pub const REPLACE_ROOT_KEY: &str = "Replace the root key";

impl OperationKind {
    pub const ALL: &'static [Self] = &[
        Self::KeyInstall,
        Self::KeyRewrap,
        Self::EnvironmentApply,
        Self::EnvironmentReturn,
        Self::KeyLock,
        Self::KeyUnlock,
        Self::EnvironmentUnlock,
        Self::EnvironmentDelete,
        Self::EnvironmentBackup,
        Self::EnvironmentRestore,
        Self::EnvironmentCopy,
        Self::EnvironmentReset,
        Self::RowImport,
    ];

    /// The stored and spoken name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::KeyInstall => "key_install",
            Self::KeyRewrap => "key_rewrap",
            Self::EnvironmentApply => "environment_apply",
            Self::EnvironmentReturn => "environment_return",
            Self::KeyLock => "key_lock",
            Self::KeyUnlock => "key_unlock",
            Self::EnvironmentUnlock => "environment_unlock",
            Self::EnvironmentDelete => "environment_delete",
            Self::EnvironmentBackup => "environment_backup",
            Self::EnvironmentRestore => "environment_restore",
            Self::EnvironmentCopy => "environment_copy",
            Self::EnvironmentReset => "environment_reset",
            Self::RowImport => "row_import",
        }
    }

    /// The name as pages show it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::KeyInstall => "Activate key",
            Self::KeyRewrap => "Re-encrypt with the active key",
            Self::EnvironmentApply => "Apply your own key",
            Self::EnvironmentReturn => "Return to standard encryption",
            Self::KeyLock => "Lock active environments",
            Self::KeyUnlock => "Unlock key",
            Self::EnvironmentUnlock => "Unlock environment",
            Self::EnvironmentDelete => "Delete environment",
            Self::EnvironmentBackup => "Back up environment",
            Self::EnvironmentRestore => "Restore a backup",
            Self::EnvironmentCopy => "Copy environment",
            Self::EnvironmentReset => "Reset environment",
            Self::RowImport => "Import rows",
        }
    }

    /// The steps a page shows, in order. The row's `step` is an index into them.
    pub const fn steps(self) -> &'static [&'static str] {
        match self {
            Self::KeyInstall => &["Check the key", "Wrap a new ring key", "Make it active"],
            Self::KeyRewrap => &["Re-wrap data keys", "Retire the previous ring key"],
            Self::EnvironmentApply | Self::EnvironmentReturn => {
                &["Take offline", "Make a new data key", "Seal rows anew", "Check and switch", "Back online"]
            }
            Self::KeyLock => &[
                "Destroy the keys",
                "Forget them on every server",
                "Mark environments locked",
                REPLACE_ROOT_KEY,
                "Clear their traces",
            ],
            Self::KeyUnlock => &["Check the key", "Open the ring key", "Make it active"],
            Self::EnvironmentUnlock => &["Open the data key", "Check rows", "Back online"],
            Self::EnvironmentDelete => &["Destroy the data key", "Remove rows and tables"],
            Self::EnvironmentBackup => &["Open the data", "Seal rows into the backup", "Finish"],
            Self::EnvironmentRestore => {
                &["Open the backup", "Seal rows for the target", "Switch to them", "Remove what was there"]
            }
            Self::EnvironmentCopy => {
                &["Open the source", "Seal rows for the target", "Switch to them", "Remove what was there"]
            }
            Self::EnvironmentReset => &["Destroy the data keys", "Remove rows, tables and backups"],
            Self::RowImport => &["Read the file", "Seal and store rows", "Finish"],
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }

    /// The step from which on it cannot be cancelled: what it changes stands from there on.
    pub const fn point_of_no_return(self) -> usize {
        match self {
            Self::EnvironmentBackup | Self::EnvironmentRestore | Self::EnvironmentCopy | Self::RowImport => 2,
            _ => 0,
        }
    }
}

/// Where a job stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationState {
    Queued,
    Running,
    Succeeded,
    Failed,
    /// Somebody ended it: it has not failed.
    Cancelled,
}

impl OperationState {
    pub const ALL: &'static [Self] =
        &[Self::Queued, Self::Running, Self::Succeeded, Self::Failed, Self::Cancelled];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.as_str() == text)
    }

    /// Whether it ended.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}
