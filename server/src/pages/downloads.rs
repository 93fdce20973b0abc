//! Files that pages offer: a table as CSV, an import's refused lines, a file of a row.

use super::{Posted, Route};
use crate::rest;
use axum::{
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::{OperationId, Refusal, RowId, TableId, cells::Cell};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use service::{ServiceResult, imports, rows};

pub(super) const FILES: &[Route] = &[
    ("/tables/{id}/export.csv", || get(table)),
    ("/tables/{id}/rows/{row}/files/{column}", || get(file)),
    ("/operations/{id}/errors.csv", || get(refused_lines)),
];

/// A download that is refused or fails is its page, with the status of that and what stands against it.
async fn answer(form: Posted, outcome: ServiceResult<Response>, page: String) -> Response {
    match outcome {
        Ok(file) => file,
        Err(why) => form.at(&page).answer(Err(why)).await,
    }
}

/// Spreadsheets open it: texts that look like a formula begin with an apostrophe.
async fn table(form: Posted) -> Response {
    let outcome = async {
        let id: TableId = form.id("id")?;
        rest::download(form.portal(), form.caller()?, id, true).await
    }
    .await;
    let page = above(&form, 1);
    answer(form, outcome, page).await
}

async fn refused_lines(form: Posted) -> Response {
    let outcome = lines(&form).await;
    let page = above(&form, 1);
    answer(form, outcome, page).await
}

/// At most some 10,000 lines, for an import gives up there; none holds a value of the file.
async fn lines(form: &Posted) -> ServiceResult<Response> {
    let id: OperationId = form.id("id")?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |fields: [&str; 3]| writer.write_record(fields).map_err(|error| anyhow::anyhow!(error));
    write(["Line", "Column", "What is wrong"])?;
    let mut after = 0;
    loop {
        let report = imports::report(form.portal(), form.caller()?, id, after).await?;
        let Some(last) = report.lines.last() else { break };
        after = last.line;
        for line in &report.lines {
            write([&line.line.to_string(), &line.column_name, &line.message])?;
        }
    }
    let content = writer.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(attachment("refused-lines.csv", "text/csv; charset=utf-8", content))
}

async fn file(form: Posted) -> Response {
    let outcome = cell(&form).await;
    let page = above(&form, 2);
    answer(form, outcome, page).await
}

/// Its media type is what somebody once said: it is sent as bytes and never shown by the browser.
async fn cell(form: &Posted) -> ServiceResult<Response> {
    let (table, row): (TableId, RowId) = (form.id("id")?, form.id("row")?);
    let column: usize = form.id("column")?;
    let (_, row) = rows::get(form.portal(), form.caller()?, table, row).await?;
    let Some(Cell::File(file)) = row.cells.into_iter().nth(column) else {
        return Err(Refusal::not_found("file").into());
    };
    let content = BASE64_STANDARD.decode(&file.content).map_err(|error| anyhow::anyhow!(error))?;
    Ok(attachment(&file.name, "application/octet-stream", content))
}

/// The address without its last `parts` parts.
fn above(form: &Posted, parts: usize) -> String {
    let path = form.parts().uri.path();
    path.rsplitn(parts + 1, '/').last().unwrap_or("/").to_owned()
}

/// The name as RFC 6266 has it: any character, percent-encoded.
pub(crate) fn attachment(name: &str, media_type: &'static str, content: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename*=UTF-8''{}", app::url::encode(name));
    ([(CONTENT_TYPE, media_type.to_owned()), (CONTENT_DISPOSITION, disposition)], content).into_response()
}
