//! E13: a sandbox is emptied. Data and backups go with their keys, and the platform's key encrypts what comes (PP-134,
//! PP-135).

use super::wrapping_key;
use crate::{Act, Caller, Portal, ServiceResult, Target, backups, jobs, mails::Notice, risk};
use domain::{
    EnvironmentId, OperationId, RingKeyId, actions::Action, events::Event, operations::OperationKind, policy,
};
use store::{environments::Environment, rings::Ring};

/// Empties the environment: from the commit on nothing opens what it held, nor any backup of it. A job removes what is
/// left.
///
/// # Errors
/// The refusals of [`policy::reset`]; `NAME_MISMATCH`; `RISK_NOT_ACKNOWLEDGED`, because its key changes.
pub async fn reset(
    portal: &Portal,
    caller: &Caller,
    id: EnvironmentId,
    typed_name: String,
    risk_acknowledged: bool,
) -> ServiceResult<OperationId> {
    portal
        .act(caller, Action::EnvironmentReset, Target::Environment(id), move |act| {
            Box::pin(async move {
                risk::require(act, risk_acknowledged).await?;
                let ring = store::rings::lock(&act.tx, act.environment()?.ring_id).await?;
                let environment = store::environments::lock(&act.tx, id).await?;
                let facts = store::environments::facts(&act.tx, &environment).await?;
                policy::reset(&facts)?;
                policy::typed_target(&facts, &typed_name)?;
                empty(act, &ring, &environment).await
            })
        })
        .await
}

async fn empty(act: &mut Act, ring: &Ring, environment: &Environment) -> ServiceResult<OperationId> {
    let (id, next) = (environment.id, environment.generation + 1);
    let before = wrapping_key(&act.tx, id, environment.generation).await?;
    let platform = RingKeyId(ring.platform_ring_key);
    let key = act.portal.keyring().make_data_key(&act.tx, id.0, next, platform).await?;
    store::data_keys::delete_all(&act.tx, id.0).await?;
    store::data_keys::insert(&act.tx, key).await?;
    let rows = backups::rows_of(act, id).await?;
    let on = jobs::On::Environment(id);
    let operation = jobs::queue(act, OperationKind::EnvironmentReset, environment.ring_id, on, rows).await?;
    store::tables::hide_all(&act.tx, id, operation).await?;
    let gone = store::backups::destroy_all(&act.tx, id).await?;
    let state = environment.state.reset()?;
    store::environments::set_state(&act.tx, id, state, act.now, Some(next), None).await?;
    act.record("before", environment.state.as_str());
    act.record("after", state.as_str());
    act.record("rows", rows);
    act.record("backups", gone);
    let name = before.as_ref().map_or("", |key| key.name.as_str());
    store::operations::set_keys(&act.tx, operation, (name, "")).await?;
    let mut notice =
        Notice::of_environment(Event::EnvironmentReset, ring, environment, (before.as_ref(), None));
    notice.deleted_backups = Some(gone);
    act.notify(notice).await?;
    Ok(operation)
}
