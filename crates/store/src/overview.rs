//! What every page's frame tells: the tenant, its regions, key changes, mails in trouble.

use crate::{StoreResult, rings::LOCKED_SINCE};
use domain::{KeyId, RingId, TenantId, Timestamp, operations::OperationKind};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, prelude::Uuid};

/// A tenant as the frame of its pages names it.
pub struct Place {
    /// The tenant's name.
    pub tenant: String,
    /// Messages that wait after a failed attempt or were given up.
    pub troubled: u64,
    /// By name.
    pub regions: Vec<Region>,
}

/// A region with its latest key change.
pub struct Region {
    pub id: RingId,
    pub name: String,
    /// None without a change after the time asked for.
    pub change: Option<Change>,
    /// the address of who reported the latest change.
    pub reported_by: Option<String>,
    /// As long as anything in it is locked: since when the longest.
    pub locked_since: Option<Timestamp>,
}

/// When the region's Active key became so.
pub struct Change {
    pub at: Timestamp,
    pub key_id: KeyId,
    pub key: String,
    /// The address of who asked for it.
    pub by: String,
    /// Whether it came back by its file (K10), and was not activated.
    pub unlocked: bool,
}

#[derive(FromQueryResult)]
struct Row {
    tenant: String,
    troubled: i64,
    ring_id: Option<Uuid>,
    region: Option<String>,
    last_activation_at: Option<i64>,
    key_id: Option<Uuid>,
    key_name: Option<String>,
    changed_by: Option<String>,
    changed_how: Option<String>,
    reported_by: Option<String>,
    locked_since: Option<i64>,
}

/// The tenant with its regions and their key changes after `since`, in one query: each page asks for it.
pub async fn place(
    db: &impl ConnectionTrait,
    tenant: TenantId,
    since: Timestamp,
) -> StoreResult<Option<Place>> {
    // Literals, where a partial index decides: with parameters SQLite plans the query at each run.
    let sql = format!(
        "SELECT t.name AS tenant, \
               (SELECT COUNT(*) FROM messages m WHERE m.tenant_id = t.id AND m.last_error IS NOT NULL \
               AND m.state <> 'sent') AS troubled, \
               r.id AS ring_id, r.region, r.last_activation_at, k.id AS key_id, k.name AS key_name, u.email AS changed_by, \
               o.kind AS changed_how, \
               (SELECT p.email FROM change_reports c JOIN users p ON p.id = c.reported_by WHERE c.ring_id = r.id) \
               AS reported_by, \
               {LOCKED_SINCE} \
               FROM tenants t LEFT JOIN rings r ON r.tenant_id = t.id \
               LEFT JOIN protection_keys k ON k.ring_id = r.id AND k.state = 'active' AND r.last_activation_at > $2 \
               LEFT JOIN operations o ON o.id = (SELECT o.id FROM operations o WHERE o.key_id = k.id \
               AND o.kind IN ('key_install', 'key_unlock') ORDER BY o.created_at DESC LIMIT 1) \
               LEFT JOIN users u ON u.id = COALESCE(o.created_by, k.created_by) \
               WHERE t.id = $1 ORDER BY r.region"
    );
    let values = [tenant.0.into(), since.0.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = Row::find_by_statement(statement).all(db).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let (tenant, troubled) = (first.tenant.clone(), u64::try_from(first.troubled).unwrap_or(0));
    let regions = rows.into_iter().filter_map(region).collect();
    Ok(Some(Place { tenant, troubled, regions }))
}

fn region(row: Row) -> Option<Region> {
    let Row {
        ring_id,
        region,
        last_activation_at,
        key_id,
        key_name,
        changed_by,
        changed_how,
        reported_by,
        locked_since,
        ..
    } = row;
    let change = key_id.zip(key_name).zip(last_activation_at).map(|((id, key), at)| Change {
        at: Timestamp(at),
        key_id: KeyId(id),
        key,
        by: changed_by.unwrap_or_default(),
        unlocked: changed_how.as_deref() == Some(OperationKind::KeyUnlock.as_str()),
    });
    Some(Region {
        id: RingId(ring_id?),
        name: region?,
        change,
        reported_by,
        locked_since: locked_since.map(Timestamp),
    })
}
