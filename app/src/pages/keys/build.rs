//! The answers of the service, as the pages of keys are told them.

use super::approval::ViewApproval;
use super::data::{ViewKey, ViewKeyDetails, ViewKeys, ViewLocked, ViewReported, ViewRollBack};
use crate::{
    error::UiError,
    pages::audit::ViewEntry,
    ui::*,
    view::{ViewDecision, count},
};
use domain::{
    KeyId, RingId, Timestamp,
    actions::Action,
    approvals::Change,
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
            activation_held: overview.facts.activation_held().map(str::to_owned),
            lock_held: overview.facts.lock_held().map(str::to_owned),
            two_person: overview.facts.two_person,
            previous: previous(&overview),
            report_change: ViewDecision::new(&overview.report, now),
            clear_report: ViewDecision::new(&overview.clear_report, now),
            schedule_roll_back: ViewDecision::new(&overview.schedule_roll_back, now),
            cancel_roll_back: ViewDecision::new(&overview.cancel_roll_back, now),
            reported: overview.facts.report.as_ref().map(reported),
            clearing: overview.clearing.clone().unwrap_or_default(),
            scheduled: overview.facts.roll_back.clone().map(|roll_back| scheduled(roll_back, now)),
            approval: approval(caller, &overview),
            locked: locked(&overview),
            root_key_handed_in: overview.root_key_handed_in,
            lock_text: overview.facts.lock_text(),
            ever_activated: overview.facts.ever_activated,
            installing: overview.facts.installing,
            self_managed: overview.self_managed,
            environments: overview.environments,
            administrators: overview.administrators as u64,
            audit: caller.may(Action::AuditRead, None),
        })
    }
}

/// What is asked, as long as it counts.
fn approval(caller: &Caller, overview: &Overview) -> Option<ViewApproval> {
    let now = overview.now;
    let asked = domain::policy::standing(&overview.facts, now)?;
    let region = overview.facts.region.to_string();
    Some(ViewApproval {
        id: asked.id.to_string(),
        change: asked.change,
        what: asked.change.of(&asked.key_name),
        key: asked.key_name.clone(),
        key_id: asked.key.to_string(),
        asker: asked.asker.clone(),
        mine: asked.asked_by == caller.user(),
        asked: asked.asked_at.into(),
        expires: Deadline::end(asked.expires_at(), now),
        approver: asked.approver.clone(),
        way: match asked.change {
            Change::Activate => format!("/encryption-keys/{}/activate", asked.key),
            Change::Lock => format!("/encryption-keys/{}/lock", asked.key),
            Change::RollBack => crate::url::with_query("/encryption-keys/roll-back", &[("region", &region)]),
        },
        give: ViewDecision::new(&overview.give_approval, now),
        withdraw: ViewDecision::new(&overview.withdraw_approval, now),
    })
}

fn timers(at: Timestamp, now: Timestamp) -> (Deadline, Deadline) {
    let until = |pause| Deadline::new(at + pause, now);
    (until(rings::BETWEEN_ACTIVATIONS), until(rings::NO_LOCK_AFTER_CHANGE))
}

/// What a lock of the region left, as long as it leaves something.
fn locked(overview: &Overview) -> Option<ViewLocked> {
    let facts = &overview.facts;
    let (since, lock) = (facts.locked_since?, facts.lock_started_at?);
    Some(ViewLocked {
        running: facts.is_locking(),
        since: since.into(),
        root_key_due: overview.root_key_due_since.is_some(),
        environments: overview.locked,
        unlock: Deadline::new(lock + rings::NO_UNLOCK_AFTER_LOCK, overview.now),
        deletion: Deadline::end(since + rings::LOCKED_AT_MOST, overview.now),
    })
}

/// What was active before the Active key: the one that a roll-back would activate again.
fn previous(overview: &Overview) -> Option<ViewKey> {
    let id = overview.previous?;
    let listed = overview.keys.iter().find(|listed| listed.key.id == id)?;
    Some(ViewKey::new(listed, overview.now))
}

fn reported(report: &rings::Report) -> ViewReported {
    ViewReported { at: report.at.into(), email: report.email.clone() }
}

fn scheduled(roll_back: rings::RollBack, now: Timestamp) -> ViewRollBack {
    ViewRollBack { key: roll_back.name, due: Deadline::new(roll_back.due_at, now), email: roll_back.email }
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
            deleted: match key.state {
                KeyState::Deleted { at } => Some(at.into()),
                _ => None,
            },
            environments: listed.environments,
            activate: ViewDecision::new(&listed.activate, now),
            prove: key.proved_at.is_none().then(|| ViewDecision::new(&listed.prove, now)),
            lock: ViewDecision::new(&listed.lock, now),
            unlock: ViewDecision::new(&listed.unlock, now),
            error: key.error.clone(),
        }
    }
}

const fn state(state: KeyState) -> State {
    match state {
        KeyState::Available => State::Available,
        KeyState::Installing { .. } | KeyState::Unlocking { .. } => State::Installing,
        KeyState::Active { .. } => State::Active,
        KeyState::Locking { .. } => State::Locking,
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
    let opted_in = if facts.opted_in {
        "It has."
    } else {
        "Not yet. Ask the operator of this portal to run 'keystead admin tenant set --opt-in true'."
    };
    let on = match facts.enabled_at {
        Some(at) => format!("Since {}.", at.human()),
        None => format!(
            "It is off. Ask the operator of this portal to run 'keystead admin region enable {}'.",
            overview.facts.region
        ),
    };
    Some(vec![
        check(
            format!("More than {} licensed seats", count(facts.threshold.unsigned_abs())),
            facts.seats > facts.threshold,
            match facts.seats > facts.threshold {
                true => format!("{} are counted.", count(facts.seats.unsigned_abs())),
                false => format!(
                    "{} are counted. If there are more, ask the operator of this portal to run 'keystead admin \
                     tenant set --seats N'.",
                    count(facts.seats.unsigned_abs())
                ),
            },
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
        let (mut used_by, mut locked, mut others) = (Vec::new(), Vec::new(), Vec::new());
        if !matches!(key.state, State::Available | State::Deleted) {
            let some = |state| some(portal, caller, overview.ring, state);
            used_by = some(EnvironmentState::SelfManaged).await?;
            locked = some(EnvironmentState::Locked).await?;
            others = some(EnvironmentState::PlatformManaged).await?;
        }
        let history = match list.audit {
            true => Some(history(portal, caller, id).await?),
            false => None,
        };
        Ok(Self { list, key, used_by, locked, others, history })
    }
}

/// The first environments of the region in that state.
async fn some(
    portal: &Portal,
    caller: &Caller,
    ring: RingId,
    state: EnvironmentState,
) -> Result<Vec<(String, String)>, UiError> {
    use store::environments::{Filter, Sort};
    let state = Some(state);
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
