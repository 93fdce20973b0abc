//! `keystead audit verify`: walks a tenant's chain and compares every link.

use super::{genesis, link};
use crate::ServiceResult;
use domain::{TenantId, Timestamp, UserId};
use store::{
    ConnectionTrait, Db,
    audit::{Entry, StoredEntry},
};

/// What verification found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// All entries, and the hash of the last one, to be compared with a copy kept elsewhere.
    Intact { entries: u64, head: Vec<u8> },
    /// The chain breaks at this place.
    Broken { seq: i64, why: &'static str },
}

/// Reads the chain in pages of 1,000, all of one moment: memory stays bounded, and what a running
/// portal appends meanwhile is not taken for damage.
pub async fn verify(db: &Db, tenant: TenantId) -> ServiceResult<Verdict> {
    walk(&db.snapshot().await?, tenant).await
}

async fn walk(db: &impl ConnectionTrait, tenant: TenantId) -> ServiceResult<Verdict> {
    let mut previous = genesis(tenant).to_vec();
    let mut seq = 0;
    loop {
        let page = store::audit::after(db, tenant, seq, 1_000).await?;
        if page.is_empty() {
            break;
        }
        for stored in page {
            if stored.seq != seq + 1 {
                return Ok(Verdict::Broken { seq: seq + 1, why: "an entry is missing" });
            }
            seq += 1;
            let hash = stored.hash.clone();
            let Some(entry) = entry(stored) else {
                return Ok(Verdict::Broken { seq, why: "the outcome is unknown" });
            };
            if link(&previous, tenant, seq, &entry).as_slice() != hash.as_slice() {
                return Ok(Verdict::Broken { seq, why: "the entry was changed" });
            }
            previous = hash;
        }
    }
    let head = store::audit::get_head(db, tenant).await?;
    if head.seq != seq || head.hash != previous {
        return Ok(Verdict::Broken { seq, why: "the chain's end does not match its last entry" });
    }
    Ok(Verdict::Intact { entries: u64::try_from(seq).unwrap_or(0), head: previous })
}

fn entry(stored: StoredEntry) -> Option<Entry> {
    let outcome = ["succeeded", "refused", "failed"].into_iter().find(|known| *known == stored.outcome)?;
    Some(Entry {
        at: Timestamp(stored.at),
        actor: stored.actor,
        actor_id: stored.actor_id.map(UserId),
        action: stored.action,
        target: stored.target,
        target_id: stored.target_id,
        outcome,
        details: stored.details,
        address: stored.address,
        request_id: stored.request_id,
    })
}
