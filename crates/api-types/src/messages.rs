//! Mails to administrators.

use crate::AllowedAction;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Where a message stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// Waits for its next attempt.
    Queued,
    Sent,
    /// Given up after the last attempt.
    Failed,
}

/// A message to one administrator (PP-033).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Message {
    pub id: Uuid,
    #[schema(example = "key_activated")]
    pub event: String,
    pub address: String,
    pub subject: String,
    pub state: MessageState,
    pub attempts: u32,
    /// While it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub next_attempt_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    #[schema(format = DateTime)]
    pub created_at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub sent_at: Option<String>,
}

/// A message with its text.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct MessageDetails {
    #[serde(flatten)]
    pub message: Message,
    pub text: String,
    /// Whether you may have it sent again now.
    pub allowed_actions: Vec<AllowedAction>,
}
