//! What the pages of keys are told.

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
    /// How many environments are encrypted with it.
    pub environments: u64,
    /// Whether it may be activated now.
    pub activate: ViewDecision,
    /// Why its last activation failed (K5).
    pub error: Option<String>,
}

impl ViewKey {
    /// `4fd019…e85a`: enough to tell keys apart at a glance.
    pub fn short_fingerprint(&self) -> String {
        let whole = &self.fingerprint;
        let ends = whole.get(..6).zip(whole.get(whole.len().saturating_sub(4)..));
        ends.map_or_else(|| whole.clone(), |(start, end)| format!("{start}…{end}"))
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
    /// Whether a key was active once; before that, an upload activates itself (PP-070).
    pub ever_activated: bool,
    /// The name of the key that is being installed.
    pub installing: Option<String>,
    /// Environments on the organisation's own key, and all.
    pub self_managed: u64,
    pub environments: u64,
    /// How many are mailed about a change (PP-033).
    pub administrators: u64,
    /// Whether the caller may read the trail.
    pub audit: bool,
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
        self.installing.is_some()
    }
}

/// One key beside the list it belongs to; it is the one selected there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewKeyDetails {
    pub list: ViewKeys,
    pub key: ViewKey,
    /// Some of the environments that use it, `(name, address)`.
    pub used_by: Vec<(String, String)>,
    /// What happened to it, the newest first; none for those who may not read the trail.
    pub history: Option<Vec<ViewEntry>>,
}

/// The keys of `region`, of the first one when it is empty; `selected` is a key's id or empty.
#[server(endpoint = "keys")]
pub async fn keys(region: String, selected: String) -> Result<ViewKeys, UiError> {
    let (portal, caller) = crate::request::request_at_risk().await?;
    let rings = service::keys::rings(&portal, &caller).await?;
    let ring = rings.iter().find(|ring| region.is_empty() || ring.region == region);
    let ring = ring.ok_or_else(|| UiError::not_found("region"))?;
    ViewKeys::load(&portal, &caller, &rings, domain::RingId(ring.id), selected).await
}

/// One key and its list.
#[server(endpoint = "key")]
pub async fn key(id: String) -> Result<ViewKeyDetails, UiError> {
    let (portal, caller) = crate::request::request_at_risk().await?;
    let id = id.parse().map_err(|_| UiError::not_found("key"))?;
    ViewKeyDetails::load(&portal, &caller, id).await
}

#[cfg(feature = "ssr")]
mod build {
    use super::*;
    use domain::{
        KeyId, RingId, Timestamp,
        actions::Action,
        environments::EnvironmentState,
        keys::{KeyState, Source},
        rings,
    };
    use service::{Caller, Portal, keys::ListedKey, keys::Overview, store};

    impl ViewKeys {
        pub(super) async fn load(
            portal: &Portal,
            caller: &Caller,
            rings: &[store::rings::Ring],
            ring: RingId,
            selected: String,
        ) -> Result<Self, UiError> {
            let overview = service::keys::overview(portal, caller, ring).await?;
            let now = overview.now;
            Ok(Self {
                regions: rings.iter().map(|ring| ring.region.clone()).collect(),
                region: overview.facts.region.to_string(),
                selected,
                keys: overview.keys.iter().map(|listed| ViewKey::new(listed, now)).collect(),
                add: ViewDecision::new(&overview.add, now),
                eligibility: eligibility(&overview),
                timers: overview.facts.last_activation_at.map(|at| timers(at, now)),
                ever_activated: overview.facts.ever_activated,
                installing: overview.facts.installing,
                self_managed: overview.self_managed,
                environments: overview.environments,
                administrators: overview.administrators as u64,
                audit: caller.may(Action::AuditRead, None),
            })
        }
    }

    fn timers(at: Timestamp, now: Timestamp) -> (Deadline, Deadline) {
        let until = |pause| Deadline::new(at + pause, now);
        (until(rings::BETWEEN_ACTIVATIONS), until(rings::NO_LOCK_AFTER_CHANGE))
    }

    impl ViewKey {
        fn new(listed: &ListedKey, now: Timestamp) -> Self {
            let key = &listed.key;
            let source = match key.source {
                Source::Uploaded => "Uploaded .pfx",
                Source::Generated => "Generated .pfx",
            };
            Self {
                id: key.id.to_string(),
                name: key.name.clone(),
                state: state(key.state),
                source: source.to_owned(),
                algorithm: format!("RSA {}", key.bits),
                fingerprint: service::keys::hex(&key.fingerprint),
                created: key.created_at.into(),
                created_by: listed.created_by.clone(),
                activated: key.activated_at.map(Into::into),
                environments: listed.environments,
                activate: ViewDecision::new(&listed.activate, now),
                error: key.error.clone(),
            }
        }
    }

    const fn state(state: KeyState) -> State {
        match state {
            KeyState::Available => State::Available,
            KeyState::Installing { .. } => State::Installing,
            KeyState::Active { .. } => State::Active,
            KeyState::Locked { .. } => State::Locked,
            KeyState::Deleted { .. } => State::Deleted,
        }
    }

    /// The conditions one by one, so that each tells what is missing and whom to ask.
    fn eligibility(overview: &Overview) -> Option<Vec<Check>> {
        let facts = &overview.facts.eligibility;
        domain::policy::feature(&overview.facts).err()?;
        let check = |label: String, passed: bool, detail: String| Check {
            label,
            outcome: if passed { Outcome::Passed } else { Outcome::Failed },
            detail: Some(detail),
            fix: None,
        };
        let opted_in = if facts.opted_in { "It has." } else { "Not yet. Ask the operator of this portal to opt in." };
        let on = match facts.enabled_at {
            Some(at) => format!("Since {}.", at.human()),
            None => "It is off. Ask the operator of this portal to turn it on.".to_owned(),
        };
        Some(vec![
            check(
                format!("More than {} licensed seats", crate::view::count(facts.threshold.unsigned_abs())),
                facts.seats > facts.threshold,
                format!("{} are counted.", crate::view::count(facts.seats.unsigned_abs())),
            ),
            check("The organisation has opted in".to_owned(), facts.opted_in, opted_in.to_owned()),
            check(format!("Turned on for the region {}", overview.facts.region), facts.enabled_at.is_some(), on),
        ])
    }

    impl ViewKeyDetails {
        pub(super) async fn load(portal: &Portal, caller: &Caller, id: KeyId) -> Result<Self, UiError> {
            let rings = service::keys::rings(portal, caller).await?;
            let (found, overview) = service::keys::get(portal, caller, id).await?;
            let list = ViewKeys::load(portal, caller, &rings, overview.ring, id.to_string()).await?;
            let key = ViewKey::new(&found, overview.now);
            let used_by = match key.state {
                State::Active => used_by(portal, caller, overview.ring).await?,
                _ => Vec::new(),
            };
            let history = match list.audit {
                true => Some(history(portal, caller, id).await?),
                false => None,
            };
            Ok(Self { list, key, used_by, history })
        }
    }

    async fn used_by(
        portal: &Portal,
        caller: &Caller,
        ring: RingId,
    ) -> Result<Vec<(String, String)>, UiError> {
        use store::environments::{Filter, Sort};
        let state = Some(EnvironmentState::SelfManaged);
        let filter = Filter { state, ring: Some(ring), ..Filter::default() };
        let page = service::environments::list(portal, caller, filter, Sort::Name, None, 10).await?;
        let named = page.items.into_iter().map(|listed| {
            let environment = listed.environment;
            (environment.name, format!("/environments/{}/encryption", environment.id))
        });
        Ok(named.collect())
    }

    async fn history(portal: &Portal, caller: &Caller, id: KeyId) -> Result<Vec<ViewEntry>, UiError> {
        let filter = store::audit::Filter { target_id: Some(id.0), ..Default::default() };
        let entries = service::audit::list(portal, caller, &filter, None, 10).await?;
        Ok(entries.into_iter().map(ViewEntry::from).collect())
    }
}
