//! Errors, as RFC 9457 has them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a request was not done: `application/problem+json`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// The kind of problem as a URI: `urn:keystead:problem:` and the code.
    #[serde(rename = "type")]
    #[schema(example = "urn:keystead:problem:ACTIVATION_COOLDOWN")]
    pub kind: String,
    /// The kind of problem in a few words, the same each time.
    #[schema(example = "Activation cooldown")]
    pub title: String,
    /// The HTTP status.
    #[schema(example = 409)]
    pub status: u16,
    /// What was wrong this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What to branch on; stays the same over versions.
    #[schema(example = "ACTIVATION_COOLDOWN")]
    pub code: String,
    /// Names this request in the audit trail and in the operator's logs.
    pub request_id: String,
    /// When the same request becomes possible, where time alone decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub allowed_at: Option<String>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// The page of the portal where it can be mended, from the first slash on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "/encryption-keys?region=europe")]
    pub see: Option<String>,
    /// The fields at fault, if fields are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemField>,
}

/// One field at fault.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct ProblemField {
    /// Its place in the request: `columns[0].type`, `rows[3].Name`, or a query parameter's name.
    pub field: String,
    /// What is accepted.
    pub message: String,
}
