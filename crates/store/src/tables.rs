//! Tables of environments: their shape and how many rows they hold.

use crate::{StoreError, StoreResult};
use domain::{
    EnvironmentId, OperationId, TableId, Timestamp, names::TableName, tables::Column, tables::TableShape,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Statement,
};

entity!("data_tables" {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    environment_id: Uuid,
    name: String,
    name_canonical: String,
    columns: String,
    row_count: i64,
    file_rows: i64,
    created_at: i64,
    hidden_by: Option<Uuid>,
});

use entity::{Entity, Model};

/// A table as the use cases see it.
#[derive(Clone, PartialEq, Debug)]
pub struct Table {
    pub id: TableId,
    pub environment_id: EnvironmentId,
    pub shape: TableShape,
    pub row_count: u64,
    /// Rows with data in File or Image columns (PP-015).
    pub file_rows: u64,
    pub created_at: Timestamp,
}

impl TryFrom<Model> for Table {
    type Error = StoreError;

    fn try_from(row: Model) -> StoreResult<Self> {
        let wrong = || StoreError::inconsistent("data_tables", row.id);
        let columns: Vec<Column> = serde_json::from_str(&row.columns).map_err(|_| wrong())?;
        let name = TableName::parse(&row.name).map_err(|_| wrong())?;
        Ok(Self {
            id: TableId(row.id),
            environment_id: EnvironmentId(row.environment_id),
            shape: TableShape::new(name, columns).map_err(|_| wrong())?,
            row_count: u64::try_from(row.row_count).map_err(|_| wrong())?,
            file_rows: u64::try_from(row.file_rows).map_err(|_| wrong())?,
            created_at: Timestamp(row.created_at),
        })
    }
}

/// A new, empty table.
pub async fn insert(tx: &impl ConnectionTrait, table: &Table) -> StoreResult<()> {
    insert_for(tx, table, None).await
}

/// As [`insert`]; nobody sees the table until [`show`], if it is `hidden_by` an operation.
pub async fn insert_for(
    tx: &impl ConnectionTrait,
    table: &Table,
    hidden_by: Option<OperationId>,
) -> StoreResult<()> {
    let columns = serde_json::to_string(&table.shape.columns)
        .map_err(|_| StoreError::inconsistent("data_tables", table.id))?;
    let row = Model {
        id: table.id.0,
        environment_id: table.environment_id.0,
        name: table.shape.name.to_string(),
        name_canonical: table.shape.name.as_str().to_lowercase(),
        columns,
        row_count: 0,
        file_rows: 0,
        created_at: table.created_at.0,
        hidden_by: hidden_by.map(|id| id.0),
    };
    Entity::insert(entity::ActiveModel::from(row)).exec_without_returning(tx).await?;
    Ok(())
}

/// One table, whoever's it is: authorization looks at its environment.
pub async fn get(db: &impl ConnectionTrait, id: TableId) -> StoreResult<Option<Table>> {
    let query = Entity::find_by_id(id.0).filter(entity::Column::HiddenBy.is_null());
    query.one(db).await?.map(Table::try_from).transpose()
}

/// The tables of an environment, by name.
pub async fn list(db: &impl ConnectionTrait, environment: EnvironmentId) -> StoreResult<Vec<Table>> {
    let query = Entity::find()
        .filter(entity::Column::EnvironmentId.eq(environment.0))
        .filter(entity::Column::HiddenBy.is_null());
    query
        .order_by_asc(entity::Column::NameCanonical)
        .all(db)
        .await?
        .into_iter()
        .map(Table::try_from)
        .collect()
}

/// Counts rows in and out.
pub async fn count(tx: &impl ConnectionTrait, id: TableId, rows: i64, file_rows: i64) -> StoreResult<()> {
    add_to_counts(tx, id, (rows, file_rows), "").await.map(drop)
}

/// As [`count`], of a table that everybody sees; `false` when it is hidden by now, so that who looked at it before the
/// environment was locked must not commit.
pub async fn count_shown(
    tx: &impl ConnectionTrait,
    id: TableId,
    rows: i64,
    file_rows: i64,
) -> StoreResult<bool> {
    add_to_counts(tx, id, (rows, file_rows), "AND hidden_by IS NULL").await
}

async fn add_to_counts(
    tx: &impl ConnectionTrait,
    id: TableId,
    (rows, file_rows): (i64, i64),
    only: &str,
) -> StoreResult<bool> {
    let sql = format!(
        "UPDATE data_tables SET row_count = row_count + $2, file_rows = file_rows + $3 WHERE id = $1 {only}"
    );
    let values = [id.0.into(), rows.into(), file_rows.into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected() == 1)
}

/// The tables that the operation fills or has replaced.
pub async fn hidden_by(db: &impl ConnectionTrait, operation: OperationId) -> StoreResult<Vec<Table>> {
    let query = Entity::find().filter(entity::Column::HiddenBy.eq(operation.0));
    query.all(db).await?.into_iter().map(Table::try_from).collect()
}

/// Hides every table of the environment: the operation has replaced or removes them.
pub async fn hide_all(
    tx: &impl ConnectionTrait,
    environment: EnvironmentId,
    operation: OperationId,
) -> StoreResult<u64> {
    let sql = "UPDATE data_tables SET hidden_by = $2 WHERE environment_id = $1 AND hidden_by IS NULL";
    let values = [environment.0.into(), operation.0.into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected())
}

/// Shows these tables.
pub async fn show(tx: &impl ConnectionTrait, tables: &[TableId]) -> StoreResult<()> {
    for id in tables {
        let row = entity::ActiveModel { id: Set(id.0), hidden_by: Set(None), ..Default::default() };
        Entity::update(row).exec(tx).await?;
    }
    Ok(())
}

/// Hidden tables that are still to be emptied or removed, of operations that are over.
pub async fn left_over(db: &impl ConnectionTrait, limit: u64) -> StoreResult<Vec<Table>> {
    let sql = format!(
        "SELECT t.* FROM data_tables t JOIN operations o ON o.id = t.hidden_by \
         WHERE o.state NOT IN ('queued', 'running') AND (t.row_count > 0 OR NOT EXISTS \
         (SELECT 1 FROM imports i WHERE i.table_id = t.id)) LIMIT {limit}"
    );
    let statement = Statement::from_string(db.get_database_backend(), sql);
    Entity::find().from_raw_sql(statement).all(db).await?.into_iter().map(Table::try_from).collect()
}

/// Removes a hidden table that is empty; one that was imported into stays, for the record of that. Where another
/// process is still removing rows, it is not empty yet: nobody would find them again without their table.
pub async fn remove(tx: &impl ConnectionTrait, id: TableId) -> StoreResult<()> {
    let sql = "DELETE FROM data_tables WHERE id = $1 AND hidden_by IS NOT NULL AND NOT EXISTS \
               (SELECT 1 FROM imports i WHERE i.table_id = $1) AND NOT EXISTS \
               (SELECT 1 FROM data_rows r WHERE r.table_id = $1)";
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, [id.0.into()])).await?;
    Ok(())
}
