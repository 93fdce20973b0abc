//! What holds for each environment: what it shows, that exactly one key opens it, and when it goes.

use super::{
    events::Event,
    invariants::{Kept, is_locked, keep, number},
    world::{Allowed, Look, World},
};
use domain::{Timestamp, environments::EnvironmentState};
use std::time::Duration;
use store::{data_keys::DataKeyRow, ring_keys::WrappedBy};
use vault::{DataKeyPlace, RingKey};

const LOCKED_AT_MOST: Duration = Duration::from_secs(28 * 24 * 3_600);

/// The environment as it lies there now.
pub(super) async fn one(world: &World<'_>, after: &Look, p: usize) -> Kept {
    let state = after.states[p];
    let portal = &world.house.portal;
    let read = world.read(p).await;
    match state {
        EnvironmentState::Deleted => keep(read == Err("NOT_FOUND"), &format!("{p} is deleted and read"))?,
        state if state.is_online() => {
            let wanted = world.content[p].clone().unwrap_or_default();
            keep(read == Ok(wanted.clone()), &format!("{p} holds {read:?}, not {wanted:?}"))?;
        }
        EnvironmentState::Locking | EnvironmentState::Locked => {
            // Tables without rows have nothing to refuse.
            let empty = world.content[p].as_ref().is_none_or(|content| content.is_empty());
            keep(empty || read == Err("ENV_LOCKED"), &format!("{p} is locked and read: {read:?}"))?;
        }
        _ => keep(read.is_err() || read == Ok(Default::default()), &format!("{p} is offline and read"))?,
    }
    let db = portal.db().read();
    let generations = data_keys(world, p).await;
    let changing = matches!(state, EnvironmentState::Applying | EnvironmentState::Returning);
    let right = match state {
        EnvironmentState::Deleted => generations == 0,
        _ if changing => (1..=2).contains(&generations),
        _ => generations == 1,
    };
    keep(right, &format!("{p} is {state:?} and has {generations} data keys"))?;
    if state == EnvironmentState::Deleted {
        return Ok(());
    }
    let row = store::environments::get(db, world.places[p]).await.unwrap().unwrap();
    match store::data_keys::get(db, row.id.0, row.generation).await.unwrap() {
        Some(key) => opens(world, after, p, &key).await,
        None => keep(false, &format!("{p} has no data key of its generation")),
    }
}

/// Whoever should opens the data key, and nobody else: the portal its own; the customer's by the key's file, which the
/// portal can do, too, while it has the key.
async fn opens(world: &World<'_>, after: &Look, p: usize, key: &DataKeyRow) -> Kept {
    let (db, keyring) = (world.house.portal.db().read(), world.house.portal.keyring());
    let opened = |ring_key: &RingKey| {
        let place = DataKeyPlace { owner: *key.owner.as_bytes(), generation: key.generation };
        ring_key.unwrap(&key.wrapped, &place).is_ok()
    };
    let here = keyring.ring_key(db, key.ring_key).await.is_ok_and(|ring_key| opened(&ring_key));
    let ring_key = store::ring_keys::get(db, key.ring_key).await.unwrap().unwrap();
    let state = after.states[p];
    let WrappedBy::Protection(id) = ring_key.wrapped_by else {
        let own = state == EnvironmentState::SelfManaged || is_locked(state);
        keep(!own, &format!("{p} is {state:?} under the platform's key"))?;
        return keep(here, &format!("{p} is {state:?} and the platform's key does not open it"));
    };
    keep(
        state != EnvironmentState::PlatformManaged,
        &format!("{p} is platform-managed under a customer's key"),
    )?;
    let customers = after.keys.iter().find(|key| key.id == id);
    let customers = customers.ok_or_else(|| format!("the key of {p} is not on the ring"))?;
    let wrapped = keyring.wrapped_ring_key(&ring_key).unwrap();
    let file = world.held.iter().find(|kek| *kek.fingerprint().as_bytes() == customers.fingerprint);
    let by_file = file.and_then(|kek| kek.unwrap(&wrapped).ok()).is_some_and(|ring_key| opened(&ring_key));
    keep(by_file, &format!("{p} is {state:?} and the file of {} does not open it", customers.name))?;
    let has = customers.material.is_some();
    keep(here == has, &format!("{p} is {state:?}, its key is here: {has}, it opens here: {here}"))
}

/// E8, E11, E12: since when what is locked is, and what makes it go.
pub(super) fn time(
    world: &mut World<'_>,
    before: &Look,
    after: &Look,
    event: &Event,
    allowed: Allowed,
) -> Kept {
    for p in 0..3 {
        let (was, is) = (before.states[p], after.states[p]);
        if is_locked(is) && !is_locked(was) {
            world.locked_at[p] = after.ring.lock_started_at.map(Timestamp);
        }
        let at = world.locked_at[p].unwrap_or(after.now);
        let over = after.now.since(at) >= LOCKED_AT_MOST;
        if is == EnvironmentState::Locked {
            keep(after.since[p] == at, &format!("{p} is locked since {:?}, not {at:?}", after.since[p]))?;
            let timed = matches!(event, Event::RunTimers);
            keep(!(timed && over), &format!("{p} is still there 28 days after the lock"))?;
        }
        if is == EnvironmentState::Deleted && was != is {
            let by_name =
                allowed.is_ok() && matches!(event, Event::Delete(_, q, typed) if (*q, *typed) == (p, p));
            let by_time = matches!(event, Event::RunTimers) && over;
            let right = was == EnvironmentState::Locked && (by_name || by_time);
            keep(right, &format!("{p} was {was:?} since {at:?} and is deleted"))?;
        }
    }
    Ok(())
}

async fn data_keys(world: &World<'_>, p: usize) -> i64 {
    let id = world.places[p].0.simple();
    let literal = match world.house.portal.db().backend() {
        store::Backend::Postgres => format!("'{id}'::uuid"),
        store::Backend::Sqlite => format!("x'{id}'"),
    };
    number(world, &format!("SELECT COUNT(*) AS n FROM data_keys WHERE owner_id = {literal}")).await
}
