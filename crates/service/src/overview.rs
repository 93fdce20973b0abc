//! Where the caller is and what everybody must know: the frame of every page, and the start page.

use crate::{Caller, Portal, ServiceResult, act, act::decide, keys::clearer, root_key};
use domain::{
    KeyId, Refusal, Timestamp,
    actions::Action,
    approvals::Approval,
    environments::EnvironmentState,
    keys::KeyState,
    policy::{self, Decision},
    rings::{BETWEEN_ACTIVATIONS, LOCKED_AT_MOST, NO_LOCK_AFTER_CHANGE, RingFacts},
};
use store::{keys::Key, operations::Operation, rings::Ring};

/// The tenant, its regions, and which keys changed lately.
pub struct Place {
    pub tenant: String,
    /// The regions' names, sorted.
    pub regions: Vec<String>,
    /// Key changes of the last 72 hours (PP-033, PP-034), one a region at most; none of a region that is in `reported`.
    pub changes: Vec<KeyChange>,
    /// X-10: regions whose latest key change is reported.
    pub reported: Vec<Reported>,
    /// Regions in which environments are locked.
    pub locked: Vec<Lock>,
    /// How many messages have trouble: zero for callers who may not read messages.
    pub troubled: u64,
    pub now: Timestamp,
}

/// A region in which environments are locked.
pub struct Lock {
    pub region: String,
    /// T28: when what is still locked is deleted.
    pub deletion: Timestamp,
}

/// A key change that somebody did not know of.
pub struct Reported {
    pub region: String,
    /// The address of who reported it.
    pub by: String,
    /// Whether the caller may clear it.
    pub clear: Decision,
}

/// A key that became active less than 72 hours ago.
pub struct KeyChange {
    pub region: String,
    pub key: String,
    pub key_id: KeyId,
    /// The address of who asked for it.
    pub by: String,
    pub at: Timestamp,
    /// Whether it came back by its file, and was not activated.
    pub unlocked: bool,
    /// Whether something that is locked holds further changes, whatever the clocks say.
    pub held: bool,
    /// T24: from when another key can be activated, hence a roll-back.
    pub activation_from: Timestamp,
    /// T72: from when a lock is possible.
    pub lock_from: Timestamp,
}

/// One region on the start page.
pub struct RegionOverview {
    pub ring: Ring,
    pub facts: RingFacts,
    pub active: Option<Key>,
    /// Keys that are Available: one of them can become active.
    pub available: usize,
    /// How many environments the caller sees are in each state; states without any are left out.
    pub by_state: Vec<(EnvironmentState, u64)>,
    /// Whether a key may be added now.
    pub add_key: Decision,
    /// Two-person rule: what is asked and counts, for callers who may read keys.
    pub asked: Option<Approval>,
    /// The lock after which the root key was not rotated, for callers who may read keys.
    pub root_key_due_since: Option<Timestamp>,
}

/// Everything the start page shows, at one moment.
pub struct Overview {
    pub now: Timestamp,
    pub regions: Vec<RegionOverview>,
    /// The newest jobs the caller sees.
    pub operations: Vec<Operation>,
    /// How many are mailed about a key change (PP-033).
    pub administrators: usize,
    /// Whether the caller may create environments.
    pub create: Decision,
}

/// Read for every page: one query, and one more for each region with a report.
///
/// # Errors
/// `Internal` when the database does not answer.
pub async fn place(portal: &Portal, caller: &Caller) -> ServiceResult<Place> {
    act::permit(caller, Action::TenantRead, None)?;
    let now = portal.clock().now();
    let since = now - NO_LOCK_AFTER_CHANGE;
    let found = store::overview::place(portal.db().read(), caller.tenant(), since).await?;
    let found = found.ok_or_else(|| Refusal::not_found("tenant"))?;
    let troubled = if caller.may(Action::MessageRead, None) { found.troubled } else { 0 };
    let changes = found.regions.iter().filter(|region| region.reported_by.is_none()).filter_map(change);
    let changes = changes.collect();
    let mut reports = Vec::new();
    for region in &found.regions {
        reports.extend(reported(portal, caller, region).await?);
    }
    let locked = found.regions.iter().filter_map(lock).collect();
    let regions = found.regions.into_iter().map(|region| region.name).collect();
    Ok(Place { tenant: found.tenant, regions, changes, reported: reports, locked, troubled, now })
}

async fn reported(
    portal: &Portal,
    caller: &Caller,
    region: &store::overview::Region,
) -> ServiceResult<Option<Reported>> {
    let Some(by) = region.reported_by.clone() else { return Ok(None) };
    let facts = store::rings::facts(portal.db().read(), region.id).await?;
    let clear = decide(caller, Action::KeyClearReport, None)
        .and_then(|()| policy::clear_report(&facts, clearer(caller)));
    Ok(Some(Reported { region: region.name.clone(), by, clear }))
}

fn lock(region: &store::overview::Region) -> Option<Lock> {
    let deletion = region.locked_since? + LOCKED_AT_MOST;
    Some(Lock { region: region.name.clone(), deletion })
}

fn change(region: &store::overview::Region) -> Option<KeyChange> {
    let change = region.change.as_ref()?;
    Some(KeyChange {
        region: region.name.clone(),
        key: change.key.clone(),
        key_id: change.key_id,
        by: change.by.clone(),
        at: change.at,
        unlocked: change.unlocked,
        held: region.locked_since.is_some(),
        activation_from: change.at + BETWEEN_ACTIVATIONS,
        lock_from: change.at + NO_LOCK_AFTER_CHANGE,
    })
}

/// The start page.
///
/// # Errors
/// `Internal` when the database does not answer.
pub async fn overview(portal: &Portal, caller: &Caller) -> ServiceResult<Overview> {
    act::permit(caller, Action::TenantRead, None)?;
    let db = &portal.db().snapshot().await?;
    let now = portal.clock().now();
    let mut regions = Vec::new();
    for ring in store::rings::list(db, caller.tenant()).await? {
        regions.push(region(db, caller, ring, now).await?);
    }
    let filter = store::operations::Filter { only: caller.visible(), ..Default::default() };
    let operations = store::operations::list(db, caller.tenant(), &filter, None, 5).await?.items;
    let administrators = store::users::administrators(db, caller.tenant()).await?.len();
    let create = decide(caller, Action::EnvironmentCreate, None);
    Ok(Overview { now, regions, operations, administrators, create })
}

async fn region(
    db: &impl store::ConnectionTrait,
    caller: &Caller,
    ring: Ring,
    now: Timestamp,
) -> ServiceResult<RegionOverview> {
    let id = domain::RingId(ring.id);
    let facts = store::rings::facts(db, id).await?;
    let sees_keys = caller.may(Action::KeyRead, None);
    let keys = if sees_keys { store::keys::list(db, id).await? } else { Vec::new() };
    let asked = policy::standing(&facts, now).filter(|_| sees_keys).cloned();
    let available = keys.iter().filter(|key| key.state == KeyState::Available).count();
    let active = store::keys::active(db, id).await?;
    let by_state = states(db, caller, id).await?;
    let add_key = decide(caller, Action::KeyAdd, None).and_then(|()| policy::add_key(&facts));
    let lock = facts.lock_started_at.filter(|_| sees_keys);
    let root_key_due_since = root_key::due_since(db, lock).await?;
    Ok(RegionOverview { root_key_due_since, ring, facts, active, available, by_state, add_key, asked })
}

/// A System administrator counts the own environments only.
async fn states(
    db: &impl store::ConnectionTrait,
    caller: &Caller,
    ring: domain::RingId,
) -> ServiceResult<Vec<(EnvironmentState, u64)>> {
    let Some(own) = caller.visible() else {
        let counts = store::environments::count_by_state(db, ring).await?;
        return Ok(counts.into_iter().filter(|(state, _)| *state != EnvironmentState::Deleted).collect());
    };
    let mut counts: Vec<(EnvironmentState, u64)> = Vec::new();
    for id in own {
        let found = store::environments::get(db, id).await?;
        let found = found.filter(|e| e.ring_id == ring && e.state != EnvironmentState::Deleted);
        let Some(environment) = found else { continue };
        match counts.iter_mut().find(|(state, _)| *state == environment.state) {
            Some((_, n)) => *n += 1,
            None => counts.push((environment.state, 1)),
        }
    }
    Ok(counts)
}
