//! A new root key in the place of the old one, so that what an older backup of the database holds opens no more.
//!
//! Announced, seen by every process, then swapped in one transaction that seals everything anew. A crash before it
//! leaves the key as it was and the next one beside it, and the [timers](crate::timers) go on where the file is the
//! portal's own; a crash after it finds the next one by its check value.

use super::{Root, file_place, platform_place, protection_place, ring_key_place};
use crate::{Portal, ServiceError, ServiceResult, audit, fresh, jobs::Job, kill_point, replicas};
use anyhow::Context as _;
use domain::{Code, KeyId, PlatformKeyId, Refusal, RingId, TenantId, Timestamp, actions::Action};
use store::{
    DatabaseTransaction,
    ring_keys::WrappedBy,
    sealed::{Sealed, Table},
};
use vault::{CannotOpen, RootKey};

/// So many values are read and sealed at a time.
const PAGE: u64 = 1_000;

/// Who has the root key rotated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    Operator,
    /// A lock, or what a lock could not do and the portal tries again.
    Portal,
}

/// What a rotation came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rotation {
    /// The key before opens nothing in the database any more.
    Rotated { sealed_anew: u64 },
    /// The key is handed in from outside, and the operator has put no next one beside it.
    HandedIn,
    /// So many running processes do not find the next key.
    NotSeen { processes: usize },
}

/// Whether a lock was started after the root key was last rotated: a backup of the database from before that lock
/// still opens with it.
pub async fn is_due(db: &impl store::ConnectionTrait) -> ServiceResult<bool> {
    let last = store::rings::last_lock(db).await?;
    Ok(due_since(db, last).await?.is_some())
}

/// As [`is_due`], of one lock: when that began, as long as a backup from before it opens.
pub(crate) async fn due_since(
    db: &impl store::ConnectionTrait,
    lock: Option<Timestamp>,
) -> ServiceResult<Option<Timestamp>> {
    let Some(lock) = lock else { return Ok(None) };
    let portal = store::portal::get(db).await?.context("the portal row is missing")?;
    let rotated = portal.root_rotated_at.map(Timestamp);
    Ok(rotated.is_none_or(|rotated| rotated < lock).then_some(lock))
}

/// Whether a rotation was announced that this process can go on with: it finds the next key. Under way elsewhere, or
/// stopped half-way.
pub(crate) async fn is_announced(portal: &Portal) -> ServiceResult<bool> {
    let announced = store::portal::get(portal.db().read()).await?.and_then(|row| row.root_next);
    let file = portal.keyring().roots().file();
    Ok(announced.map(|check| file.find(&check)).transpose()?.flatten().is_some())
}

/// Rotates the root key; every value that it seals is sealed anew.
///
/// # Errors
/// `CONFLICT` when another process rotates at the same moment; whatever keeps a file from being written. The key
/// is then as it was.
pub async fn rotate(portal: &Portal, by: By) -> ServiceResult<Rotation> {
    rotate_within(portal, by, None).await
}

/// As [`rotate`]; keeps the lease of `job` meanwhile.
pub(crate) async fn rotate_within(portal: &Portal, by: By, job: Option<&mut Job>) -> ServiceResult<Rotation> {
    let roots = portal.keyring().roots();
    let current = roots.look(portal.db().read()).await?;
    roots.file().adopt(&current.check)?;
    let Some(next) = announce(portal, &current).await? else { return Ok(Rotation::HandedIn) };
    let check = next.check_value();
    kill_point("root.announced");
    let unseen = replicas::wait_until_seen(portal, &check, job).await?;
    if unseen > 0 {
        withdraw(portal, &check).await?;
        return Ok(Rotation::NotSeen { processes: unseen });
    }
    let sealed_anew = swap(portal, by, &current, next).await?;
    kill_point("root.swapped");
    roots.look(portal.db().read()).await?;
    roots.file().adopt(&check)?;
    kill_point("root.adopted");
    tracing::info!(sealed_anew, "the root key was rotated");
    Ok(Rotation::Rotated { sealed_anew })
}

/// The next key, in its file and announced in the database: the one that a crash left, or a new one.
async fn announce(portal: &Portal, current: &Root) -> ServiceResult<Option<RootKey>> {
    let file = portal.keyring().roots().file();
    let announced = store::portal::get(portal.db().read()).await?.and_then(|row| row.root_next);
    if let Some(check) = announced
        && let Some(key) = file.find(&check)?
    {
        return Ok(Some(key));
    }
    let next = if file.is_own() { Some(file.create_next()?) } else { file.handed_next()? };
    let Some(next) = next.filter(|next| next.check_value() != current.check) else { return Ok(None) };
    let tx = portal.db().begin().await?;
    let row = store::portal::lock(&tx).await?.context("the portal row is missing")?;
    // Removed meanwhile by who rotated first, or about to be: not announced.
    if row.root_check != current.check || file.find(&next.check_value())?.is_none() {
        return Err(at_the_same_moment());
    }
    store::portal::set_root_next(&tx, Some(&next.check_value())).await?;
    tx.commit().await?;
    Ok(Some(next))
}

/// Takes an announcement back, unless another process has gone on with it.
async fn withdraw(portal: &Portal, check: &[u8]) -> ServiceResult<()> {
    let tx = portal.db().begin().await?;
    let row = store::portal::lock(&tx).await?.context("the portal row is missing")?;
    if row.root_next.as_deref() == Some(check) {
        store::portal::set_root_next(&tx, None).await?;
        portal.keyring().roots().file().remove_strays(&row.root_check)?;
    }
    Ok(tx.commit().await?)
}

/// Seals everything with `next`, in one transaction.
async fn swap(portal: &Portal, by: By, current: &Root, next: RootKey) -> ServiceResult<u64> {
    let file = portal.keyring().roots().file();
    let next = Root::new(next);
    let tx = portal.db().begin().await?;
    let row = store::portal::lock(&tx).await?.context("the portal row is missing")?;
    if row.root_check == next.check {
        // Another process went on with the same announcement, and was faster.
        return Ok(0);
    }
    let announced = row.root_check == current.check && row.root_next.as_deref() == Some(&next.check);
    if !announced || file.find(&next.check)?.is_none() {
        return Err(at_the_same_moment());
    }
    let mut sealed_anew = 0;
    for table in Table::ALL {
        sealed_anew += seal_anew(&tx, table, current, &next).await?;
    }
    let now = portal.clock().now();
    // It is after every lock that is here, whatever this machine's clock says.
    let last_lock = store::rings::last_lock(&tx).await?;
    store::portal::set_root(&tx, &next.check, last_lock.map_or(now, |lock| lock.max(now))).await?;
    for tenant in store::tenants::list(&tx).await? {
        audit::append(&tx, TenantId(tenant.id), entry(by, sealed_anew, now)).await?;
    }
    file.remove_strays(&next.check)?;
    kill_point("root.sealed");
    tx.commit().await?;
    Ok(sealed_anew)
}

async fn seal_anew(tx: &DatabaseTransaction, table: Table, old: &Root, new: &Root) -> ServiceResult<u64> {
    let (mut after, mut count) = (uuid::Uuid::nil(), 0);
    loop {
        let page = store::sealed::page(tx, table, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(count) };
        after = last.id;
        let mut fresh = Vec::with_capacity(page.len());
        for row in page {
            let place = place(table, &row)?;
            match old.key.open(&place, &row.sealed) {
                Ok(opened) => fresh.push((row.id, new.key.seal(&place, &opened))),
                // It opened with no key before, and does not now: that must not keep the others.
                Err(CannotOpen) => tracing::error!(?table, id = %row.id, "a sealed value does not open"),
            }
        }
        count += store::sealed::set(tx, table, fresh).await?;
    }
}

/// What the seal of a row is bound to.
fn place(table: Table, row: &Sealed) -> ServiceResult<String> {
    let ring = RingId(row.bound_to);
    Ok(match table {
        Table::PlatformKeys => platform_place(ring, PlatformKeyId(row.id)),
        Table::ProtectionKeys => protection_place(ring, KeyId(row.id)),
        Table::KeyFiles => file_place(KeyId(row.id)),
        Table::RingKeys => {
            let wrapped_by = WrappedBy::of(row.platform_key_id, row.protection_key_id);
            let wrong = || store::StoreError::inconsistent("ring_keys", row.id);
            ring_key_place(ring, row.id, wrapped_by.ok_or_else(wrong)?)
        }
    })
}

/// What every organisation's trail says: the root key is everybody's.
fn entry(by: By, sealed_anew: u64, now: Timestamp) -> store::audit::Entry {
    store::audit::Entry {
        at: now,
        actor: if by == By::Operator { "operator" } else { "portal" }.to_owned(),
        actor_id: None,
        action: Action::RootKeyRotate.as_str().to_owned(),
        target: "root key".to_owned(),
        target_id: None,
        outcome: "succeeded",
        details: serde_json::json!({ "sealed_anew": sealed_anew }).to_string(),
        address: None,
        request_id: fresh::id(now).to_string(),
    }
}

fn at_the_same_moment() -> ServiceError {
    Refusal::new(Code::Conflict, "Another process rotates the root key at this moment.")
        .remedy("Look whether it has, and try again if not.")
        .into()
}
