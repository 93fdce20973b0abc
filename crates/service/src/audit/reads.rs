//! Reads of data are audited in groups: each group commits before its answers leave, so that no read
//! goes unrecorded and no read waits for a disk of its own.

use crate::{Caller, ServiceError, ServiceResult};
use domain::{TenantId, Timestamp, actions::Action};
use store::{Db, audit::Entry};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// At most this many reads share a transaction.
const GROUP: usize = 256;

struct Waiting {
    tenant: TenantId,
    entry: Entry,
    done: oneshot::Sender<bool>,
}

/// The way into the group.
pub struct ReadLog(mpsc::Sender<Waiting>);

impl ReadLog {
    /// Starts the task that commits groups; it ends with the last handle.
    pub fn start(db: Db) -> Self {
        let (sender, receiver) = mpsc::channel(4 * GROUP);
        tokio::spawn(run(db, receiver));
        Self(sender)
    }

    /// Returns once the read is on record; an error means it must not be answered.
    pub(crate) async fn record(
        &self,
        caller: &Caller,
        action: Action,
        (target, target_id): (String, Uuid),
        details: String,
        at: Timestamp,
    ) -> ServiceResult<()> {
        let entry = Entry {
            at,
            actor: caller.email().to_owned(),
            actor_id: Some(caller.user()),
            action: action.as_str().to_owned(),
            target,
            target_id: Some(target_id),
            outcome: "succeeded",
            details,
            address: caller.address().map(str::to_owned),
            request_id: caller.request_id().to_owned(),
        };
        let (done, committed) = oneshot::channel();
        let lost = || ServiceError::Internal(anyhow::anyhow!("the audit trail cannot be written"));
        let waiting = Waiting { tenant: caller.tenant(), entry, done };
        self.0.send(waiting).await.map_err(|_| lost())?;
        if committed.await.unwrap_or(false) { Ok(()) } else { Err(lost()) }
    }
}

async fn run(db: Db, mut receiver: mpsc::Receiver<Waiting>) {
    let mut group = Vec::with_capacity(GROUP);
    while receiver.recv_many(&mut group, GROUP).await > 0 {
        // By tenant, so that two replicas lock the ends of the chains in the same order.
        group.sort_by_key(|waiting| waiting.tenant);
        let committed = match commit(&db, &group).await {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, reads = group.len(), "audit rows of reads were not written");
                false
            }
        };
        for waiting in group.drain(..) {
            // The reader may have gone away; its read is on record all the same.
            let _ = waiting.done.send(committed);
        }
    }
}

async fn commit(db: &Db, group: &[Waiting]) -> ServiceResult<()> {
    let tx = db.begin().await?;
    for waiting in group {
        super::append(&tx, waiting.tenant, waiting.entry.clone()).await?;
    }
    tx.commit().await?;
    Ok(())
}
