//! Tables of an environment.

use super::{
    answer::{Created, created},
    extract::{Api, Json, Path},
    problem::Answer,
    wire,
};
use api_types::{List, NewTable, Table};
use domain::{EnvironmentId, TableId};
use service::tables;

/// Tables of an environment
#[utoipa::path(get, path = "/environments/{id}/tables", operation_id = "list_tables", tag = "tables",
    params(("id" = Uuid, Path)), responses((status = 200, body = List<Table>)))]
pub(super) async fn list(api: Api, Path(id): Path<EnvironmentId>) -> Answer<Json<List<Table>>> {
    let tables = tables::list(&api.portal, &api.caller, id).await?;
    Ok(Json(List { items: tables.iter().map(wire::table).collect(), next: None }))
}

/// Create a table
///
/// File and Image columns are refused where the organisation's own key is in use.
#[utoipa::path(post, path = "/environments/{id}/tables", operation_id = "create_table", tag = "tables",
    params(("id" = Uuid, Path)), request_body = NewTable,
    responses((status = 201, body = Table, headers(("Location" = String)))))]
pub(super) async fn create(
    api: Api,
    Path(id): Path<EnvironmentId>,
    Json(form): Json<NewTable>,
) -> Answer<Created<Table>> {
    let columns = form.columns.into_iter().map(column).collect();
    let id = tables::create(&api.portal, &api.caller, id, form.name, columns).await?;
    let made = tables::get(&api.portal, &api.caller, id).await?;
    Ok(created(&api, &format!("/tables/{id}"), wire::table(&made)))
}

fn column(new: api_types::NewColumn) -> tables::NewColumn {
    tables::NewColumn { name: new.name, holds: new.kind, options: new.options, required: new.required }
}

/// One table
#[utoipa::path(get, path = "/tables/{id}", operation_id = "get_table", tag = "tables",
    params(("id" = Uuid, Path)), responses((status = 200, body = Table)))]
pub(super) async fn get(api: Api, Path(id): Path<TableId>) -> Answer<Json<Table>> {
    let table = tables::get(&api.portal, &api.caller, id).await?;
    Ok(Json(wire::table(&table)))
}
