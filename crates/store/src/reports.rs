//! key changes that an administrator did not know of, and the links in mails that say so.

use crate::{StoreResult, users::another_global_administrator};
use domain::{RingId, Timestamp, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement};

entity!("report_links" {
    #[sea_orm(primary_key, auto_increment = false)] token_hash: Vec<u8>,
    ring_id: Uuid,
    user_id: Uuid,
    expires_at: i64,
});

pub use entity::Model as ReportLink;
use entity::{Column, Entity};

/// Somebody reports a change of `changed_by`; one report at a time.
pub async fn insert(
    tx: &impl ConnectionTrait,
    ring: RingId,
    (by, changed_by): (UserId, Option<UserId>),
    at: Timestamp,
) -> StoreResult<()> {
    let sql = "INSERT INTO change_reports (ring_id, reported_at, reported_by, changed_by, approved_by) \
         VALUES ($1, $2, $3, $4, (SELECT change_approved_by FROM rings WHERE id = $1))";
    let values = [ring.0.into(), at.0.into(), by.0.into(), changed_by.map(|user| user.0).into()];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Whether a Global administrator is left to clear a report by `by` of a change of `changed_by`: who neither made,
/// approved nor reported it.
pub async fn clearable(
    db: &impl ConnectionTrait,
    ring: RingId,
    (by, changed_by): (UserId, Option<UserId>),
) -> StoreResult<bool> {
    let another = another_global_administrator(["$2", "$3", "r.change_approved_by"]);
    let sql = format!("SELECT r.id FROM rings r WHERE r.id = $1 AND {another}");
    let values = [ring.0.into(), by.0.into(), changed_by.unwrap_or(by).0.into()];
    let found =
        db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(found.is_some())
}

/// The report is cleared.
pub async fn delete(tx: &impl ConnectionTrait, ring: RingId) -> StoreResult<()> {
    let sql = "DELETE FROM change_reports WHERE ring_id = $1";
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, [ring.0.into()])).await?;
    Ok(())
}

/// A link that goes into a mail.
pub async fn insert_link(tx: &impl ConnectionTrait, link: ReportLink) -> StoreResult<()> {
    Entity::insert(entity::ActiveModel::from(link)).exec_without_returning(tx).await?;
    Ok(())
}

/// Whose link that is and what for; none when it was used.
pub async fn link(db: &impl ConnectionTrait, token_hash: &[u8]) -> StoreResult<Option<ReportLink>> {
    Ok(Entity::find_by_id(token_hash.to_vec()).one(db).await?)
}

/// Uses a link up: of two at once, one does.
pub async fn take_link(tx: &impl ConnectionTrait, token_hash: &[u8]) -> StoreResult<bool> {
    Ok(Entity::delete_by_id(token_hash.to_vec()).exec(tx).await?.rows_affected == 1)
}

/// A change is over: the links about it are good for nothing.
pub async fn delete_links(tx: &impl ConnectionTrait, ring: RingId) -> StoreResult<()> {
    Entity::delete_many().filter(Column::RingId.eq(ring.0)).exec(tx).await?;
    Ok(())
}

/// Removes links whose time is over.
pub async fn delete_expired(db: &impl ConnectionTrait, now: Timestamp) -> StoreResult<u64> {
    Ok(Entity::delete_many().filter(Column::ExpiresAt.lte(now.0)).exec(db).await?.rows_affected)
}
