//! The one scheduler: what is due by time alone is done by one process at a time, whichever has the lease.
//!
//! The lease saves the others the look; it is not what keeps things from happening twice. Whoever acts looks again
//! under the lock of what is due, so that two that both believe to have it (a clock that jumped, a process that
//! was stopped) do it once.

use crate::{Portal, ServiceResult, fresh, timers};
use domain::Timestamp;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often a process looks what is due.
const LOOK: Duration = Duration::from_millis(400);
/// For so long a process that says nothing more keeps the others waiting.
const LEASE: Duration = Duration::from_secs(10);
/// A root key that a lock could not rotate, or whose rotation stopped half-way, is tried again after so many looks,
/// about a minute.
const ROTATE_EVERY: u64 = 150;
/// The lease's name.
const NAME: &str = "timers";

/// A process that may be the scheduler.
pub struct Scheduler {
    owner: Uuid,
    /// From when until when it has the lease.
    held: Option<(Timestamp, Timestamp)>,
}

impl Scheduler {
    /// One that does not have the lease yet.
    pub fn new(portal: &Portal) -> Self {
        Self { owner: fresh::id(portal.clock().now()), held: None }
    }

    /// Does everything that is due now, if it is this process's turn; whether it is.
    pub async fn turn(&mut self, portal: &Portal) -> ServiceResult<bool> {
        if !self.hold(portal).await? {
            return Ok(false);
        }
        timers::run_once(portal).await?;
        Ok(true)
    }

    /// In the first half of its lease nothing is written.
    async fn hold(&mut self, portal: &Portal) -> ServiceResult<bool> {
        let now = portal.clock().now();
        if self.held.is_some_and(|(from, until)| from <= now && now < until - LEASE / 2) {
            return Ok(true);
        }
        let until = now + LEASE;
        let held = store::leases::hold(portal.db().write(), NAME, self.owner, (now, until)).await?;
        self.held = held.then_some((now, until));
        Ok(held)
    }

    async fn leave(&self, portal: &Portal) {
        if let Err(error) = store::leases::release(portal.db().write(), NAME, self.owner).await {
            tracing::warn!(%error, "what is due in the next seconds waits for this process");
        }
    }
}

/// Looks until `stop`.
pub async fn run(portal: Portal, stop: CancellationToken) {
    let mut scheduler = Scheduler::new(&portal);
    for turn in 1_u64.. {
        if let Err(error) = scheduler.turn(&portal).await {
            tracing::error!(%error, "what is due cannot be done now and is tried again");
        }
        // Not under the lease: whoever has the root key's file has to do it.
        if turn.is_multiple_of(ROTATE_EVERY)
            && let Err(error) = timers::rotate_root_key(&portal).await
        {
            tracing::error!(error = format!("{error:#}"), "the root key cannot be rotated now");
        }
        if stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_none() {
            break;
        }
    }
    scheduler.leave(&portal).await;
}
