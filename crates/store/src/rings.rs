//! Key rings: one per tenant and region.

use crate::{
    StoreError, StoreResult,
    db::TRANSITION,
    users::{another_global_administrator, may_approve},
};
use domain::{
    ApprovalId, KeyId, RingId, RingKeyId, TenantId, Timestamp, UserId,
    approvals::{Approval, Change},
    names::Region,
    rings::{Eligibility, Report, RingFacts, RollBack},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Statement,
};

entity!("rings" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    tenant_id: Uuid,
    region: String,
    enabled_at: Option<i64>,
    ever_activated: bool,
    last_activation_at: Option<i64>,
    platform_ring_key: Uuid,
    active_ring_key: Option<Uuid>,
    lock_started_at: Option<i64>,
    lock_completed_at: Option<i64>,
});

pub use entity::Model as Ring;

/// A new ring.
pub async fn insert(db: &impl ConnectionTrait, ring: Ring) -> StoreResult<()> {
    entity::Entity::insert(entity::ActiveModel::from(ring)).exec_without_returning(db).await?;
    Ok(())
}

/// One ring of the tenant; another tenant's id finds nothing.
pub async fn get(db: &impl ConnectionTrait, tenant: TenantId, id: RingId) -> StoreResult<Option<Ring>> {
    let query = entity::Entity::find_by_id(id.0).filter(entity::Column::TenantId.eq(tenant.0));
    Ok(query.one(db).await?)
}

/// The tenant's ring in `region`.
pub async fn by_region(
    db: &impl ConnectionTrait,
    tenant: TenantId,
    region: &str,
) -> StoreResult<Option<Ring>> {
    let query = entity::Entity::find()
        .filter(entity::Column::TenantId.eq(tenant.0))
        .filter(entity::Column::Region.eq(region));
    Ok(query.one(db).await?)
}

/// The tenant's rings, by region.
pub async fn list(db: &impl ConnectionTrait, tenant: TenantId) -> StoreResult<Vec<Ring>> {
    let query = entity::Entity::find().filter(entity::Column::TenantId.eq(tenant.0));
    Ok(query.order_by_asc(entity::Column::Region).all(db).await?)
}

/// Locks the ring's row until the transaction ends: whoever decides about its keys holds this.
pub async fn lock(tx: &impl ConnectionTrait, id: RingId) -> StoreResult<Ring> {
    // The gate comes before the row everywhere: two orders would be a deadlock.
    hold_open(tx, id).await?;
    let row = entity::Entity::find_by_id(id.0).lock(TRANSITION).one(tx).await?;
    row.ok_or_else(|| StoreError::inconsistent("rings", id))
}

/// As [`lock`], and whoever writes a row under the ring has finished or waits: a lock takes this, first of all.
///
/// The gate alone keeps the others out. `FOR UPDATE` on the row would wait for every transaction that refers to the
/// ring, also for those that come to the gate, or to an operation that a lock ends, only later: a deadlock.
pub async fn lock_out(tx: &impl ConnectionTrait, id: RingId) -> StoreResult<Ring> {
    gate(tx, id, "pg_advisory_xact_lock").await?;
    let row = entity::Entity::find_by_id(id.0).lock(TRANSITION).one(tx).await?;
    row.ok_or_else(|| StoreError::inconsistent("rings", id))
}

/// Holds off a lock of the ring until the transaction ends, beside others who do.
///
/// The locks of rows are not enough for that: PostgreSQL lets one more sharer in while somebody waits for all of
/// them to leave, so that busy writers would keep a lock waiting for ever. This queue is fair.
pub(crate) async fn hold_open(tx: &impl ConnectionTrait, id: RingId) -> StoreResult<()> {
    gate(tx, id, "pg_advisory_xact_lock_shared").await
}

async fn gate(tx: &impl ConnectionTrait, id: RingId, how: &str) -> StoreResult<()> {
    // On SQLite whoever writes is alone.
    if tx.get_database_backend() == sea_orm::DbBackend::Postgres {
        let [.., a, b, c, d, e, f, g, h] = *id.0.as_bytes();
        let key = i64::from_be_bytes([a, b, c, d, e, f, g, h]);
        let statement = Statement::from_sql_and_values(
            tx.get_database_backend(),
            format!("SELECT {how}($1)"),
            [key.into()],
        );
        tx.execute_raw(statement).await?;
    }
    Ok(())
}

/// An activation is asked for: who approved it, if the two-person rule is on.
pub async fn set_change_approved_by(
    tx: &impl ConnectionTrait,
    id: RingId,
    approver: Option<UserId>,
) -> StoreResult<()> {
    let sql = "UPDATE rings SET change_approved_by = $2 WHERE id = $1";
    let values = [id.0.into(), approver.map(|user| user.0).into()];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// K6: a lock begins.
pub async fn set_locking(tx: &impl ConnectionTrait, id: RingId, now: Timestamp) -> StoreResult<()> {
    let row = entity::ActiveModel {
        id: Set(id.0),
        lock_started_at: Set(Some(now.0)),
        lock_completed_at: Set(None),
        ..Default::default()
    };
    entity::Entity::update(row).exec(tx).await?;
    Ok(())
}

/// K7: every environment is marked.
pub async fn set_locked(tx: &impl ConnectionTrait, id: RingId, now: Timestamp) -> StoreResult<()> {
    let row =
        entity::ActiveModel { id: Set(id.0), lock_completed_at: Set(Some(now.0)), ..Default::default() };
    entity::Entity::update(row).exec(tx).await?;
    Ok(())
}

/// K11: the ring has no key any more.
pub async fn forget_key(tx: &impl ConnectionTrait, id: RingId) -> StoreResult<()> {
    let row = entity::ActiveModel { id: Set(id.0), active_ring_key: Set(None), ..Default::default() };
    entity::Entity::update(row).exec(tx).await?;
    Ok(())
}

/// Whether a lock is running anywhere, of whatever tenant.
pub async fn any_locking(db: &impl ConnectionTrait) -> StoreResult<bool> {
    let sql = "SELECT 1 FROM rings WHERE lock_started_at IS NOT NULL AND lock_completed_at IS NULL LIMIT 1";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    Ok(row.is_some())
}

/// When the latest lock began anywhere, of whatever tenant.
pub async fn last_lock(db: &impl ConnectionTrait) -> StoreResult<Option<Timestamp>> {
    let query = entity::Entity::find().select_only().column_as(entity::Column::LockStartedAt.max(), "at");
    let at: Option<Option<i64>> = query.into_tuple().one(db).await?;
    Ok(at.flatten().map(Timestamp))
}

/// Environments of a ring that were locked at one moment.
#[derive(FromQueryResult)]
pub struct LockedSince {
    pub tenant_id: sea_orm::prelude::Uuid,
    pub ring_id: sea_orm::prelude::Uuid,
    pub locked_at: i64,
    pub environments: i64,
    /// The last day of which administrators were reminded; 0 before the first.
    pub reminded: i64,
}

/// What has been locked since `before` or longer, of whatever tenant.
pub async fn locked_since(db: &impl ConnectionTrait, before: Timestamp) -> StoreResult<Vec<LockedSince>> {
    let sql = "SELECT e.tenant_id, e.ring_id, e.state_since AS locked_at, COUNT(*) AS environments, \
               COALESCE((SELECT MAX(m.day) FROM lock_reminders m WHERE m.ring_id = e.ring_id \
               AND m.locked_at = e.state_since), 0) AS reminded FROM environments e \
               WHERE e.state = 'locked' AND e.state_since <= $1 GROUP BY e.tenant_id, e.ring_id, e.state_since";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [before.0.into()]);
    Ok(LockedSince::find_by_statement(statement).all(db).await?)
}

/// Notes a reminder; `false` when another process already has.
pub async fn add_reminder(
    tx: &impl ConnectionTrait,
    id: RingId,
    locked_at: Timestamp,
    day: u32,
) -> StoreResult<bool> {
    let sql =
        "INSERT INTO lock_reminders (ring_id, locked_at, day) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let values = [id.0.into(), locked_at.0.into(), i64::from(day).into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected() == 1)
}

/// The operator's switch (PP-013, X-38).
pub async fn set_enabled(db: &impl ConnectionTrait, id: RingId, at: Option<Timestamp>) -> StoreResult<()> {
    let row = entity::ActiveModel { id: Set(id.0), enabled_at: Set(at.map(|t| t.0)), ..Default::default() };
    entity::Entity::update(row).exec(db).await?;
    Ok(())
}

/// K4: a key became active; its ring key wraps from now on.
pub async fn set_activated(
    tx: &impl ConnectionTrait,
    id: RingId,
    ring_key: RingKeyId,
    now: Timestamp,
) -> StoreResult<()> {
    let row = entity::ActiveModel {
        id: Set(id.0),
        ever_activated: Set(true),
        last_activation_at: Set(Some(now.0)),
        active_ring_key: Set(Some(ring_key.0)),
        ..Default::default()
    };
    entity::Entity::update(row).exec(tx).await?;
    // whatever was to be undone is not the latest change any more.
    crate::roll_backs::delete(tx, id).await?;
    crate::approvals::delete(tx, id).await?;
    Ok(())
}

/// As long as anything in ring `r` is locked: since when the longest. What a running lock has not come to is locked since
/// it began.
pub(crate) const LOCKED_SINCE: &str = "CASE WHEN r.lock_started_at IS NULL THEN NULL \
     WHEN EXISTS (SELECT 1 FROM environments e WHERE e.ring_id = r.id AND e.state IN ('locked', 'unlocking')) \
     THEN COALESCE((SELECT e.state_since FROM environments e WHERE e.ring_id = r.id AND e.state = 'locked' \
     ORDER BY e.state_since LIMIT 1), (SELECT MIN(e.state_since) FROM environments e WHERE e.ring_id = r.id \
     AND e.state = 'unlocking'), r.lock_started_at) \
     WHEN r.lock_completed_at IS NULL AND EXISTS (SELECT 1 FROM environments e WHERE e.ring_id = r.id \
     AND e.state = 'self_managed') THEN r.lock_started_at END AS locked_since";

#[derive(FromQueryResult)]
struct FactsRow {
    region: String,
    enabled_at: Option<i64>,
    ever_activated: bool,
    last_activation_at: Option<i64>,
    seats: i64,
    seat_threshold: i64,
    opted_in: bool,
    installing: Option<String>,
    locked: i64,
    lock_started_at: Option<i64>,
    lock_completed_at: Option<i64>,
    locked_since: Option<i64>,
    self_managed: bool,
    changing: i64,
    reencrypting: bool,
    reported_at: Option<i64>,
    reported_by: Option<sea_orm::prelude::Uuid>,
    changed_by: Option<sea_orm::prelude::Uuid>,
    change_approved_by: Option<sea_orm::prelude::Uuid>,
    clearable: bool,
    reporter: Option<String>,
    roll_back_key: Option<sea_orm::prelude::Uuid>,
    roll_back_name: Option<String>,
    due_at: Option<i64>,
    scheduler: Option<String>,
    roll_back_approver: Option<sea_orm::prelude::Uuid>,
    two_person: bool,
    approval_id: Option<sea_orm::prelude::Uuid>,
    change: Option<String>,
    approval_key: Option<sea_orm::prelude::Uuid>,
    approval_name: Option<String>,
    asked_by: Option<sea_orm::prelude::Uuid>,
    asker: Option<String>,
    asked_at: Option<i64>,
    pinned_at: Option<i64>,
    approver: Option<String>,
}

fn approval(row: &FactsRow) -> Option<Approval> {
    Some(Approval {
        id: ApprovalId(row.approval_id?),
        change: Change::parse(row.change.as_deref()?)?,
        key: KeyId(row.approval_key?),
        key_name: row.approval_name.clone()?,
        asked_by: UserId(row.asked_by?),
        asker: row.asker.clone()?,
        asked_at: Timestamp(row.asked_at?),
        pinned_at: row.pinned_at.map(Timestamp),
        approver: row.approver.clone(),
    })
}

/// What the guards of the ring look at.
pub async fn facts(db: &impl ConnectionTrait, id: RingId) -> StoreResult<RingFacts> {
    let sql = format!(
        "SELECT r.region, r.enabled_at, r.ever_activated, r.last_activation_at, t.seats, t.seat_threshold, \
               t.opted_in, r.lock_started_at, r.lock_completed_at, {LOCKED_SINCE}, \
               (SELECT k.name FROM protection_keys k WHERE k.ring_id = r.id \
                AND k.state IN ('installing', 'unlocking') LIMIT 1) AS installing, \
               (SELECT COUNT(*) FROM environments e WHERE e.ring_id = r.id \
                AND e.state IN ('locked', 'unlocking')) AS locked, \
               (SELECT COUNT(*) FROM environments e WHERE e.ring_id = r.id \
                AND e.state IN ('applying', 'returning', 'unlocking')) AS changing, \
               EXISTS (SELECT 1 FROM environments e WHERE e.ring_id = r.id AND e.state = 'self_managed') AS self_managed, \
               EXISTS (SELECT 1 FROM ring_keys g JOIN data_keys d ON d.ring_key_id = g.id WHERE g.ring_id = r.id \
                AND g.protection_key_id IS NOT NULL AND g.id <> r.active_ring_key) AS reencrypting, \
               c.reported_at, c.reported_by, c.changed_by, c.approved_by AS change_approved_by, \
               {} AS clearable, cu.email AS reporter, b.key_id AS roll_back_key, \
               bk.name AS roll_back_name, b.due_at, bu.email AS scheduler, bv.id AS roll_back_approver, t.two_person, \
               a.id AS approval_id, a.change, \
               a.key_id AS approval_key, ak.name AS approval_name, a.asked_by, au.email AS asker, a.asked_at, \
               a.pinned_at, av.email AS approver \
               FROM rings r JOIN tenants t ON t.id = r.tenant_id \
               LEFT JOIN change_reports c ON c.ring_id = r.id LEFT JOIN users cu ON cu.id = c.reported_by \
               LEFT JOIN roll_backs b ON b.ring_id = r.id LEFT JOIN protection_keys bk ON bk.id = b.key_id \
               LEFT JOIN users bu ON bu.id = b.scheduled_by \
               LEFT JOIN users bv ON bv.id = b.approved_by AND {} \
               LEFT JOIN approvals a ON a.ring_id = r.id LEFT JOIN protection_keys ak ON ak.id = a.key_id \
               LEFT JOIN users au ON au.id = a.asked_by LEFT JOIN users av ON av.id = a.approved_by AND {} \
               WHERE r.id = $1",
        another_global_administrator(["c.reported_by", "c.changed_by", "c.approved_by"]),
        may_approve("bv"),
        may_approve("av"),
    );
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [id.0.into()]);
    let row = FactsRow::find_by_statement(statement).one(db).await?;
    let row = row.ok_or_else(|| StoreError::inconsistent("rings", id))?;
    Ok(RingFacts {
        two_person: row.two_person,
        approval: approval(&row),
        region: Region::parse(&row.region).map_err(|_| StoreError::inconsistent("rings", id))?,
        eligibility: Eligibility {
            seats: row.seats,
            threshold: row.seat_threshold,
            opted_in: row.opted_in,
            enabled_at: row.enabled_at.map(Timestamp),
        },
        ever_activated: row.ever_activated,
        last_activation_at: row.last_activation_at.map(Timestamp),
        locked_environments: u32::try_from(row.locked).unwrap_or(u32::MAX),
        installing: row.installing,
        lock_started_at: row.lock_started_at.map(Timestamp),
        lock_completed_at: row.lock_completed_at.map(Timestamp),
        locked_since: row.locked_since.map(Timestamp),
        any_self_managed: row.self_managed,
        changing: u32::try_from(row.changing).unwrap_or(u32::MAX),
        reencrypting: row.reencrypting,
        report: row.reported_at.zip(row.reported_by).map(|(at, by)| Report {
            at: Timestamp(at),
            by: UserId(by),
            changed_by: row.changed_by.map(UserId),
            approved_by: row.change_approved_by.map(UserId),
            clearable: row.clearable,
            email: row.reporter.unwrap_or_default(),
        }),
        roll_back: row.roll_back_key.zip(row.due_at).map(|(key, due_at)| RollBack {
            key: KeyId(key),
            name: row.roll_back_name.unwrap_or_default(),
            due_at: Timestamp(due_at),
            email: row.scheduler.unwrap_or_default(),
            approved: row.roll_back_approver.is_some(),
        }),
    })
}
