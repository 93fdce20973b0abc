//! Rows: read by page, written in bulk or one by one.

use super::{
    answer::{self, limit},
    extract::{Api, Json, Path, Query},
    problem::{Answer, Failure},
    wire,
};
use api_types::{List, NewRows, Row, RowInput, RowsAdded};
use domain::{RowId, TableId};
use http::StatusCode;
use serde::Deserialize;
use service::{rows, tables};
use utoipa::IntoParams;

/// Which page of rows.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// The `next` of the page before.
    after: Option<String>,
    /// 1 to 1,000, 50 unless asked for.
    limit: Option<usize>,
}

/// Rows of a table, in the order they were added
///
/// A row that opens under no key is there without its cells and keeps no other one back.
#[utoipa::path(get, path = "/tables/{id}/rows", operation_id = "list_rows", tag = "rows",
    params(("id" = Uuid, Path), Which), responses((status = 200, body = List<Row>)))]
pub(super) async fn list(
    api: Api,
    Path(id): Path<TableId>,
    Query(which): Query<Which>,
) -> Answer<Json<List<Row>>> {
    let after = answer::cursor(which.after.as_deref())?.map(|cursor| RowId(cursor.id));
    let limit = limit(which.limit, 1_000)?;
    let (table, page) = rows::page(&api.portal, &api.caller, id, after, limit).await?;
    Ok(answer::list(page, |row| wire::listed(&table.shape, row)))
}

/// Add rows
///
/// All of them or none; errors name the row (from 0) and the column. 64 MiB at most.
#[utoipa::path(post, path = "/tables/{id}/rows", operation_id = "add_rows", tag = "rows",
    params(("id" = Uuid, Path)), request_body = NewRows,
    responses((status = 201, body = RowsAdded)))]
pub(super) async fn insert(
    api: Api,
    Path(id): Path<TableId>,
    Json(form): Json<NewRows>,
) -> Answer<(StatusCode, Json<RowsAdded>)> {
    let shape = tables::get(&api.portal, &api.caller, id).await?.shape;
    let rows = form.rows.into_iter().enumerate();
    let rows = rows.map(|(at, row)| wire::cells(&shape, row, &format!("rows[{at}].")));
    let rows = rows.collect::<Result<_, Failure>>()?;
    let ids = rows::insert(&api.portal, &api.caller, id, rows).await?;
    Ok((StatusCode::CREATED, Json(RowsAdded { ids: ids.into_iter().map(|id| id.0).collect() })))
}

/// One row
#[utoipa::path(get, path = "/tables/{id}/rows/{row}", operation_id = "get_row", tag = "rows",
    params(("id" = Uuid, Path), ("row" = Uuid, Path)), responses((status = 200, body = Row)))]
pub(super) async fn get(api: Api, Path((id, row)): Path<(TableId, RowId)>) -> Answer<Json<Row>> {
    let (table, row) = rows::get(&api.portal, &api.caller, id, row).await?;
    Ok(Json(wire::row(&table.shape, &row)))
}

/// Replace a row
///
/// Columns that are left out become empty.
#[utoipa::path(put, path = "/tables/{id}/rows/{row}", operation_id = "replace_row", tag = "rows",
    params(("id" = Uuid, Path), ("row" = Uuid, Path)), request_body = RowInput,
    responses((status = 204, description = "Replaced")))]
pub(super) async fn update(
    api: Api,
    Path((id, row)): Path<(TableId, RowId)>,
    Json(form): Json<RowInput>,
) -> Answer<StatusCode> {
    let shape = tables::get(&api.portal, &api.caller, id).await?.shape;
    let cells = wire::cells(&shape, form, "")?;
    rows::update(&api.portal, &api.caller, id, row, cells).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete a row
#[utoipa::path(delete, path = "/tables/{id}/rows/{row}", operation_id = "delete_row", tag = "rows",
    params(("id" = Uuid, Path), ("row" = Uuid, Path)),
    responses((status = 204, description = "Deleted")))]
pub(super) async fn delete(api: Api, Path((id, row)): Path<(TableId, RowId)>) -> Answer<StatusCode> {
    rows::delete(&api.portal, &api.caller, id, row).await?;
    Ok(StatusCode::NO_CONTENT)
}
