//! Backups of environments, and where data may go.

use crate::{AllowedAction, Environment};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Where a backup stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BackupState {
    /// Rows are being sealed into it.
    Running,
    Complete,
}

/// A sealed copy of what an environment held.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Backup {
    pub id: Uuid,
    pub environment_id: Uuid,
    pub state: BackupState,
    /// Made by the schedule and not by hand.
    pub scheduled: bool,
    /// The organisation's key that opens it; absent where the platform's does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<BackupKey>,
    /// Whether the material of that key is here.
    pub key_available: bool,
    pub rows: u64,
    /// Sealed bytes.
    pub bytes: u64,
    /// Whether it holds data in File or Image columns (PP-015).
    pub has_files: bool,
    /// The job that makes it.
    pub operation_id: Uuid,
    #[schema(format = DateTime)]
    pub created_at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub completed_at: Option<String>,
    /// Restoring means: to the environment it came from.
    pub allowed_actions: Vec<AllowedAction>,
}

/// The key that a backup needs.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct BackupKey {
    /// Its name when the backup was made.
    pub name: String,
    /// SHA-256 of its public key, in hexadecimal.
    pub fingerprint: String,
}

/// How often backups are made by themselves.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct BackupSchedule {
    pub every_hours: u32,
    /// So many of the scheduled ones stay, the newest.
    pub keep: u32,
    #[schema(format = DateTime)]
    pub next_at: String,
}

/// Sets the schedule; the first backup is made when the hours have passed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetBackupSchedule {
    /// 1 to 168.
    pub every_hours: i64,
    /// 1 to 100.
    pub keep: i64,
}

/// An environment that data could go to, and whether it may.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct DataTarget {
    pub environment: Environment,
    pub allowed_action: AllowedAction,
}

/// Asks for what the target holds to be replaced.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceData {
    /// The environment whose data is replaced.
    pub target_id: Uuid,
    /// The target's name, letter case and all.
    #[serde(default)]
    pub typed_name: String,
}

/// Asks for a sandbox to be emptied, backups and all (PP-134).
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetEnvironment {
    /// The environment's name, letter case and all.
    #[serde(default)]
    pub typed_name: String,
    /// Acknowledges the risk of managing encryption keys (PP-088): its key changes, too.
    #[serde(default)]
    pub risk_acknowledged: bool,
}
