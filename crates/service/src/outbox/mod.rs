//! Delivers the outbox: at least once, each recipient on its own, with growing pauses.
//!
//! A message is claimed under a lease, sent, and marked. A crash in between sends it again with the
//! same Message-ID, so that mail programs show it once.

mod smtp;

use crate::{Portal, ServiceResult, fresh, kill_point};
use domain::Timestamp;
use futures::stream::{self, StreamExt};
use std::time::Duration;
use store::messages::Message;
use tokio_util::sync::CancellationToken;

pub use smtp::{SendError, Smtp, SmtpSettings, Tls};

/// How often a process looks for messages that are due.
const POLL: Duration = Duration::from_secs(1);
/// So many are claimed and sent side by side.
const CLAIM: u32 = 8;
/// So many are sent at the same time.
const SIDE_BY_SIDE: u32 = 4;
/// After so many refusals of the recipient, over three days, a message is given up. Whatever else
/// fails (a wrong password, a full disk, a server that is gone) is tried again without end.
const ATTEMPTS_REFUSED: u32 = 80;

/// Delivers until `stop`.
pub async fn run(portal: Portal, smtp: Smtp, stop: CancellationToken) {
    let owner = format!("mail-{}", fresh::id(portal.clock().now()));
    while !stop.is_cancelled() {
        match step(&portal, &smtp, &owner).await {
            Ok(sent) if sent > 0 => {}
            Ok(_) => {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = portal.mails().notified() => {}
                    () = tokio::time::sleep(POLL) => {}
                }
            }
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be read");
                tokio::time::sleep(POLL).await;
            }
        }
    }
}

/// Claims what is due and tries each once; returns how many were claimed.
pub async fn step(portal: &Portal, smtp: &Smtp, owner: &str) -> ServiceResult<usize> {
    let now = portal.clock().now();
    // Longer than the slowest send, so that two replicas do not send the same message.
    let until = now + portal.settings().lease + smtp::TIMEOUT * (CLAIM / SIDE_BY_SIDE);
    let due = store::messages::claim(portal.db().write(), owner, (now, until), CLAIM).await?;
    let count = due.len();
    let mut outcomes = stream::iter(due)
        .map(|message| async move {
            kill_point("mail.before_send");
            let outcome = smtp.send(&message).await;
            kill_point("mail.after_send");
            (message, outcome)
        })
        .buffer_unordered(SIDE_BY_SIDE as usize);
    while let Some((message, outcome)) = outcomes.next().await {
        mark(portal, &message, outcome).await?;
    }
    Ok(count)
}

async fn mark(portal: &Portal, message: &Message, outcome: Result<(), SendError>) -> ServiceResult<()> {
    let (db, now) = (portal.db().write(), portal.clock().now());
    match outcome {
        Ok(()) => store::messages::set_sent(db, message.id, now).await?,
        Err(error) => {
            let again = again(message.attempts, error.refused, now);
            tracing::warn!(message = %message.id, attempts = message.attempts, %error, "mail was not delivered");
            store::messages::set_failed(db, message, &error.to_string(), again).await?;
        }
    }
    Ok(())
}

/// When to try again after this many attempts: 5 s, 10 s, 20 s … up to an hour.
fn again(attempts: u32, refused: bool, now: Timestamp) -> Option<Timestamp> {
    let pause = Duration::from_secs(5 << attempts.saturating_sub(1).min(10)).min(Duration::from_secs(3_600));
    (!refused || attempts < ATTEMPTS_REFUSED).then(|| now + pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour_and_end_for_a_refused_recipient_alone() {
        let now = Timestamp::from_secs(0);
        assert_eq!(again(1, false, now), Some(Timestamp::from_secs(5)));
        assert_eq!(again(4, false, now), Some(Timestamp::from_secs(40)));
        assert_eq!(again(30, false, now), Some(Timestamp::from_secs(3_600)));
        assert_eq!(again(100_000, false, now), Some(Timestamp::from_secs(3_600)));
        assert_eq!(again(ATTEMPTS_REFUSED - 1, true, now), Some(Timestamp::from_secs(3_600)));
        assert_eq!(again(ATTEMPTS_REFUSED, true, now), None);
    }
}
