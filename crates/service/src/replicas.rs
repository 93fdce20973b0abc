//! The processes that share a database and may hold plaintext keys in memory.
//!
//! Each process looks for running locks twice a second and drops what it must not hold; a lock goes on when
//! all that show signs of life have. A process that does not hear of a lock answers nothing either: it cannot
//! reach the database, and no key in memory opens anything without a look there.

use crate::{Portal, ServiceResult, fresh, jobs::Job};
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

/// Looks out for locks until `stop`.
pub async fn run(portal: Portal, stop: CancellationToken) {
    let mut replica = Replica { id: fresh::id(portal.clock().now()), seen_at: i64::MIN, looks: 0 };
    loop {
        if let Err(error) = look(&portal, &mut replica).await {
            tracing::error!(%error, "the database does not say which keys are locked");
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
async fn look(portal: &Portal, replica: &mut Replica) -> ServiceResult<()> {
    let now = portal.clock().now();
    let waited_for = store::rings::any_locking(portal.db().read()).await?;
    portal.keyring().forget_unusable(portal.db().read()).await?;
    if waited_for || now.since(Timestamp(replica.seen_at)) >= BEAT {
        let next = Replica { seen_at: now.0, looks: replica.looks + 1, ..replica.clone() };
        store::replicas::seen(portal.db().write(), next.clone()).await?;
        *replica = next;
    }
    Ok(())
}

/// Waits until every process that is alive has looked, from beginning to end, after this began: the look that
/// it may be at now, and one more.
pub(crate) async fn wait_until_forgotten(job: &mut Job) -> ServiceResult<()> {
    let portal = job.portal.clone();
    let db = portal.db().read();
    portal.keyring().forget_unusable(db).await?;
    let silent = || portal.clock().now() - SILENT;
    let before = store::replicas::alive(db, silent()).await?;
    loop {
        let alive = store::replicas::alive(db, silent()).await?;
        let looked = |was: &Replica| {
            alive.iter().find(|now| now.id == was.id).is_none_or(|now| now.looks >= was.looks + 2)
        };
        if before.iter().all(looked) {
            break;
        }
        job.renew().await?;
        tokio::time::sleep(LOOK / 5).await;
    }
    store::replicas::delete_silent(portal.db().write(), silent()).await?;
    Ok(())
}
