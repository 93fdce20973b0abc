//! K3–K5: a key that is Installing becomes Active, or Available again with the reason.
//!
//! At most two RSA private operations, however many environments use the key: one proves that the
//! key opens what it wraps, one opens the ring key before it (none if that is hot).

use super::{Job, On, queue};
use crate::{Act, ServiceResult, Target, keys, kill_point, mails::Notice};
use domain::{
    KeyId, RingId, RingKeyId, actions::Action, events::Event, keys::KeyState, operations::OperationKind,
};
use std::sync::Arc;
use store::{operations::Operation, ring_keys::RingKeyRow, ring_keys::WrappedBy};
use vault::RingKey;

pub(super) async fn run(job: &mut Job) -> ServiceResult<()> {
    let id = job.operation.key_id.ok_or_else(|| anyhow::anyhow!("install without a key"))?;
    job.enter(0);
    kill_point("install.started");
    match wrap_new_ring_key(job, id).await {
        Ok((row, ring_key)) => activate(job, id, row, ring_key).await,
        Err(error) => match error.key_trouble() {
            Some(why) => fail(job, id, &why).await,
            None => Err(error),
        },
    }
}

/// As K5: the key is Available again.
pub(super) async fn give_up(job: &mut Job, why: &str) -> ServiceResult<()> {
    let id = job.operation.key_id.ok_or_else(|| anyhow::anyhow!("install without a key"))?;
    fail(job, id, why).await
}

/// A fresh ring key under the key, not sealed yet, and the proof that the key opens it.
async fn wrap_new_ring_key(job: &mut Job, id: KeyId) -> ServiceResult<(RingKeyRow, Arc<RingKey>)> {
    let tx = job.portal.db().begin().await?;
    let (_, key, kek) = job.open_key(&tx, id).await?;
    tx.rollback().await?;
    job.enter(1);
    let now = job.portal.clock().now();
    let (id, ring_id, wrapped_by) =
        (RingKeyId(crate::fresh::id(now)), key.ring_id, WrappedBy::Protection(key.id));
    let wrapped = kek.wrap(&RingKey::generate());
    let ring_key = Arc::new(kek.unwrap(&wrapped)?);
    let row = RingKeyRow { id, ring_id, wrapped_by, wrapped, created_at: now };
    kill_point("install.wrapped");
    Ok((row, ring_key))
}

/// K4, in one transaction: the previous key steps back, this one is Active, the timers start, the
/// re-wrapping of every self-managed environment is queued.
async fn activate(job: &mut Job, id: KeyId, row: RingKeyRow, ring_key: Arc<RingKey>) -> ServiceResult<()> {
    job.enter(2);
    job.operation.done = 1;
    let (owner, operation, ring_key_id) = (job.owner.clone(), job.operation.clone(), row.id);
    job.portal
        .act(&job.caller, Action::KeyInstall, Target::Key(id), move |act| {
            Box::pin(async move { switch(act, id, row, &owner, &operation).await })
        })
        .await?;
    job.portal.keyring().keep(ring_key_id, ring_key);
    Ok(())
}

async fn switch(
    act: &mut Act,
    id: KeyId,
    row: RingKeyRow,
    owner: &str,
    operation: &Operation,
) -> ServiceResult<()> {
    Job::finish(owner, operation, true, act).await?;
    let root = act.portal.keyring().roots().hold(&act.tx).await?;
    let ring = store::rings::lock(&act.tx, RingId(act.ring()?.id)).await?;
    let ring_id = RingId(ring.id);
    let key = store::keys::lock(&act.tx, id).await?;
    let key = key.ok_or_else(|| store::StoreError::inconsistent("protection_keys", id))?;
    let state = key.state.installed(act.now)?;
    let previous = store::keys::active(&act.tx, ring_id).await?;
    if let Some(previous) = &previous {
        store::keys::set_state(&act.tx, previous.id, previous.state.replaced()?, None).await?;
        act.record("previous", previous.name.as_str());
    }
    store::keys::set_state(&act.tx, id, state, None).await?;
    let ring_key = row.id;
    store::ring_keys::insert(&act.tx, root.seal_ring_key(row)).await?;
    store::rings::set_activated(&act.tx, ring_id, ring_key, act.now).await?;
    act.record("before", key.state.as_str());
    act.record("after", state.as_str());
    let affected = keys::affected(&act.tx, &ring).await?;
    if let Some(previous) = &previous {
        let rewrap = queue(act, OperationKind::KeyRewrap, ring_id, On::Ring, affected).await?;
        store::operations::set_keys(&act.tx, rewrap, (&previous.name, &key.name)).await?;
    }
    let mut notice = Notice::of_key(Event::KeyActivated, &ring, &key, previous.as_ref());
    notice.activated_at = Some(act.now);
    notice.affected = Some(affected);
    act.notify(notice).await
}

/// K5: back to Available with the reason; timers unchanged.
async fn fail(job: &mut Job, id: KeyId, why: &str) -> ServiceResult<()> {
    job.operation.error = Some(why.to_owned());
    let (owner, operation, why) = (job.owner.clone(), job.operation.clone(), why.to_owned());
    job.portal
        .act(&job.caller, Action::KeyInstall, Target::Key(id), move |act| {
            Box::pin(async move {
                Job::finish(&owner, &operation, false, act).await?;
                let ring = store::rings::lock(&act.tx, RingId(act.ring()?.id)).await?;
                let key = store::keys::lock(&act.tx, id).await?;
                let key = key.ok_or_else(|| store::StoreError::inconsistent("protection_keys", id))?;
                let state: KeyState = key.state.install_failed(None)?;
                store::keys::set_state(&act.tx, id, state, Some(why.clone())).await?;
                let mut notice = Notice::of_key(Event::KeyActivationFailed, &ring, &key, None);
                notice.error = Some(why);
                act.notify(notice).await
            })
        })
        .await
}
