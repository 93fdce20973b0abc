//! The whole database as rows of neutral values: what a backup of the portal is made of, and made into again, on either
//! database.

use crate::{Db, StoreError, StoreResult, batch};
use futures::{StreamExt as _, TryStreamExt as _, stream::BoxStream};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, Statement, StreamTrait as _, Value, prelude::Uuid,
};
use serde::{Deserialize, Serialize};

/// Every table that is backed up, each after those it refers to.
pub const TABLES: &[&str] = &[
    "portal",
    "tenants",
    "users",
    "role_assignments",
    "api_tokens",
    "risk_acknowledgements",
    "rings",
    "change_reports",
    "report_links",
    "lock_reminders",
    "platform_keys",
    "protection_keys",
    "roll_backs",
    "approvals",
    "key_files",
    "ring_keys",
    "data_keys",
    "environments",
    "data_tables",
    "data_rows",
    "backups",
    "backup_pieces",
    "backup_schedules",
    "imports",
    "operations",
    "import_pieces",
    "import_errors",
    "messages",
    "audit_heads",
    "audit_entries",
];

/// What a restored portal does without: who is signed in, who failed to, which processes run and which of them is the
/// scheduler; and sea-orm's own table.
pub const LEFT_OUT: &[&str] = &["sessions", "sign_in_failures", "replicas", "leases", "seaql_migrations"];

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Uuid,
    Bytes,
    Integer,
    Text,
    Boolean,
}

/// A column of the present schema.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    pub name: String,
    kind: Kind,
}

/// A value, the same from either database.
#[derive(Clone, PartialEq, Debug)]
pub enum Field {
    Null,
    Integer(i64),
    Boolean(bool),
    Text(String),
    /// Ids, too.
    Bytes(Vec<u8>),
}

impl Field {
    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
            _ => 8,
        }
    }
}

/// The migrations that made the schema, by name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Schema(Vec<String>);

/// Which migrations were applied.
pub async fn schema(db: &impl ConnectionTrait) -> StoreResult<Schema> {
    let sql = "SELECT version FROM seaql_migrations ORDER BY version";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let names: Result<Vec<String>, _> = rows.into_iter().map(|row| row.try_get("", "version")).collect();
    Ok(Schema(names?))
}

/// The names of all tables of the database.
pub async fn tables(db: &impl ConnectionTrait) -> StoreResult<Vec<String>> {
    let sql = match db.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()"
        }
        _ => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    };
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    Ok(rows.into_iter().map(|row| row.try_get("", "name")).collect::<Result<Vec<String>, _>>()?)
}

/// The columns of a table, in their order.
pub async fn columns(db: &impl ConnectionTrait, table: &str) -> StoreResult<Vec<Column>> {
    let backend = db.get_database_backend();
    let sql = match backend {
        DbBackend::Postgres => format!(
            "SELECT column_name AS name, data_type AS type FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = '{table}' ORDER BY ordinal_position"
        ),
        _ => format!("SELECT name, type FROM pragma_table_info('{table}') ORDER BY cid"),
    };
    let rows = db.query_all_raw(Statement::from_string(backend, sql)).await?;
    let column = |row: sea_orm::QueryResult| -> StoreResult<Column> {
        let (name, declared): (String, String) = (row.try_get("", "name")?, row.try_get("", "type")?);
        let kind = match declared.to_lowercase().as_str() {
            "uuid" => Kind::Uuid,
            "bytea" | "blob" => Kind::Bytes,
            "bigint" => Kind::Integer,
            "text" => Kind::Text,
            "boolean" => Kind::Boolean,
            _ => return Err(StoreError::inconsistent("schema", format!("{table}.{name}"))),
        };
        Ok(Column { name, kind })
    };
    rows.into_iter().map(column).collect()
}

/// Every row of a table, one after the other.
pub async fn rows<'t>(
    tx: &'t DatabaseTransaction,
    table: &str,
    columns: &'t [Column],
) -> StoreResult<BoxStream<'t, StoreResult<Vec<Field>>>> {
    let sql = format!("SELECT {} FROM {table}", names(columns));
    let rows = tx.stream_raw(Statement::from_string(ConnectionTrait::get_database_backend(tx), sql)).await?;
    let fields = |row: sea_orm::QueryResult| columns.iter().map(|column| field(&row, column)).collect();
    Ok(rows.map_err(StoreError::from).map(move |row| row.and_then(fields)).boxed())
}

fn names(columns: &[Column]) -> String {
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    names.join(", ")
}

fn field(row: &sea_orm::QueryResult, column: &Column) -> StoreResult<Field> {
    let name = column.name.as_str();
    let field = match column.kind {
        Kind::Uuid => row.try_get::<Option<Uuid>>("", name)?.map(|id| Field::Bytes(id.as_bytes().to_vec())),
        Kind::Bytes => row.try_get::<Option<Vec<u8>>>("", name)?.map(Field::Bytes),
        Kind::Integer => row.try_get::<Option<i64>>("", name)?.map(Field::Integer),
        Kind::Text => row.try_get::<Option<String>>("", name)?.map(Field::Text),
        Kind::Boolean => row.try_get::<Option<bool>>("", name)?.map(Field::Boolean),
    };
    Ok(field.unwrap_or(Field::Null))
}

/// Inserts rows with these columns.
pub async fn insert(
    tx: &impl ConnectionTrait,
    table: &str,
    columns: &[Column],
    rows: Vec<Vec<Field>>,
) -> StoreResult<u64> {
    let head = format!("INSERT INTO {table} ({})", names(columns));
    let values: StoreResult<Vec<Vec<Value>>> = rows
        .into_iter()
        .map(|row| columns.iter().zip(row).map(|(column, field)| value(table, column, field)).collect())
        .collect();
    batch::values(tx, &head, "", values?).await
}

fn value(table: &str, column: &Column, field: Field) -> StoreResult<Value> {
    let wrong = || StoreError::inconsistent("backup", format!("{table}.{}", column.name));
    Ok(match (column.kind, field) {
        (Kind::Uuid, Field::Null) => Value::Uuid(None),
        (Kind::Bytes, Field::Null) => Value::Bytes(None),
        (Kind::Integer, Field::Null) => Value::BigInt(None),
        (Kind::Text, Field::Null) => Value::String(None),
        (Kind::Boolean, Field::Null) => Value::Bool(None),
        (Kind::Uuid, Field::Bytes(bytes)) => Uuid::from_slice(&bytes).map_err(|_| wrong())?.into(),
        (Kind::Bytes, Field::Bytes(bytes)) => bytes.into(),
        (Kind::Integer, Field::Integer(n)) => n.into(),
        (Kind::Text, Field::Text(text)) => text.into(),
        (Kind::Boolean, Field::Boolean(yes)) => yes.into(),
        _ => return Err(wrong()),
    })
}

/// Whether nothing was set up in this database; a portal that was only started has a row and nothing else.
pub async fn is_empty(db: &impl ConnectionTrait) -> StoreResult<bool> {
    let sql = "SELECT 1 FROM tenants LIMIT 1";
    Ok(db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?.is_none())
}

/// Some table of the database, if there is any.
pub async fn any_table(db: &impl ConnectionTrait) -> StoreResult<Option<String>> {
    let sql = match db.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() LIMIT 1"
        }
        _ => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' LIMIT 1",
    };
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    Ok(row.map(|row| row.try_get("", "name")).transpose()?)
}

/// Keeps set-up and every start of a portal out until the transaction ends: whether the database is empty must stay
/// true. SQLite has one writer at a time anyway.
pub async fn hold(tx: &impl ConnectionTrait) -> StoreResult<()> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared("LOCK TABLE portal, tenants IN EXCLUSIVE MODE").await?;
    }
    Ok(())
}

/// Makes room for the portal's own row.
pub async fn clear_portal(tx: &impl ConnectionTrait) -> StoreResult<()> {
    tx.execute_unprepared("DELETE FROM portal").await?;
    Ok(())
}

/// Brings SQLite's file into one piece after a restore of everything.
pub async fn settle(db: &Db) -> StoreResult<()> {
    db.scrub_keys().await
}
