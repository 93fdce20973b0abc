//! Removes what nobody sees any more: pieces of deleted backups, tables that a job filled or replaced. Every process
//! may, at any time, and a crash leaves the rest to the next look.

use crate::{Portal, ServiceResult, upkeep};
use domain::BackupId;

/// So many tables and backups are looked at in one turn.
const BATCH: u64 = 20;
/// So many rows go in one transaction.
const ROWS: u64 = 5_000;

/// Removes what jobs left that were cancelled, stopped by a lock or given up, and what was deleted.
pub(crate) async fn sweep(portal: &Portal) -> ServiceResult<()> {
    let db = portal.db();
    if store::environments::any_replaced_in_vain(db.read()).await? {
        store::environments::release_replaced(db.write(), None).await?;
    }
    let gone = store::backups::deleted(db.read(), BATCH).await?;
    if !gone.is_empty() {
        remove_deleted(portal, gone).await?;
        // What is left of their keys.
        upkeep::scrub(portal).await;
    }
    for table in store::tables::left_over(db.read(), BATCH).await? {
        while empty(portal, table.id).await? > 0 {}
        store::tables::remove(db.write(), table.id).await?;
    }
    Ok(())
}

/// Removes the pieces of deleted backups, and then what says that they were there.
pub(crate) async fn remove_deleted(portal: &Portal, backups: Vec<BackupId>) -> ServiceResult<()> {
    for id in backups {
        store::backup_pieces::delete_all(portal.db(), id).await?;
        store::backups::remove(portal.db().write(), id).await?;
    }
    Ok(())
}

/// Removes some rows of a table; returns how many.
async fn empty(portal: &Portal, table: domain::TableId) -> ServiceResult<u64> {
    let tx = portal.db().begin().await?;
    let gone = store::rows::delete_some(&tx, table, ROWS).await?;
    store::tables::count(&tx, table, -i64::try_from(gone).unwrap_or(0), 0).await?;
    tx.commit().await?;
    Ok(gone)
}
