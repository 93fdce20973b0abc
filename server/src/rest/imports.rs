//! CSV files on their way in, and what became of them.

use super::{
    answer::{Accepted, accepted, number},
    extract::{Api, Json, Path, Query, expect_media, unread},
    problem::Answer,
};
use api_types::{ImportReport, Operation, RefusedLine};
use axum::body::Body;
use domain::{OperationId, TableId};
use futures::StreamExt as _;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use service::imports;
use utoipa::IntoParams;

/// Import a CSV file
///
/// The first line names columns of the table; the others become rows in the order of the file. Lines
/// that do not fit are left out and reported. 2 GiB at most, taken in as it arrives.
#[utoipa::path(post, path = "/tables/{id}/imports", operation_id = "import_rows", tag = "rows",
    params(("id" = Uuid, Path)), request_body(content = String, content_type = "text/csv"),
    responses((status = 202, body = Operation, headers(("Operation-Location" = String)))))]
pub(super) async fn upload(
    api: Api,
    Path(id): Path<TableId>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Accepted> {
    expect_media(&headers, "text/csv")?;
    let mut upload = imports::begin(&api.portal, &api.caller, id).await?;
    let mut body = body.into_data_stream();
    while let Some(bytes) = body.next().await {
        upload.push(&bytes.map_err(|_| unread(StatusCode::BAD_REQUEST))?).await?;
    }
    accepted(&api, upload.finish().await?).await
}

/// Which page of the report.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// The `next` of the page before.
    after: Option<String>,
}

/// What an import stored and which lines it refused
///
/// Up to 500 lines a page. Not found for jobs of another kind.
#[utoipa::path(get, path = "/operations/{id}/report", operation_id = "get_import_report",
    tag = "operations", params(("id" = Uuid, Path), Which),
    responses((status = 200, body = ImportReport)))]
pub(super) async fn report(
    api: Api,
    Path(id): Path<OperationId>,
    Query(which): Query<Which>,
) -> Answer<Json<ImportReport>> {
    let after = number("after", which.after.as_deref())?;
    let report = imports::report(&api.portal, &api.caller, id, after.unwrap_or(0)).await?;
    let next = (report.lines.len() == imports::REPORT_PAGE).then(|| report.lines.last()).flatten();
    let next = next.map(|line| line.line.to_string());
    let lines = report.lines.into_iter();
    let items = lines.map(|l| RefusedLine { line: l.line, column: l.column_name, message: l.message });
    Ok(Json(ImportReport { stored: report.stored, refused: report.refused, items: items.collect(), next }))
}
