//! Runs jobs: a few at a time per process, any number of processes.

use crate::{Portal, ServiceResult, fresh, jobs::Job};
use futures::FutureExt;
use std::{panic::AssertUnwindSafe, time::Duration};
use tokio_util::sync::CancellationToken;

/// How often a process looks for jobs that another one queued or lost.
const POLL: Duration = Duration::from_millis(500);

/// After so many attempts without progress a job is ended, with the reason.
const MAX_ATTEMPTS: u32 = 10;
/// How long a job waits that found the database unreachable or full.
const OUTAGE: Duration = Duration::from_secs(30);

/// Claims and runs jobs until `stop`; a job that is running is finished or left to its lease. Three
/// at a time, one of them never with one that moves many rows: a key change does not wait behind large files.
pub async fn run(portal: Portal, stop: CancellationToken) {
    let lane = |with_long| work(portal.clone(), stop.clone(), with_long);
    tokio::join!(lane(false), lane(true), lane(true));
}

async fn work(portal: Portal, stop: CancellationToken, with_long: bool) {
    let owner = format!("worker-{}", fresh::id(portal.clock().now()));
    while !stop.is_cancelled() {
        match take_one(&portal, &owner, with_long).await {
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

/// Claims and runs one job; `false` when there is none.
pub async fn step(portal: &Portal, owner: &str) -> ServiceResult<bool> {
    take_one(portal, owner, true).await
}

async fn take_one(portal: &Portal, owner: &str, with_long: bool) -> ServiceResult<bool> {
    let now = portal.clock().now();
    let until = now + portal.settings().lease;
    let claimed = store::operations::claim(portal.db().write(), owner, (now, until), with_long).await?;
    let Some(operation) = claimed else { return Ok(false) };
    let id = operation.id;
    let attempts = operation.attempts;
    let mut job = Job::new(portal, operation, owner).await?;
    if let Err(error) = attempt(&mut job).await {
        if error.lease_lost() {
            tracing::info!(operation = %id, "another worker took the job over");
            return Ok(true);
        }
        let outage = error.is_outage();
        tracing::error!(operation = %id, %error, attempts, "a job failed and will be tried again");
        let wait = if outage { OUTAGE } else { Duration::from_secs(u64::from(attempts.min(6)).pow(2)) };
        let when = portal.clock().now() + wait;
        store::operations::release(portal.db().write(), owner, id, when, !outage).await?;
    }
    Ok(true)
}

/// Runs the job once, or ends it where it never gets further: what failed so often, or took its
/// process with it, would fail for ever and keep the environment busy.
async fn attempt(job: &mut Job) -> ServiceResult<()> {
    if job.operation.attempts > MAX_ATTEMPTS {
        tracing::error!(operation = %job.operation.id, "a job is given up: no progress in {MAX_ATTEMPTS} attempts");
        return job.give_up("It did not get further in 10 attempts; the log tells why.").await;
    }
    let run = AssertUnwindSafe(job.run()).catch_unwind().await;
    run.unwrap_or_else(|_| Err(anyhow::anyhow!("the job panicked").into()))
}

/// Runs every open job to its end: for tests, commands and the demo.
pub async fn drain(portal: &Portal) -> ServiceResult<()> {
    while step(portal, "drain").await? {}
    Ok(())
}
