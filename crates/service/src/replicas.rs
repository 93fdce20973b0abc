//! The processes that share a database and may hold plaintext keys in memory.
//!
//! Each process looks for running locks twice a second and drops what it must not hold, its connections with what
//! their buffers hold included; a lock goes on when all that show signs of life have. A process that does not hear of
//! a lock answers nothing either: it cannot reach the database, and no key in memory opens anything without a look
//! there.

use crate::{Portal, ServiceResult, fresh, jobs::Job};
use anyhow::Context as _;
use domain::Timestamp;
use std::time::Duration;
use store::replicas::Replica;
use tokio_util::sync::CancellationToken;

/// How often a process looks for locks.
const LOOK: Duration = Duration::from_millis(500);
/// How often it shows a sign of life.
const BEAT: Duration = Duration::from_secs(10);
/// After so long without one it is taken for gone.
const SILENT: Duration = Duration::from_secs(30);

/// Looks out for locks and for a next root key until `stop`.
pub async fn run(portal: Portal, stop: CancellationToken) {
    let id = fresh::id(portal.clock().now());
    let mut replica = Replica { id, seen_at: i64::MIN, looks: 0, root_seen: None };
    let mut last_lock = None;
    loop {
        if let Err(error) = look(&portal, &mut replica, &mut last_lock).await {
            tracing::error!(
                error = format!("{error:#}"),
                "what is locked, or sealed anew, is not known here"
            );
        }
        if stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_none() {
            break;
        }
    }
    if let Err(error) = store::replicas::leave(portal.db().write(), replica.id).await {
        tracing::warn!(%error, "a lock in the next half minute waits for this process");
    }
}

/// Drops what must not be held, and says so while somebody may be waiting for it.
async fn look(
    portal: &Portal,
    replica: &mut Replica,
    last_lock: &mut Option<Timestamp>,
) -> ServiceResult<()> {
    let now = portal.clock().now();
    let db = portal.db().read();
    let row = store::portal::get(db).await?.context("the portal row is missing")?;
    // A process that does not find the key that was rotated to still shows that it lives.
    let found = portal.keyring().roots().check(&row);
    let next = row.root_next;
    let waited_for = next.is_some() || store::rings::any_locking(db).await?;
    portal.keyring().forget_unusable(db).await?;
    let lock = store::rings::last_lock(db).await?;
    if lock > *last_lock {
        *last_lock = lock;
        portal.connections().notify_waiters();
    }
    if waited_for || now.since(Timestamp(replica.seen_at)) >= BEAT {
        let root_seen = match next {
            Some(check) => portal.keyring().roots().file().find(&check)?.map(|_| check),
            None => None,
        };
        let next = Replica { seen_at: now.0, looks: replica.looks + 1, root_seen, ..replica.clone() };
        store::replicas::seen(portal.db().write(), next.clone()).await?;
        *replica = next;
    }
    Ok(found?)
}

/// Whether a process serves from this database.
pub(crate) async fn any_alive(db: &impl store::ConnectionTrait, now: Timestamp) -> ServiceResult<bool> {
    Ok(!store::replicas::alive(db, now - SILENT).await?.is_empty())
}

/// Waits until every process that is alive has dropped what it must not hold.
pub(crate) async fn wait_until_forgotten(job: &mut Job) -> ServiceResult<()> {
    let portal = job.portal.clone();
    portal.keyring().forget_unusable(portal.db().read()).await?;
    wait(&portal, Some(job)).await?;
    Ok(())
}

/// Waits until every process that is alive has looked for the next root key, and returns how many do not find it.
pub(crate) async fn wait_until_seen(
    portal: &Portal,
    check: &[u8],
    job: Option<&mut Job>,
) -> ServiceResult<usize> {
    let alive = wait(portal, job).await?;
    Ok(alive.iter().filter(|replica| replica.root_seen.as_deref() != Some(check)).count())
}

/// Waits until every process that is alive has looked, from beginning to end, after this began: the look that
/// it may be at now, and one more. Returns those that are alive then.
async fn wait(portal: &Portal, mut job: Option<&mut Job>) -> ServiceResult<Vec<Replica>> {
    let db = portal.db().read();
    let silent = || portal.clock().now() - SILENT;
    let before = store::replicas::alive(db, silent()).await?;
    let alive = loop {
        let alive = store::replicas::alive(db, silent()).await?;
        let looked = |was: &Replica| {
            alive.iter().find(|now| now.id == was.id).is_none_or(|now| now.looks >= was.looks + 2)
        };
        if before.iter().all(looked) {
            break alive;
        }
        if let Some(job) = &mut job {
            job.renew().await?;
        }
        tokio::time::sleep(LOOK / 5).await;
    };
    store::replicas::delete_silent(portal.db().write(), silent()).await?;
    Ok(alive)
}
