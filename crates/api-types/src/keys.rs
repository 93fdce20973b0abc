//! Protection keys.

use crate::{AllowedAction, Operation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Where a key stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    Available,
    Installing,
    Active,
    /// A lock has begun: its material is destroyed, environments are being marked (K6).
    Locking,
    Locked,
    /// Its file is back and is being installed (K8).
    Unlocking,
    Deleted,
}

/// How a key came here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeySource {
    Generated,
    Uploaded,
}

/// An organisation's own key; never its material.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Key {
    pub id: Uuid,
    pub region: String,
    pub name: String,
    pub source: KeySource,
    pub state: KeyState,
    /// Since when it is in this state, where the state has a beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub state_since: Option<String>,
    /// Of the RSA modulus.
    pub bits: u32,
    /// SHA-256 of the public key (SubjectPublicKeyInfo) in hexadecimal.
    pub fingerprint: String,
    #[schema(format = DateTime)]
    pub created_at: String,
    /// The mail address of who brought it.
    pub created_by: String,
    /// When it was first shown that somebody holds the key's file; it is not activated before that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub proved_at: Option<String>,
    /// When it last became Active.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub activated_at: Option<String>,
    /// Why the last activation failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How many environments are encrypted with it.
    pub environments: u64,
    pub allowed_actions: Vec<AllowedAction>,
}

/// A key as other objects name it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct KeyReference {
    pub id: Uuid,
    pub name: String,
    pub fingerprint: String,
}

/// What became of an upload.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct KeyAdded {
    #[serde(flatten)]
    pub key: Key,
    /// The running activation, when the key is the region's first (PP-070).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
}

// Never read or written as a whole: it documents the form.
/// The parts of the form that brings a key.
#[derive(ToSchema)]
#[schema(as = KeyUpload)]
pub struct KeyUpload {
    /// 1 to 127 letters, digits and hyphens; never used before in the region.
    pub name: String,
    /// A password-protected PFX file with one RSA 2048 key pair, 256 KiB at most (PP-039…PP-041).
    #[schema(format = Binary, value_type = String)]
    pub file: Vec<u8>,
    /// Of the file.
    #[schema(format = Password)]
    pub password: String,
    /// `true` acknowledges the risk of managing encryption keys (PP-052).
    pub risk_acknowledged: bool,
}

/// Asks for a key to be made (PP-057).
#[derive(Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GenerateKey {
    /// 1 to 127 letters, digits and hyphens; never used before in the region.
    pub name: String,
    /// Of the key file to be made: 12 to 256 characters.
    #[schema(format = Password)]
    pub password: String,
    /// Acknowledges the risk of managing encryption keys (PP-052).
    #[serde(default)]
    pub risk_acknowledged: bool,
}

// Never read or written as a whole: it documents the form.
/// The parts of the form that brings a generated key's file back.
#[derive(ToSchema)]
#[schema(as = KeyProof)]
pub struct KeyProof {
    /// The downloaded file.
    #[schema(format = Binary, value_type = String)]
    pub file: Vec<u8>,
    /// Of the file.
    #[schema(format = Password)]
    pub password: String,
}

// Never read or written as a whole: it documents the form.
/// The parts of the form that locks the environments of a region.
#[derive(ToSchema)]
#[schema(as = LockEnvironments)]
pub struct LockEnvironments {
    /// The Active key's own file: the proof that whoever locks can unlock (PP-111).
    #[schema(format = Binary, value_type = String)]
    pub file: Vec<u8>,
    /// Of the file.
    #[schema(format = Password)]
    pub password: String,
    /// `LOCK` and the region's name in capitals (PP-112).
    pub typed_text: String,
    /// `true` confirms that the environments go offline for everyone.
    pub confirmed: bool,
    /// `true` acknowledges the risk of managing encryption keys (PP-052).
    pub risk_acknowledged: bool,
}

// Never read or written as a whole: it documents the form.
/// The parts of the form that brings a locked key back.
#[derive(ToSchema)]
#[schema(as = UnlockKey)]
pub struct UnlockKey {
    /// The file of the key that locked the environments (PP-114).
    #[schema(format = Binary, value_type = String)]
    pub file: Vec<u8>,
    /// Of the file.
    #[schema(format = Password)]
    pub password: String,
    /// `true` acknowledges the risk of managing encryption keys (PP-052).
    pub risk_acknowledged: bool,
}

/// Asks for a key to be activated.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivateKey {
    /// Confirms the change and that all administrators are notified (PP-075).
    #[serde(default)]
    pub confirmed: bool,
    /// Acknowledges the risk of managing encryption keys (PP-074).
    #[serde(default)]
    pub risk_acknowledged: bool,
}
