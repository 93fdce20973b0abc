//! Environments: list, create, look at, apply the key, return it (rules §2.2).

mod replace;
mod reset;
mod unlock;

pub use replace::{copy, restore};
pub use reset::reset;
pub(crate) use unlock::erase;
pub use unlock::{delete, unlock};

use crate::{Act, Caller, Portal, ServiceResult, Target, act, jobs, keys::not_confirmed, risk};
use domain::{
    Code, EnvironmentId, OperationId, Refusal, RingId, RingKeyId, Timestamp,
    actions::Action,
    environments::{EnvironmentFacts, EnvironmentState, EnvironmentType, Storage, ineligible},
    keys::KeyState,
    names::{EnvironmentName, Region},
    operations::OperationKind,
    policy::{self, Decision},
    rings::RingFacts,
};
use store::{
    Cursor, Page,
    environments::{Environment, Filter, Listed, Sort},
    keys::Key,
    operations::Operation,
};

/// What the form of a new environment says.
pub struct NewEnvironment {
    pub name: String,
    /// One of [`EnvironmentType`]'s names.
    pub kind: String,
    pub region: String,
}

/// Everything the pages of one environment show, at one moment.
pub struct Details {
    pub listed: Listed,
    pub facts: EnvironmentFacts,
    pub ring: RingFacts,
    pub ring_id: RingId,
    pub now: Timestamp,
    /// Since when it has the key it has: the later of the key's own beginning and its own change.
    pub key_since: Option<Timestamp>,
    /// The key it is encrypted with, if it is self-managed.
    pub key: Option<Key>,
    /// The region's Active key.
    pub active_key: Option<Key>,
    pub rows: u64,
    pub tables: usize,
    /// Every failing reason of PP-007…PP-017.
    pub ineligible: Vec<&'static str>,
    pub apply: Decision,
    pub give_back: Decision,
    pub unlock: Decision,
    pub delete: Decision,
    pub back_up: Decision,
    /// Whether its data may be copied elsewhere; where to is another question.
    pub copy: Decision,
    pub reset: Decision,
    /// When it is deleted, if it is locked (PP-103).
    pub deletion_at: Option<Timestamp>,
    pub use_data: Decision,
    /// The newest job on it: running, or how it ended.
    pub operation: Option<Operation>,
}

impl Details {
    /// Whether the caller may do this with its tables and rows now: the role, and the environment's state.
    pub fn data(&self, caller: &Caller, action: Action) -> Decision {
        let environment = &self.listed.environment;
        act::decide(caller, action, Some(environment.id))?;
        match action {
            Action::RowRead | Action::RowExport => self.use_data.clone(),
            Action::RowImport => policy::import_rows(&self.facts),
            _ => policy::change_data(environment.state, environment.replaced_by.is_some()),
        }
    }
}

/// A page of the environments the caller sees.
pub async fn list(
    portal: &Portal,
    caller: &Caller,
    mut filter: Filter,
    sort: Sort,
    after: Option<Cursor>,
    limit: usize,
) -> ServiceResult<Page<Listed>> {
    act::permit(caller, Action::EnvironmentRead, None)?;
    filter.only = caller.visible();
    let limit = limit.clamp(1, 200);
    Ok(store::environments::list(portal.db().read(), caller.tenant(), &filter, sort, after.as_ref(), limit)
        .await?)
}

/// One environment with everything that decides what may be done to it.
pub async fn get(portal: &Portal, caller: &Caller, id: EnvironmentId) -> ServiceResult<Details> {
    let found = look(portal, caller, id).await;
    portal.witness(caller, Action::EnvironmentRead, Target::Environment(id), found).await
}

async fn look(portal: &Portal, caller: &Caller, id: EnvironmentId) -> ServiceResult<Details> {
    let db = &portal.db().snapshot().await?;
    let scope = act::resolve(db, caller, Target::Environment(id)).await?;
    act::permit(caller, Action::EnvironmentRead, Some(id))?;
    let environment = scope.environment.ok_or_else(|| Refusal::not_found("environment"))?;
    let missing = || Refusal::not_found("environment");
    let listed = store::environments::listed(db, &environment).await?.ok_or_else(missing)?;
    let facts = store::environments::facts(db, &environment).await?;
    let ring = store::rings::facts(db, environment.ring_id).await?;
    let active_key = store::keys::active(db, environment.ring_id).await?;
    let tables = store::tables::list(db, id).await?;
    let key = key_of(db, listed.ring_key).await?;
    let filter = store::operations::Filter { environment: Some(id), ..Default::default() };
    let operations = store::operations::list(db, caller.tenant(), &filter, None, 1).await?;
    let unlocks = key.as_ref().is_some_and(|key| matches!(key.state, KeyState::Active { .. }));
    let changed = store::operations::key_changed_at(db, id).await?;
    let now = portal.clock().now();
    Ok(Details {
        now,
        key_since: store::data_keys::since(db, listed.ring_key)
            .await?
            .map(|at| at.max(changed.unwrap_or(facts.created_at))),
        rows: tables.iter().map(|table| table.row_count).sum(),
        tables: tables.len(),
        ineligible: ineligible(&facts, ring.eligibility.enabled_at),
        apply: act::decide(caller, Action::EnvironmentApply, Some(id))
            .and_then(|()| policy::apply_key(&facts, &ring, active_key.is_some())),
        give_back: act::decide(caller, Action::EnvironmentReturn, Some(id))
            .and_then(|()| policy::return_key(&facts)),
        unlock: act::decide(caller, Action::EnvironmentUnlock, Some(id))
            .and_then(|()| policy::unlock_environment(&facts, &ring, unlocks, now)),
        delete: act::decide(caller, Action::EnvironmentDelete, Some(id))
            .and_then(|()| policy::delete_environment(&facts)),
        back_up: act::decide(caller, Action::BackupCreate, Some(id)).and_then(|()| policy::back_up(&facts)),
        copy: act::decide(caller, Action::EnvironmentCopy, Some(id)).and_then(|()| policy::copy_from(&facts)),
        reset: act::decide(caller, Action::EnvironmentReset, Some(id)).and_then(|()| policy::reset(&facts)),
        deletion_at: policy::deletion_at(&facts),
        use_data: policy::use_data(environment.state),
        operation: operations.items.into_iter().next(),
        ring_id: environment.ring_id,
        listed,
        facts,
        ring,
        key,
        active_key,
    })
}

/// The protection key that wraps this ring key, if it is one.
pub(crate) async fn key_of(db: &impl store::ConnectionTrait, id: RingKeyId) -> ServiceResult<Option<Key>> {
    let row = store::ring_keys::get(db, id).await?;
    Ok(match row.map(|row| row.wrapped_by) {
        Some(store::ring_keys::WrappedBy::Protection(key)) => store::keys::get(db, key).await?,
        _ => None,
    })
}

/// The protection key that this generation of the environment's data key is under, if it is one.
pub(crate) async fn wrapping_key(
    db: &impl store::ConnectionTrait,
    id: EnvironmentId,
    generation: u32,
) -> ServiceResult<Option<Key>> {
    match store::data_keys::get(db, id.0, generation).await? {
        Some(row) => key_of(db, row.ring_key).await,
        None => Ok(None),
    }
}

/// Creates an environment under the platform's key (PP-084).
pub async fn create(portal: &Portal, caller: &Caller, form: NewEnvironment) -> ServiceResult<EnvironmentId> {
    portal
        .act(caller, Action::EnvironmentCreate, Target::Tenant, |act| {
            Box::pin(async move { insert(act, form).await })
        })
        .await
}

async fn insert(act: &mut Act, form: NewEnvironment) -> ServiceResult<EnvironmentId> {
    let name =
        EnvironmentName::parse(&form.name).map_err(|why| Refusal::field(Code::Invalid, "name", why))?;
    let kind = EnvironmentType::parse(&form.kind)
        .ok_or_else(|| Refusal::field(Code::Invalid, "type", "Choose one of the offered types."))?;
    let unknown = || Refusal::field(Code::Invalid, "region", "Choose one of your organisation's regions.");
    let region = Region::parse(&form.region).map_err(|_| unknown())?;
    let ring = store::rings::by_region(&act.tx, act.caller.tenant(), region.as_str()).await?;
    let ring = ring.ok_or_else(unknown)?;
    let id = EnvironmentId(act.fresh_id());
    let environment = Environment {
        id,
        tenant_id: act.caller.tenant(),
        ring_id: RingId(ring.id),
        name: name.to_string(),
        kind,
        storage: Storage::AzureSql,
        state: EnvironmentState::PlatformManaged,
        state_since: act.now,
        generation: 1,
        error: None,
        created_at: act.now,
        created_by: act.caller.user(),
        replaced_by: None,
    };
    act.record("name", name.as_str());
    act.record("type", kind.as_str());
    act.record("region", ring.region.as_str());
    let inserted = store::environments::insert(&act.tx, &environment).await;
    if let Err(error) = &inserted
        && error.is_unique_violation()
    {
        return Err(
            Refusal::field(Code::Conflict, "name", "There is already an environment of this name.").into()
        );
    }
    inserted?;
    let ring_key = RingKeyId(ring.platform_ring_key);
    let key = act.portal.keyring().make_data_key(&act.tx, id.0, 1, ring_key).await?;
    store::data_keys::insert(&act.tx, key).await?;
    Ok(id)
}

/// E1: asks for the active key to be applied; offline from now until the job ends (PP-085…PP-090).
/// `confirmed` acknowledges managing the key directly and the downtime.
pub async fn apply(
    portal: &Portal,
    caller: &Caller,
    id: EnvironmentId,
    confirmed: bool,
    risk_acknowledged: bool,
) -> ServiceResult<OperationId> {
    portal
        .act(caller, Action::EnvironmentApply, Target::Environment(id), move |act| {
            Box::pin(async move {
                risk::require(act, risk_acknowledged).await?;
                if !confirmed {
                    let what =
                        "that you manage the key directly and that the environment is unavailable meanwhile";
                    return Err(not_confirmed(what).into());
                }
                let environment = act.environment()?;
                let ring = store::rings::lock(&act.tx, environment.ring_id).await?;
                let environment = store::environments::lock(&act.tx, id).await?;
                let facts = store::environments::facts(&act.tx, &environment).await?;
                let ring_facts = store::rings::facts(&act.tx, environment.ring_id).await?;
                let active = store::keys::active(&act.tx, RingId(ring.id)).await?;
                policy::apply_key(&facts, &ring_facts, active.is_some())?;
                begin(act, &environment, environment.state.apply()?, OperationKind::EnvironmentApply).await
            })
        })
        .await
}

/// E5: asks for the platform's key again; `typed_name` is asked for in production (PP-091…PP-095).
pub async fn give_back(
    portal: &Portal,
    caller: &Caller,
    id: EnvironmentId,
    typed_name: String,
    confirmed: bool,
    risk_acknowledged: bool,
) -> ServiceResult<OperationId> {
    portal
        .act(caller, Action::EnvironmentReturn, Target::Environment(id), move |act| {
            Box::pin(async move {
                risk::require(act, risk_acknowledged).await?;
                let environment = store::environments::lock(&act.tx, id).await?;
                let facts = store::environments::facts(&act.tx, &environment).await?;
                policy::return_key(&facts)?;
                policy::typed_name(&facts, &typed_name)?;
                if !confirmed {
                    return Err(not_confirmed("the return to standard encryption key management").into());
                }
                let state = environment.state.give_back()?;
                begin(act, &environment, state, OperationKind::EnvironmentReturn).await
            })
        })
        .await
}

/// Takes the environment offline and queues the job, in one transaction.
async fn begin(
    act: &mut Act,
    environment: &Environment,
    state: EnvironmentState,
    kind: OperationKind,
) -> ServiceResult<OperationId> {
    let id = environment.id;
    // Until it is back, an environment is locked since when it was: an unlock that fails changes nothing about the 28 days.
    let since = if state == EnvironmentState::Unlocking { environment.state_since } else { act.now };
    store::environments::set_state(&act.tx, id, state, since, None, None).await?;
    act.record("before", environment.state.as_str());
    act.record("after", state.as_str());
    let rows = store::tables::list(&act.tx, id).await?.iter().map(|table| table.row_count).sum();
    jobs::queue(act, kind, environment.ring_id, jobs::On::Environment(id), rows).await
}
