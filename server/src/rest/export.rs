//! Tables on their way out, as CSV, a page of rows at a time.

use super::{
    extract::{Api, Path, Query},
    problem::Answer,
};
use axum::{
    body::{Body, Bytes},
    response::{IntoResponse, Response},
};
use domain::{RowId, TableId, cells::Cell};
use futures::{StreamExt as _, stream};
use http::header;
use serde::Deserialize;
use service::{Caller, Portal, ServiceResult, rows, rows::Row};
use std::{borrow::Cow, io};
use store::{Page, tables::Table};
use utoipa::IntoParams;

/// How the file is meant to be read.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct How {
    /// `true`: for a spreadsheet. Texts that it would take for a formula begin with an apostrophe.
    spreadsheet: Option<bool>,
}

/// Export a table as CSV
///
/// The first line names the columns; what comes out can be imported again. Should the export fail
/// midway, the answer breaks off; so it does at a row that opens under no key.
#[utoipa::path(get, path = "/tables/{id}/export", operation_id = "export_rows", tag = "rows",
    params(("id" = Uuid, Path), How),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub(super) async fn get(api: Api, Path(id): Path<TableId>, Query(how): Query<How>) -> Answer<Response> {
    Ok(download(&api.portal, &api.caller, id, how.spreadsheet.unwrap_or(false)).await?)
}

/// The whole table as a CSV download in bounded memory. The first page is read before the answer
/// begins, so that a refusal can still be one; each page is on record before it leaves.
pub async fn download(
    portal: &Portal,
    caller: &Caller,
    id: TableId,
    spreadsheet: bool,
) -> ServiceResult<Response> {
    let (table, first) = rows::export_page(portal, caller, id, None).await?;
    let names: Vec<Cow<'_, str>> = table.shape.columns.iter().map(|c| c.name.as_str().into()).collect();
    let head = lines([names].into_iter())?;
    let disposition = format!("attachment; filename=\"{}.csv\"", file_name(table.shape.name.as_str()));
    let pages = pages(Export { portal: portal.clone(), caller: caller.clone(), table, spreadsheet }, first);
    let body = Body::from_stream(stream::iter([Ok(head)]).chain(pages));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, body).into_response())
}

struct Export {
    portal: Portal,
    caller: Caller,
    table: Table,
    spreadsheet: bool,
}

/// The page that is at hand, then each further one.
fn pages(
    export: Export,
    first: Page<Row>,
) -> impl futures::Stream<Item = Result<Bytes, io::Error>> + Send + 'static {
    stream::try_unfold(Some((export, first)), |at| async {
        let Some((export, page)) = at else { return Ok(None) };
        let text = export.lines(&page)?;
        let next = match page.next {
            None => None,
            Some(cursor) => Some(export.page(RowId(cursor.id)).await?),
        };
        Ok(Some((text, next.map(|page| (export, page)))))
    })
}

impl Export {
    /// A failure here breaks the answer off: it is logged, for nobody else can tell of it.
    async fn page(&self, after: RowId) -> io::Result<Page<Row>> {
        let read = rows::export_page(&self.portal, &self.caller, self.table.id, Some(after)).await;
        read.map(|(_, page)| page).map_err(|error| {
            let request_id = self.caller.request_id();
            tracing::error!(request_id, error = format!("{error:#}"), "an export broke off");
            io::Error::other("the export broke off")
        })
    }

    fn lines(&self, page: &Page<Row>) -> io::Result<Bytes> {
        let field = |cell: &Cell| field(cell, self.spreadsheet);
        lines(page.items.iter().map(|row| row.cells.iter().map(field).collect()))
            .map_err(|error| io::Error::other(error.to_string()))
    }
}

fn lines<'a>(records: impl Iterator<Item = Vec<Cow<'a, str>>>) -> ServiceResult<Bytes> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = records.map(|fields| writer.write_record(fields.iter().map(|f| f.as_bytes())));
    written.collect::<Result<(), _>>().map_err(|error| anyhow::anyhow!(error))?;
    Ok(writer.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?.into())
}

/// A cell as a field. Spreadsheets run what begins like a formula, so an apostrophe goes before it
/// where the file is for one; numbers are no formulas.
fn field(cell: &Cell, spreadsheet: bool) -> Cow<'static, str> {
    let text = cell.text();
    let formula = matches!(cell, Cell::Text(_) | Cell::File(_))
        && text.starts_with(['=', '+', '-', '@', '\t', '\r'])
        && text.parse::<f64>().is_err();
    if spreadsheet && formula { format!("'{text}").into() } else { text.into() }
}

/// A name that any system takes for a file: letters and digits of ASCII, the rest as `_`.
fn file_name(table: &str) -> String {
    table.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect()
}
