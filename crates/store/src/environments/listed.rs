//! Environments as lists show them, with their key.

use super::{Environment, Model};
use crate::{Cursor, Page, StoreError, StoreResult};
use domain::{
    EnvironmentId, KeyId, RingId, RingKeyId, TenantId,
    environments::{EnvironmentState, EnvironmentType},
};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};
use std::fmt::Write as _;

/// Which environments a list shows.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Filter {
    /// Part of the name, letter case aside.
    pub search: Option<String>,
    pub kind: Option<EnvironmentType>,
    /// Locked ones are also those that a running lock has not come to.
    pub state: Option<EnvironmentState>,
    pub ring: Option<RingId>,
    /// Only these: what a System administrator sees.
    pub only: Option<Vec<EnvironmentId>>,
}

/// The order of a list. Each is unique with the id and has an index or a small input.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Sort {
    #[default]
    Name,
    NameDescending,
    Created,
    CreatedDescending,
}

/// One line of the list.
#[derive(Clone, PartialEq, Debug)]
pub struct Listed {
    pub environment: Environment,
    pub region: String,
    /// The ring key that wraps its data key; older than the ring's while it is being re-encrypted.
    pub ring_key: RingKeyId,
    /// The protection key it is encrypted with, if it is self-managed.
    pub key_name: Option<String>,
    pub key_id: Option<KeyId>,
    /// Whether its ring has moved on to another ring key (E3).
    pub reencrypting: bool,
    pub has_files: bool,
}

#[derive(FromQueryResult)]
struct ListedRow {
    #[sea_orm(nested)]
    environment: Model,
    region: String,
    ring_key_id: sea_orm::prelude::Uuid,
    key_name: Option<String>,
    key_id: Option<sea_orm::prelude::Uuid>,
    reencrypting: bool,
    has_files: bool,
}

/// A page of environments with their key. Costs two index look-ups per line.
pub async fn list(
    db: &impl ConnectionTrait,
    tenant: TenantId,
    filter: &Filter,
    sort: Sort,
    after: Option<&Cursor>,
    limit: usize,
) -> StoreResult<Page<Listed>> {
    let (sql, values) = list_query(tenant, filter, sort, after, limit);
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = ListedRow::find_by_statement(statement).all(db).await?;
    let items: StoreResult<Vec<Listed>> = rows.into_iter().map(Listed::try_from).collect();
    Ok(Page::cut(items?, limit, |listed| cursor(listed, sort)))
}

fn cursor(listed: &Listed, sort: Sort) -> Cursor {
    let value = match sort {
        Sort::Name | Sort::NameDescending => listed.environment.name.to_lowercase(),
        Sort::Created | Sort::CreatedDescending => listed.environment.created_at.0.to_string(),
    };
    Cursor { value, id: listed.environment.id.0 }
}

impl TryFrom<ListedRow> for Listed {
    type Error = StoreError;

    fn try_from(row: ListedRow) -> StoreResult<Self> {
        Ok(Self {
            environment: row.environment.try_into()?,
            region: row.region,
            ring_key: RingKeyId(row.ring_key_id),
            key_name: row.key_name,
            key_id: row.key_id.map(KeyId),
            reencrypting: row.reencrypting,
            has_files: row.has_files,
        })
    }
}

fn list_query(
    tenant: TenantId,
    filter: &Filter,
    sort: Sort,
    after: Option<&Cursor>,
    limit: usize,
) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = vec![tenant.0.into()];
    let mut sql = String::from(concat!(
        columns!(),
        ", r.region, d.ring_key_id, k.name AS key_name, k.id AS key_id, \
         (e.state = 'self_managed' AND d.ring_key_id <> r.active_ring_key) AS reencrypting, \
         EXISTS (SELECT 1 FROM data_tables t WHERE t.environment_id = e.id AND t.file_rows > 0 \
         AND t.hidden_by IS NULL) AS has_files \
         FROM environments e JOIN rings r ON r.id = e.ring_id \
         JOIN data_keys d ON d.owner_id = e.id AND d.generation = e.generation \
         JOIN ring_keys g ON g.id = d.ring_key_id LEFT JOIN protection_keys k ON k.id = g.protection_key_id \
         WHERE e.tenant_id = $1 AND e.state <> 'deleted'",
    ));
    let mut bind = |sql: &mut String, before: &str, value: Value, behind: &str| {
        values.push(value);
        // Writing to a String cannot fail.
        let _ = write!(sql, "{before}${}{behind}", values.len());
    };
    if let Some(search) = &filter.search {
        let pattern = format!(
            "%{}%",
            search.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
        );
        bind(&mut sql, " AND e.name_canonical LIKE ", pattern.into(), " ESCAPE '\\'");
    }
    if let Some(kind) = filter.kind {
        bind(&mut sql, " AND e.kind = ", kind.as_str().into(), "");
    }
    match filter.state {
        None => {}
        Some(EnvironmentState::Locking) => {
            sql.push_str(concat!(" AND ", locking!()));
        }
        Some(EnvironmentState::Locked) => {
            sql.push_str(concat!(" AND (e.state = 'locked' OR ", locking!(), ")"));
        }
        Some(state) => {
            if state == EnvironmentState::SelfManaged {
                sql.push_str(concat!(" AND NOT ", locking!()));
            }
            bind(&mut sql, " AND e.state = ", state.as_str().into(), "");
        }
    }
    if let Some(ring) = filter.ring {
        bind(&mut sql, " AND e.ring_id = ", ring.0.into(), "");
    }
    if let Some(only) = &filter.only {
        sql.push_str(" AND e.id IN (NULL");
        for id in only {
            bind(&mut sql, ", ", id.0.into(), "");
        }
        sql.push(')');
    }
    let (column, direction, than) = match sort {
        Sort::Name => ("e.name_canonical", "ASC", ">"),
        Sort::NameDescending => ("e.name_canonical", "DESC", "<"),
        Sort::Created => ("e.created_at", "ASC", ">"),
        Sort::CreatedDescending => ("e.created_at", "DESC", "<"),
    };
    if let Some(after) = after {
        let value: Value = match sort {
            Sort::Name | Sort::NameDescending => after.value.clone().into(),
            Sort::Created | Sort::CreatedDescending => after.value.parse::<i64>().unwrap_or(0).into(),
        };
        let _ = write!(sql, " AND ({column}, e.id) {than} (");
        bind(&mut sql, "", value, ", ");
        bind(&mut sql, "", after.id.into(), ")");
    }
    let _ = write!(sql, " ORDER BY {column} {direction}, e.id {direction} LIMIT {}", limit + 1);
    (sql, values)
}

/// One environment with its key, as the list shows it.
pub async fn listed(db: &impl ConnectionTrait, e: &Environment) -> StoreResult<Option<Listed>> {
    let filter = Filter { only: Some(vec![e.id]), ..Default::default() };
    let page = list(db, e.tenant_id, &filter, Sort::Name, None, 1).await?;
    Ok(page.items.into_iter().next())
}

/// How many environments of a ring are in each state, as everybody must take it: while a lock runs, none is
/// self-managed. Counted by the index of region and state; 100,000 take some milliseconds.
pub async fn count_by_state(
    db: &impl ConnectionTrait,
    ring: RingId,
) -> StoreResult<Vec<(EnvironmentState, u64)>> {
    #[derive(FromQueryResult)]
    struct Row {
        state: String,
        n: i64,
    }
    let sql = concat!(
        "SELECT CASE WHEN ",
        locking!(),
        " THEN 'locking' ELSE e.state END AS state, e.n FROM (SELECT ring_id, state, COUNT(*) AS n \
         FROM environments WHERE ring_id = $1 GROUP BY ring_id, state) e JOIN rings r ON r.id = e.ring_id"
    );
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [ring.0.into()]);
    let rows = Row::find_by_statement(statement).all(db).await?;
    rows.into_iter()
        .map(|row| {
            let state = EnvironmentState::parse(&row.state)
                .ok_or_else(|| StoreError::inconsistent("environments", &row.state))?;
            Ok((state, u64::try_from(row.n).unwrap_or(0)))
        })
        .collect()
}
