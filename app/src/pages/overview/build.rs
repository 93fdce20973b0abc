//! What the service answers, as the start page is told it.

use super::{ViewAsked, ViewLock, ViewOverview, ViewRegion};
use crate::{error::UiError, ui::*, view::ViewDecision, view::ViewOperation};
use domain::{
    Code, Timestamp, actions::Action, approvals::Approval, environments::EnvironmentState,
    rings::LOCKED_AT_MOST,
};
use service::{
    Caller, Portal,
    overview::{self, RegionOverview},
};

pub(super) async fn overview(portal: &Portal, caller: &Caller) -> Result<ViewOverview, UiError> {
    let place = overview::place(portal, caller).await?;
    let found = overview::overview(portal, caller).await?;
    let mut missing: Vec<Check> = found.regions.iter().filter_map(missing_key).collect();
    missing.extend(found.regions.iter().filter_map(missing_root_key));
    missing.extend(missing_people(found.administrators));
    missing.extend(missing_mail(portal.settings().smtp_configured, caller.may(Action::MessageRead, None)));
    let keys = caller.may(Action::KeyRead, None);
    Ok(ViewOverview {
        tenant: place.tenant,
        regions: found.regions.iter().map(|region| ViewRegion::new(region, keys, found.now)).collect(),
        operations: found.operations.iter().map(|job| ViewOperation::new(job, found.now)).collect(),
        missing,
        create: ViewDecision::new(&found.create, found.now),
    })
}

impl ViewRegion {
    fn new(region: &RegionOverview, keys: bool, now: Timestamp) -> Self {
        let count = |state| region.by_state.iter().find(|(s, _)| *s == state).map_or(0, |(_, n)| *n);
        let deadline = |at: Option<Timestamp>| at.map(|at| Deadline::new(at, now));
        let active = region.active.as_ref();
        Self {
            name: region.ring.region.clone(),
            active: active
                .map(|key| (key.name.clone(), keys.then(|| format!("/encryption-keys/{}", key.id)))),
            activated: active.and_then(|key| key.activated_at).map(Into::into),
            states: region.by_state.iter().map(|(s, n)| (s.label().to_owned(), *n)).collect(),
            environments: region.by_state.iter().map(|(_, n)| n).sum(),
            self_managed: count(EnvironmentState::SelfManaged),
            locked: lock(region),
            activation_held: region.facts.activation_held().map(str::to_owned),
            lock_held: region.facts.lock_held().map(str::to_owned),
            activation_from: deadline(region.facts.next_activation_at(now)),
            lock_from: deadline(region.facts.lock_allowed_at(now)),
            ever_activated: region.facts.ever_activated,
            asked: region.asked.as_ref().map(|asked| ViewAsked::new(asked, &region.ring.region)),
        }
    }
}

impl ViewAsked {
    fn new(asked: &Approval, region: &str) -> Self {
        let what = asked.change.of(&asked.key_name);
        Self {
            title: match &asked.approver {
                Some(approver) => {
                    format!("{approver} has approved to {what}; {} may do it.", asked.asker)
                }
                None => format!("{} asks to {what}.", asked.asker),
            },
            until: asked.expires_at().into(),
            page: crate::url::with_query("/encryption-keys", &[("region", region)]),
        }
    }
}

fn lock(region: &RegionOverview) -> Option<ViewLock> {
    let environments = region.by_state.iter().filter(|(state, _)| state.is_locked()).map(|(_, n)| n).sum();
    let since = region.facts.locked_since.filter(|_| environments > 0)?;
    let name = region.ring.region.as_str();
    Some(ViewLock {
        environments,
        since: since.into(),
        deletion: (since + LOCKED_AT_MOST).into(),
        way: crate::url::with_query("/environments", &[("encryption", "locked"), ("region", name)]),
    })
}

fn check(label: String, detail: Option<String>, fix: Option<(&str, String)>) -> Check {
    let fix = fix.map(|(words, href)| (words.to_owned(), href));
    Check { label, outcome: Outcome::Failed, detail, fix }
}

/// A region without an Active key, for those who may bring one.
fn missing_key(region: &RegionOverview) -> Option<Check> {
    if region.active.is_some() || region.facts.installing.is_some() || lock(region).is_some() {
        return None;
    }
    let name = &region.ring.region;
    let keys = crate::url::with_query("/encryption-keys", &[("region", name)]);
    // Who may not bring one misses nothing here.
    if region.add_key.as_ref().is_err_and(|refusal| refusal.code == Code::Forbidden) {
        return None;
    }
    Some(match &region.add_key {
        Ok(()) if region.available > 0 => {
            let detail = "A key is there; activate it.".to_owned();
            check(format!("No active key in {name}"), Some(detail), Some(("Manage encryption keys", keys)))
        }
        Ok(()) => {
            let detail = "Bring a key of your own, then apply it to environments.".to_owned();
            let new = crate::url::with_query("/encryption-keys/new", &[("region", name)]);
            check(format!("No key in {name}"), Some(detail), Some(("New key", new)))
        }
        Err(refusal) => check(format!("No key in {name}"), Some(refusal.detail.clone()), None),
    })
}

/// What a lock alone did not do.
fn missing_root_key(region: &RegionOverview) -> Option<Check> {
    region.root_key_due_since?;
    let name = &region.ring.region;
    let keys = crate::url::with_query("/encryption-keys", &[("region", name)]);
    let detail = "The root key of this portal is the one of before the lock.".to_owned();
    let label = format!("A backup from before the lock of {name} still opens");
    Some(check(label, Some(detail), Some(("What to do", keys))))
}

/// PP-034: a roll-back of an unauthorised change needs somebody else.
fn missing_people(administrators: usize) -> Option<Check> {
    let detail = "Only another administrator can notice and roll back an unauthorised key change. \
                  The operator adds one with 'keystead admin user add'."
        .to_owned();
    (administrators < 2).then(|| check("There is only one administrator".to_owned(), Some(detail), None))
}

/// The way to the notices, for who may read them.
fn missing_mail(configured: bool, messages: bool) -> Option<Check> {
    let detail = "Notices about key changes stay in this portal until the operator sets a mail server.";
    let fix = messages.then(|| ("Notifications", "/notifications".to_owned()));
    (!configured).then(|| check("No mail server is set".to_owned(), Some(detail.to_owned()), fix))
}
