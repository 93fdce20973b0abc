//! What the pages of keys are told.

use super::approval::ViewApproval;
use crate::{
    error::UiError,
    pages::{PageData, audit::ViewEntry},
    ui::*,
    url,
    view::ViewDecision,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A key as lists and panels show it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewKey {
    pub id: String,
    pub name: String,
    pub state: State,
    /// "Uploaded .pfx".
    pub source: String,
    /// "RSA 2048".
    pub algorithm: String,
    /// SHA-256 of the public key, 64 hexadecimal digits.
    pub fingerprint: String,
    pub created: Moment,
    pub created_by: String,
    pub activated: Option<Moment>,
    /// When a lock, or the end of what it had locked, deleted it.
    pub deleted: Option<Moment>,
    /// How many environments are encrypted with it.
    pub environments: u64,
    /// Whether it may be activated now.
    pub activate: ViewDecision,
    /// Whether it may be shown now that its file is kept; only for a key that waits for that.
    pub prove: Option<ViewDecision>,
    /// Whether the region's environments may be locked with it now.
    pub lock: ViewDecision,
    /// Whether its file may come back now.
    pub unlock: ViewDecision,
    /// Why its last activation failed (K5).
    pub error: Option<String>,
}

impl ViewKey {
    /// Its beginning: enough to tell keys apart at a glance.
    pub fn short_fingerprint(&self) -> String {
        let whole = &self.fingerprint;
        whole.get(..12).map_or_else(|| whole.clone(), |start| format!("{start}…"))
    }
}

/// The keys of one region and what may be done now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewKeys {
    /// Names of the regions; a pivot is shown when there are several.
    pub regions: Vec<String>,
    pub region: String,
    /// The key chosen in the list; empty when none is.
    pub selected: String,
    pub keys: Vec<ViewKey>,
    /// Whether a key may be added now.
    pub add: ViewDecision,
    /// What stands against the feature (PP-004, PP-005, PP-013); none when it is on.
    pub eligibility: Option<Vec<Check>>,
    /// T24 and T72 after the last change; none before the first.
    pub timers: Option<(Deadline, Deadline)>,
    /// What holds activations and locks, whatever these say.
    pub activation_held: Option<String>,
    pub lock_held: Option<String>,
    /// The key before the last change, while that is less than 72 hours ago.
    pub previous: Option<ViewKey>,
    /// whether the last change may be reported, a report cleared, a roll-back scheduled or called off.
    pub report_change: ViewDecision,
    pub clear_report: ViewDecision,
    pub schedule_roll_back: ViewDecision,
    pub cancel_roll_back: ViewDecision,
    /// Somebody did not know of the last change.
    pub reported: Option<ViewReported>,
    /// Who can clear that, or could clear a report of the reader's.
    pub clearing: String,
    /// Two-person rule: what another administrator is asked for.
    pub approval: Option<ViewApproval>,
    /// A roll-back waits for its time.
    pub scheduled: Option<ViewRollBack>,
    /// Whether changes wait for another administrator.
    pub two_person: bool,
    /// Whether a key was active once; before that, an upload activates itself (PP-070), but not under the two-person
    /// rule.
    pub ever_activated: bool,
    /// The name of the key that is being installed.
    pub installing: Option<String>,
    /// What is locked, if anything is.
    pub locked: Option<ViewLocked>,
    /// Whether the operator, not the portal, replaces the root key.
    pub root_key_handed_in: bool,
    /// What is typed to lock (PP-112).
    pub lock_text: String,
    /// Environments on the organisation's own key, and all.
    pub self_managed: u64,
    pub environments: u64,
    /// How many are mailed about a change (PP-033).
    pub administrators: u64,
    /// Whether the caller may read the trail.
    pub audit: bool,
}

/// Who did not know of the last change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewReported {
    pub at: Moment,
    pub email: String,
}

/// A roll-back that waits for its time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewRollBack {
    /// The key's name.
    pub key: String,
    pub due: Deadline,
    /// Who scheduled it.
    pub email: String,
}

/// A lock of the region.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewLocked {
    /// Its job is not done.
    pub running: bool,
    pub since: Moment,
    /// Whether the root key was not replaced since.
    pub root_key_due: bool,
    /// How many environments are locked.
    pub environments: u64,
    /// T1: when the file may come back.
    pub unlock: Deadline,
    /// T28: when what is locked is deleted.
    pub deletion: Deadline,
}

impl ViewKeys {
    /// An address that keeps the region where there are several.
    pub(super) fn address(&self, path: &str, key: &str) -> String {
        let region = if self.regions.len() > 1 { self.region.as_str() } else { "" };
        url::with_query(path, &[("region", region), ("key", key)])
    }

    /// The list with the chosen key, if any.
    pub(super) fn list(&self) -> String {
        self.address("/encryption-keys", &self.selected)
    }

    /// The key whose material a lock destroyed.
    pub(super) fn locked_key(&self) -> Option<&ViewKey> {
        self.keys.iter().find(|key| matches!(key.state, State::Locked | State::Locking))
    }

    /// The key that is Active.
    pub(super) fn active(&self) -> Option<&ViewKey> {
        self.keys.iter().find(|key| key.state == State::Active)
    }
}

impl PageData for ViewKeys {
    fn title(&self) -> String {
        "Manage encryption keys".to_owned()
    }

    fn running(&self) -> bool {
        self.installing.is_some() || self.locked.as_ref().is_some_and(|locked| locked.running)
    }
}

/// One key beside the list it belongs to; it is the one selected there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewKeyDetails {
    pub list: ViewKeys,
    pub key: ViewKey,
    /// Some of the environments that use it, `(name, address)`.
    pub used_by: Vec<(String, String)>,
    /// Some of those that are locked with it.
    pub locked: Vec<(String, String)>,
    /// Some of those that do not use it and stay up when it locks.
    pub others: Vec<(String, String)>,
    /// What happened to it, the newest first; none for those who may not read the trail.
    pub history: Option<Vec<ViewEntry>>,
}

/// The keys of `region`; where it is empty, of the region that has most to show. `selected` is a key's id or empty.
#[server(prefix = "/fn", endpoint = "keys")]
pub async fn keys(region: String, selected: String) -> Result<ViewKeys, UiError> {
    let (portal, caller) = crate::request::request_at_risk().await?;
    let rings = service::keys::rings(&portal, &caller).await?;
    let ring = match region.as_str() {
        // Where there is something to see: an active key, else the feature.
        "" => rings.iter().max_by_key(|ring| {
            (ring.active_ring_key.is_some(), ring.enabled_at.is_some(), std::cmp::Reverse(&ring.region))
        }),
        name => rings.iter().find(|ring| ring.region == name),
    };
    let ring = ring.ok_or_else(|| UiError::not_found("region"))?;
    ViewKeys::load(&portal, &caller, &rings, domain::RingId(ring.id), selected).await
}

/// One key and its list.
#[server(prefix = "/fn", endpoint = "key")]
pub async fn key(id: String) -> Result<ViewKeyDetails, UiError> {
    let (portal, caller) = crate::request::request_at_risk().await?;
    let id = id.parse().map_err(|_| UiError::not_found("key"))?;
    ViewKeyDetails::load(&portal, &caller, id).await
}
