//! The caller's organisation.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The organisation the token's owner belongs to, with what its operator set (PP-004, PP-005).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Tenant {
    pub id: Uuid,
    pub name: String,
    /// Licensed seats of both plans together.
    pub seats: i64,
    /// Managing keys needs more seats than this.
    pub seat_threshold: i64,
    /// Whether the organisation asked for the feature.
    pub opted_in: bool,
    /// Locks, activations and roll-backs wait for another administrator's approval.
    pub two_person: bool,
    #[schema(format = DateTime)]
    pub created_at: String,
    /// The regions it keeps environments in, by name.
    #[schema(example = json!(["europe"]))]
    pub regions: Vec<String>,
}
