//! Runs jobs: one loop per process, any number of processes.

use crate::{Portal, ServiceResult, fresh, jobs::Job, jobs::LeaseLost};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often a process looks for jobs that another one queued or lost.
const POLL: Duration = Duration::from_millis(500);

/// Claims and runs jobs until `stop`; a job that is running is finished or left to its lease.
pub async fn run(portal: Portal, stop: CancellationToken) {
    let owner = format!("worker-{}", fresh::id(portal.clock().now()));
    while !stop.is_cancelled() {
        match step(&portal, &owner).await {
            Ok(true) => {}
            Ok(false) => {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = portal.jobs().notified() => {}
                    () = tokio::time::sleep(POLL) => {}
                }
            }
            Err(error) => {
                tracing::error!(%error, "the job queue cannot be read");
                tokio::time::sleep(POLL).await;
            }
        }
    }
}

/// Claims and runs one job; `false` when there is none. A job that fails for an outage is tried
/// again, later each time.
pub async fn step(portal: &Portal, owner: &str) -> ServiceResult<bool> {
    let now = portal.clock().now();
    let until = now + portal.settings().lease;
    let claimed = store::operations::claim(portal.db().write(), owner, now, until).await?;
    let Some(operation) = claimed else { return Ok(false) };
    let (id, attempts) = (operation.id, operation.attempts);
    let mut job = Job::new(portal, operation, owner).await?;
    if let Err(error) = job.run().await {
        if let crate::ServiceError::Internal(inner) = &error
            && inner.downcast_ref::<LeaseLost>().is_some()
        {
            tracing::info!(operation = %id, "another worker took the job over");
            return Ok(true);
        }
        tracing::error!(operation = %id, %error, attempts, "a job failed and will be tried again");
        let wait = Duration::from_secs(u64::from(attempts.min(6)).pow(2));
        store::operations::release(portal.db().write(), owner, id, portal.clock().now() + wait).await?;
    }
    Ok(true)
}

/// Runs every open job to its end: for tests, commands and the demo.
pub async fn drain(portal: &Portal) -> ServiceResult<()> {
    while step(portal, "drain").await? {}
    Ok(())
}
