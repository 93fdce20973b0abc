//! Regions: one key ring each.

use crate::AllowedAction;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A region's key ring: whether keys may be managed, its timers, its environments.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Region {
    /// The region's short name, part of addresses.
    #[schema(example = "europe")]
    pub region: String,
    pub eligibility: Eligibility,
    /// Whether a key was ever active: until then, the first upload activates itself (PP-070), unless the two-person
    /// rule is on.
    pub ever_activated: bool,
    /// The name of the key that is being installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installing: Option<String>,
    pub timers: Timers,
    /// All environments, deleted ones aside.
    pub environments: u64,
    /// Those encrypted with the organisation's own key.
    pub self_managed_environments: u64,
    /// Those that are locked: no key can be added or activated meanwhile (PP-080, PP-120).
    pub locked_environments: u64,
    /// The lock since which the portal's root key was not replaced: a backup of the database from before it still
    /// opens with that root key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub root_key_due_since: Option<String>,
    /// Somebody reported the latest key change as not authorised: until that is cleared, no key is activated and
    /// nothing is locked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<ChangeReport>,
    /// A roll-back that waits for the end of the 24 hours after a change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roll_back: Option<ScheduledRollBack>,
    /// Two-person rule: locks, activations and roll-backs wait for another administrator's approval.
    pub two_person: bool,
    /// What another administrator is asked to approve, as long as it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<AskedApproval>,
    /// What is typed to lock them (PP-112).
    pub lock_text: String,
    /// How many administrators are mailed about a change (PP-033).
    pub administrators: usize,
    pub allowed_actions: Vec<AllowedAction>,
}

/// What decides whether the organisation may manage its own keys here.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Eligibility {
    /// Whether all of it together is enough.
    pub eligible: bool,
    /// Licensed seats (PP-004).
    pub seats: i64,
    /// Seats must exceed this.
    pub seat_threshold: i64,
    /// PP-005.
    pub opted_in: bool,
    /// Since when the operator has the feature on in this region (PP-013). Only environments
    /// created later can use a key (PP-014).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub enabled_at: Option<String>,
}

/// The ring's timers; each is absent once it has run out.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Timers {
    /// When the last activation completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub last_activation_at: Option<String>,
    /// When the next activation is possible: 24 hours after the last (PP-083).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub next_activation_at: Option<String>,
    /// When locking is possible: 72 hours after the last activation (PP-032).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub lock_allowed_at: Option<String>,
    /// When the last lock began (PP-106).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub locked_at: Option<String>,
    /// When unlocking is possible: an hour after the lock began (PP-106).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub unlock_allowed_at: Option<String>,
}

/// A key change that an administrator did not know of.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct ChangeReport {
    #[schema(format = DateTime)]
    pub reported_at: String,
    /// Their mail address; somebody else clears it.
    pub reported_by: String,
}

/// A roll-back that waits for its time.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct ScheduledRollBack {
    pub key_id: Uuid,
    /// The key's name.
    pub key: String,
    /// When it begins.
    #[schema(format = DateTime)]
    pub due_at: String,
    /// The mail address of who scheduled it.
    pub scheduled_by: String,
}

/// What is approved: one exact change.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyChange {
    Activate,
    Lock,
    /// A roll-back that is scheduled for the end of the 24 hours after a change.
    RollBack,
}

/// A question to the other administrators.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct AskedApproval {
    /// What an answer names.
    pub id: Uuid,
    pub change: KeyChange,
    pub key_id: Uuid,
    /// The key's name.
    pub key: String,
    /// The mail address of who asked.
    pub asked_by: String,
    #[schema(format = DateTime)]
    pub asked_at: String,
    #[schema(format = DateTime)]
    pub expires_at: String,
    /// The mail address of who approved; absent until somebody has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
}

/// Asks another administrator to approve a change.
#[derive(Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskApproval {
    pub change: KeyChange,
    #[serde(default)]
    pub confirmed: bool,
}

/// Reports the latest key change as not authorised.
#[derive(Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportChange {
    /// That no key changes until somebody else has looked.
    #[serde(default)]
    pub confirmed: bool,
    /// The value of `link` in the address that a mail gives; it is used up.
    #[serde(default)]
    pub link: Option<String>,
}

/// Confirms what is asked for.
#[derive(Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    #[serde(default)]
    pub confirmed: bool,
}
