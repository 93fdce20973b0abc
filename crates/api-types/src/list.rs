//! What every list and every object that can be acted on share.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One page of a list.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct List<T> {
    pub items: Vec<T>,
    /// Where the next page starts: pass it on as it is. Absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Whether the caller may do something now; if not, why, from when, and what to do about it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct AllowedAction {
    /// `key.activate` and the like, as in the audit trail.
    #[schema(example = "key.activate")]
    pub action: String,
    pub allowed: bool,
    /// The code of the refusal that the request would get now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "ACTIVATION_COOLDOWN")]
    pub code: Option<String>,
    /// Why not, in a sentence or two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// From when, where time alone decides.
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
}
