//! Environments and how they are encrypted.

use crate::{AllowedAction, KeyReference, Operation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What an environment is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnvironmentType {
    Production,
    Sandbox,
    Developer,
    Trial,
    Default,
    Teams,
    SupportInvestigation,
}

/// How an environment is encrypted. All but platform-managed and self-managed ones are offline.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnvironmentState {
    PlatformManaged,
    Applying,
    SelfManaged,
    Returning,
    /// A lock has begun; no row can be read any more.
    Locking,
    Locked,
    Unlocking,
    Deleted,
}

/// One line of the list of environments.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Environment {
    pub id: Uuid,
    pub name: String,
    #[serde(rename = "type")]
    pub kind: EnvironmentType,
    pub region: String,
    pub state: EnvironmentState,
    /// Of one that is being unlocked: since when it is locked.
    #[schema(format = DateTime)]
    pub state_since: String,
    /// Whether rows can be read and written.
    pub online: bool,
    /// The name of the key it is encrypted with, if it is self-managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Whether it still waits to be re-wrapped with the region's active key; it stays online.
    pub reencrypting: bool,
    /// Whether it holds data in File or Image columns (PP-015).
    pub has_files: bool,
    #[schema(format = DateTime)]
    pub created_at: String,
    /// Why the last change of its encryption was undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// An environment with everything that decides what may be done to it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct EnvironmentDetails {
    #[serde(flatten)]
    pub environment: Environment,
    pub encryption: Encryption,
    /// Whether it can use the organisation's own key at all.
    pub eligible: bool,
    /// Every reason why it cannot (PP-007…PP-017).
    pub ineligible_reasons: Vec<String>,
    /// What a return to the platform's key asks to be typed (PP-094): production only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typed_name: Option<String>,
    /// When it is deleted unless it is unlocked before (PP-103): locked environments only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub deletion_at: Option<String>,
    pub tables: usize,
    pub rows: u64,
    /// The newest job on it: running, or how it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
    pub allowed_actions: Vec<AllowedAction>,
}

/// The keys behind an environment's data.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Encryption {
    /// Counts the data keys it has had: apply and return make a new one.
    pub generation: u32,
    /// The organisation's key that wraps its data key; absent under the platform's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyReference>,
    /// Since when its data key is wrapped as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub key_since: Option<String>,
    /// The region's Active key, which apply would use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_key: Option<KeyReference>,
}

/// A new environment, under the platform's key (PP-084).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnvironment {
    /// 1 to 64 printable characters, unique in the organisation.
    pub name: String,
    // As text, so that the refusal of another word is the domain's.
    #[serde(rename = "type")]
    #[schema(value_type = EnvironmentType)]
    pub kind: String,
    /// One of the organisation's regions.
    #[schema(example = "europe")]
    pub region: String,
}

/// Asks for the region's active key to be applied; the environment goes offline meanwhile.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyKey {
    /// Confirms managing the key directly and the downtime (PP-089, PP-090).
    #[serde(default)]
    pub confirmed: bool,
    /// Acknowledges the risk of managing encryption keys (PP-088).
    #[serde(default)]
    pub risk_acknowledged: bool,
}

/// Asks for the platform's key again; the environment goes offline meanwhile.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnKey {
    /// The environment's name, letter case and all; asked for in production (PP-094).
    #[serde(default)]
    pub typed_name: String,
    /// Confirms the return to standard encryption management (PP-095).
    #[serde(default)]
    pub confirmed: bool,
    /// Acknowledges the risk of managing encryption keys.
    #[serde(default)]
    pub risk_acknowledged: bool,
}

/// Asks for a locked environment to come back.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnlockEnvironment {
    /// Confirms the unlock (PP-127).
    #[serde(default)]
    pub confirmed: bool,
    /// Acknowledges the risk of managing encryption keys (PP-088).
    #[serde(default)]
    pub risk_acknowledged: bool,
}

/// Asks for a locked environment to be deleted for good.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteEnvironment {
    /// The environment's name, as it is shown.
    #[serde(default)]
    pub typed_name: String,
    /// Acknowledges the risk of managing encryption keys (PP-088).
    #[serde(default)]
    pub risk_acknowledged: bool,
}
