//! Tables of an environment.

use crate::{Caller, Portal, ServiceResult, Target, act};
use domain::{
    Code, EnvironmentId, Refusal, TableId,
    actions::Action,
    environments::EnvironmentState,
    names::{ColumnName, TableName},
    policy,
    tables::{Column, ColumnType, TableShape},
};
use store::tables::Table;

/// A column as a form or the API gives it.
pub struct NewColumn {
    pub name: String,
    /// One of [`ColumnType`]'s names.
    pub holds: String,
    /// Of a choice.
    pub options: Vec<String>,
    pub required: bool,
}

/// The tables of an environment, by name.
pub async fn list(portal: &Portal, caller: &Caller, environment: EnvironmentId) -> ServiceResult<Vec<Table>> {
    let db = portal.db().read();
    let found = act::resolve(db, caller, Target::Environment(environment)).await;
    let allowed = found.and_then(|_| act::permit(caller, Action::TableRead, Some(environment)));
    portal.witness(caller, Action::TableRead, Target::Environment(environment), allowed).await?;
    Ok(store::tables::list(db, environment).await?)
}

/// One table.
pub async fn get(portal: &Portal, caller: &Caller, id: TableId) -> ServiceResult<Table> {
    let scope = act::resolve(portal.db().read(), caller, Target::Table(id)).await;
    let table = scope.and_then(|scope| {
        let table = scope.table.ok_or_else(|| Refusal::not_found("table"))?;
        act::permit(caller, Action::TableRead, Some(table.environment_id)).map(|()| table)
    });
    portal.witness(caller, Action::TableRead, Target::Table(id), table).await
}

/// Creates an empty table with typed columns.
pub async fn create(
    portal: &Portal,
    caller: &Caller,
    environment: EnvironmentId,
    name: String,
    columns: Vec<NewColumn>,
) -> ServiceResult<TableId> {
    portal
        .act(caller, Action::TableCreate, Target::Environment(environment), move |act| {
            Box::pin(async move {
                let shape = shape(&name, columns)?;
                let environment = store::environments::lock_shared(&act.tx, environment).await?;
                policy::change_data(environment.state, environment.replaced_by.is_some())?;
                let files = shape.columns.iter().any(|column| column.holds.holds_files());
                if files && environment.state == EnvironmentState::SelfManaged {
                    return Err(no_files().into());
                }
                let id = TableId(act.fresh_id());
                act.record("table", shape.name.as_str());
                act.record("columns", shape.columns.len());
                let table = Table {
                    id,
                    environment_id: environment.id,
                    shape,
                    row_count: 0,
                    file_rows: 0,
                    created_at: act.now,
                };
                match store::tables::insert(&act.tx, &table).await {
                    Err(error) if error.is_unique_violation() => {
                        let text = "There is already a table of this name.";
                        Err(Refusal::field(Code::Conflict, "name", text).into())
                    }
                    other => Ok(other.map(|()| id)?),
                }
            })
        })
        .await
}

/// files cannot enter an environment that uses its own key.
pub(crate) fn no_files() -> Refusal {
    Refusal::new(
        Code::FileImageNotSupported,
        "This environment uses your own key, which does not cover File and Image columns (PP-015).",
    )
    .remedy("Keep files in an environment with the platform's key.")
}

fn shape(name: &str, columns: Vec<NewColumn>) -> Result<TableShape, Refusal> {
    let name = TableName::parse(name).map_err(|why| Refusal::field(Code::Invalid, "name", why))?;
    let mut checked = Vec::with_capacity(columns.len());
    for (index, column) in columns.into_iter().enumerate() {
        let at = |part: &str| format!("columns[{index}].{part}");
        let name =
            ColumnName::parse(&column.name).map_err(|why| Refusal::field(Code::Invalid, &at("name"), why))?;
        let holds = ColumnType::parse(&column.holds, &column.options)
            .map_err(|why| Refusal::field(Code::Invalid, &at("type"), why))?;
        checked.push(Column { name, holds, required: column.required });
    }
    TableShape::new(name, checked).map_err(|why| Refusal::field(Code::Invalid, "columns", why))
}
