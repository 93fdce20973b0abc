//! The audit trail.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// One entry of the organisation's trail.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// Its place in the chain, from 1 without gaps.
    pub seq: i64,
    #[schema(format = DateTime)]
    pub at: String,
    /// The person's address, or what acted.
    pub actor: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<Uuid>,
    #[schema(example = "key.activate")]
    pub action: String,
    /// What it was done to, in words.
    pub target: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_id: Option<Uuid>,
    pub outcome: AuditOutcome,
    /// Values before and after, or the refusal's code and reason.
    pub details: serde_json::Value,
    /// The client's IP address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    pub request_id: String,
    /// The entry's link in the hash chain, in hexadecimal.
    pub hash: String,
}

/// How what an entry records ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcome {
    Succeeded,
    Refused,
    Failed,
}
