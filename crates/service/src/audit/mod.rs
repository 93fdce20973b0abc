//! The audit trail: one hash chain per tenant, appended in the transaction of what it records.

pub mod reads;
mod verify;

use crate::{Caller, Portal, ServiceResult, Target, act};
use domain::{TenantId, actions::Action};
use sha2::{Digest, Sha256};
use store::{
    ConnectionTrait,
    audit::{Entry, Filter, Head, StoredEntry},
};

pub use verify::{Verdict, verify};

/// The hash a tenant's chain begins with.
pub fn genesis(tenant: TenantId) -> [u8; 32] {
    Sha256::digest(format!("keystead audit chain of {tenant}").as_bytes()).into()
}

/// Appends `entry` in `tx`; the chain's end stays locked until the transaction ends.
pub async fn append(tx: &impl ConnectionTrait, tenant: TenantId, entry: Entry) -> ServiceResult<()> {
    let head = store::audit::lock_head(tx, tenant).await?;
    let seq = head.seq + 1;
    let hash = link(&head.hash, tenant, seq, &entry);
    store::audit::append(tx, tenant, entry, Head { seq, hash: hash.to_vec() }).await?;
    Ok(())
}

/// The hash of an entry at its place: every field with its length, after the hash before it.
fn link(previous: &[u8], tenant: TenantId, seq: i64, entry: &Entry) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut field = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    field(previous);
    field(tenant.0.as_bytes());
    field(&seq.to_be_bytes());
    field(&entry.at.0.to_be_bytes());
    field(entry.actor.as_bytes());
    field(entry.actor_id.map(|id| id.0).unwrap_or_default().as_bytes());
    field(entry.action.as_bytes());
    field(entry.target.as_bytes());
    field(entry.target_id.unwrap_or_default().as_bytes());
    field(entry.outcome.as_bytes());
    field(entry.details.as_bytes());
    field(entry.address.as_deref().unwrap_or("").as_bytes());
    field(entry.request_id.as_bytes());
    hash.finalize().into()
}

/// Up to `limit` entries of the caller's tenant before place `before`, the newest first.
pub async fn list(
    portal: &Portal,
    caller: &Caller,
    filter: &Filter,
    before: Option<i64>,
    limit: u64,
) -> ServiceResult<Vec<StoredEntry>> {
    let allowed = act::permit(caller, Action::AuditRead, None);
    portal.witness(caller, Action::AuditRead, Target::Tenant, allowed).await?;
    Ok(store::audit::list(portal.db().read(), caller.tenant(), filter, before, limit.min(200)).await?)
}
