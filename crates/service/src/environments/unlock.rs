//! E9, E12: a locked environment comes back, or goes for good.

use super::{begin, wrapping_key};
use crate::{Act, Caller, Portal, ServiceResult, Target, jobs, keys::not_confirmed, mails::Notice, risk};
use domain::{
    EnvironmentId, OperationId, RingId, actions::Action, events::Event, keys::KeyState,
    operations::OperationKind, policy,
};
use store::environments::Environment;

/// E9: asks for a locked environment to come back; its key must be Active (PP-115…PP-128).
pub async fn unlock(
    portal: &Portal,
    caller: &Caller,
    id: EnvironmentId,
    confirmed: bool,
    risk_acknowledged: bool,
) -> ServiceResult<OperationId> {
    portal
        .act(caller, Action::EnvironmentUnlock, Target::Environment(id), move |act| {
            Box::pin(async move {
                risk::require(act, risk_acknowledged).await?;
                let ring_id = act.environment()?.ring_id;
                store::rings::lock(&act.tx, ring_id).await?;
                let environment = store::environments::lock(&act.tx, id).await?;
                let facts = store::environments::facts(&act.tx, &environment).await?;
                let ring = store::rings::facts(&act.tx, ring_id).await?;
                let key = wrapping_key(&act.tx, id, environment.generation).await?;
                let active = key.is_some_and(|key| matches!(key.state, KeyState::Active { .. }));
                policy::unlock_environment(&facts, &ring, active, act.now)?;
                if !confirmed {
                    return Err(not_confirmed("that the environment is unlocked").into());
                }
                begin(act, &environment, environment.state.unlock()?, OperationKind::EnvironmentUnlock).await
            })
        })
        .await
}

/// E12: a locked environment is deleted by hand; `typed_name` must be its name.
pub async fn delete(
    portal: &Portal,
    caller: &Caller,
    id: EnvironmentId,
    typed_name: String,
    risk_acknowledged: bool,
) -> ServiceResult<OperationId> {
    portal
        .act(caller, Action::EnvironmentDelete, Target::Environment(id), move |act| {
            Box::pin(async move {
                risk::require(act, risk_acknowledged).await?;
                let ring_id = act.environment()?.ring_id;
                store::rings::lock(&act.tx, ring_id).await?;
                let environment = store::environments::lock(&act.tx, id).await?;
                let facts = store::environments::facts(&act.tx, &environment).await?;
                policy::delete_environment(&facts)?;
                policy::typed_name_to_delete(&facts, &typed_name)?;
                erase(act, &environment).await
            })
        })
        .await
}

/// E11, E12, K11: the data key goes, and with it the data; if it was the last one under a locked key, that key
/// goes, too. A job removes what is left. The ring and the environment are locked.
pub(crate) async fn erase(act: &mut Act, environment: &Environment) -> ServiceResult<OperationId> {
    let (id, ring_id) = (environment.id, environment.ring_id);
    let state = environment.state.delete()?;
    store::environments::set_state(&act.tx, id, state, act.now, None, None).await?;
    store::data_keys::delete_all(&act.tx, id.0).await?;
    let backups = store::backups::destroy_all(&act.tx, id).await?;
    store::backup_schedules::delete(&act.tx, id).await?;
    act.record("backups", backups);
    act.record("before", environment.state.as_str());
    act.record("after", state.as_str());
    let ring = store::rings::get(&act.tx, environment.tenant_id, ring_id).await?;
    let ring = ring.ok_or_else(|| store::StoreError::inconsistent("rings", ring_id))?;
    let mut notice = Notice::of_environment(Event::EnvironmentDeleted, &ring, environment, (None, None));
    notice.locked_at = Some(environment.state_since);
    notice.deleted_backups = Some(backups);
    act.notify(notice).await?;
    bury_key(act, ring_id).await?;
    let rows = store::tables::list(&act.tx, id).await?.iter().map(|table| table.row_count).sum();
    jobs::queue(act, OperationKind::EnvironmentDelete, ring_id, jobs::On::Environment(id), rows).await
}

/// K11: a locked key that nothing refers to any more.
async fn bury_key(act: &mut Act, ring_id: RingId) -> ServiceResult<()> {
    if store::environments::count_under_own_key(&act.tx, ring_id).await? > 0 {
        return Ok(());
    }
    for key in store::keys::list(&act.tx, ring_id).await? {
        if matches!(key.state, KeyState::Locked { .. }) {
            store::rings::forget_key(&act.tx, ring_id).await?;
            store::ring_keys::delete_under(&act.tx, key.id).await?;
            store::keys::destroy(&act.tx, key.id, key.state.destroyed(act.now)?, None).await?;
            act.record("deleted_key", key.name.as_str());
        }
    }
    Ok(())
}
