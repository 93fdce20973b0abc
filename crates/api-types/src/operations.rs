//! Long-running jobs.

use crate::AllowedAction;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What a job does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    KeyInstall,
    KeyRewrap,
    KeyLock,
    KeyUnlock,
    EnvironmentApply,
    EnvironmentReturn,
    EnvironmentUnlock,
    EnvironmentDelete,
    EnvironmentBackup,
    EnvironmentRestore,
    EnvironmentCopy,
    EnvironmentReset,
    RowImport,
}

/// Where a job stands; `succeeded`, `failed` and `cancelled` are its ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OperationState {
    Queued,
    Running,
    Succeeded,
    Failed,
    Cancelled,
}

/// A job with its steps and progress.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Operation {
    pub id: Uuid,
    pub kind: OperationKind,
    pub state: OperationState,
    pub steps: Vec<Step>,
    /// It failed and what it did is being undone.
    pub undoing: bool,
    /// So much is done, in rows, environments or bytes.
    pub done: u64,
    /// Out of so much.
    pub total: u64,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<Uuid>,
    /// The backup that is made or restored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup_id: Option<Uuid>,
    /// The environment whose data a copy or a restore takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_id: Option<Uuid>,
    #[schema(format = DateTime)]
    pub created_at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub started_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub finished_at: Option<String>,
    /// Whether you may cancel it now.
    pub allowed_actions: Vec<AllowedAction>,
}

/// A step of a job.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Step {
    pub name: String,
    /// Absent until it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub started_at: Option<String>,
}

/// What became of an import.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImportReport {
    pub stored: u64,
    pub refused: u64,
    /// Refused lines in the file's order; never a value of the file.
    pub items: Vec<RefusedLine>,
    /// Where the next page starts: pass it on as it is. Absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A refused line of a CSV file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct RefusedLine {
    /// From 1, the header included.
    pub line: i64,
    /// Empty where the line as a whole is at fault.
    pub column: String,
    pub message: String,
}
