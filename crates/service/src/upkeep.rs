//! What a running portal does for itself, from its start on. Each part can fail on its own and is tried
//! again the next time.

use crate::{Portal, ServiceResult, imports, keys, sessions};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often what has expired is removed.
const EVERY: Duration = Duration::from_secs(300);
/// What deleted keys left is looked for every so many times: writers wait for it.
const SCRUB_EVERY: u32 = 12;

/// Looks after the portal until `stop`.
pub async fn run(portal: Portal, stop: CancellationToken) {
    let mut every = tokio::time::interval(EVERY);
    for turn in 0_u32.. {
        if stop.run_until_cancelled(every.tick()).await.is_none() {
            return;
        }
        run_once(&portal).await;
        if turn % SCRUB_EVERY == 0 {
            // What a crash between a key change and its scrubbing left, or a reader that held the log.
            scrub(&portal).await;
        }
    }
}

/// Goes through everything once; an error is logged and keeps nothing else from being done.
pub async fn run_once(portal: &Portal) {
    told("expired sessions cannot be removed", sessions::clean_up(portal).await.map(drop));
    told("key files nobody downloaded cannot be removed", keys::clean_up(portal).await);
    told("left-over files cannot be removed", imports::clean_up(portal, portal.clock().now()).await);
    told("retired ring keys cannot be forgotten", portal.keyring().forget_unusable(portal.db().read()).await);
}

/// Removes what deleted keys left in the database's files. The change itself stands, so a failure is
/// told to the log and left to the next time.
pub(crate) async fn scrub(portal: &Portal) {
    let scrubbed = portal.db().scrub_keys().await;
    told("what deleted keys left is not removed yet", scrubbed.map_err(Into::into));
}

fn told(what: &str, outcome: ServiceResult<()>) {
    if let Err(error) = outcome {
        tracing::error!(%error, "{what}");
    }
}
