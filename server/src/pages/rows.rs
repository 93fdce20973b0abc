//! The forms of a row.

use super::{Done, Posted, Route, SentFile};
use app::pages::rows::field_name;
use axum::{extract::DefaultBodyLimit, response::Response, routing::post};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::{
    Code, Refusal, RowId, TableId,
    cells::{Cell, File},
    tables::{Column, TableShape},
};
use service::{ServiceError, ServiceResult, rows, tables};

/// A row with its files and the form around them, in bytes.
const BODY: usize = 32 * 1024 * 1024;

pub(super) const FORMS: &[Route] = &[
    ("/tables/{id}/rows/new", || post(create).layer(DefaultBodyLimit::max(BODY))),
    ("/tables/{id}/rows/{row}", || post(change).layer(DefaultBodyLimit::max(BODY))),
];

async fn create(mut form: Posted) -> Response {
    let outcome = created(&mut form).await;
    form.answer(outcome).await
}

async fn created(form: &mut Posted) -> ServiceResult<String> {
    let id: TableId = form.id("id")?;
    let shape = tables::get(form.portal(), form.caller()?, id).await?.shape;
    let cells = cells(form, &shape, None)?;
    let added = rows::insert(form.portal(), form.caller()?, id, vec![cells]).await;
    added.map_err(|error| at_fields(error, &shape, "rows[0]."))?;
    Ok(Done::RowAdded.at(&format!("/tables/{id}")))
}

async fn change(mut form: Posted) -> Response {
    let outcome = if form.fields.ticked("delete") { deleted(&form).await } else { saved(&mut form).await };
    form.answer(outcome).await
}

async fn deleted(form: &Posted) -> ServiceResult<String> {
    let (table, row): (TableId, RowId) = (form.id("id")?, form.id("row")?);
    rows::delete(form.portal(), form.caller()?, table, row).await?;
    Ok(Done::RowDeleted.at(&format!("/tables/{table}")))
}

async fn saved(form: &mut Posted) -> ServiceResult<String> {
    let (table, row): (TableId, RowId) = (form.id("id")?, form.id("row")?);
    let shape = tables::get(form.portal(), form.caller()?, table).await?.shape;
    // Only files may stay as they are: everything else is in the form.
    let stored = match shape.columns.iter().any(|column| column.holds.holds_files()) {
        true => stored(form, table, row).await?,
        false => None,
    };
    let cells = cells(form, &shape, stored)?;
    let saved = rows::update(form.portal(), form.caller()?, table, row, cells).await;
    saved.map_err(|error| at_fields(error, &shape, ""))?;
    Ok(Done::RowSaved.at(&format!("/tables/{table}")))
}

/// The row before; a damaged one has nothing to keep.
async fn stored(form: &Posted, table: TableId, row: RowId) -> ServiceResult<Option<Vec<Cell>>> {
    match rows::get(form.portal(), form.caller()?, table, row).await {
        Ok((_, row)) => Ok(Some(row.cells)),
        Err(ServiceError::Refused(refusal)) if refusal.code == Code::RowDamaged => Ok(None),
        Err(error) => Err(error),
    }
}

/// The row that the form holds, in the order of the columns; `stored` is the row before.
fn cells(form: &mut Posted, shape: &TableShape, stored: Option<Vec<Cell>>) -> ServiceResult<Vec<Cell>> {
    let mut stored = stored.unwrap_or_default();
    stored.resize(shape.columns.len(), Cell::Empty);
    let columns = shape.columns.iter().zip(stored).enumerate();
    columns.map(|(at, (column, stored))| cell(form, at, column, stored)).collect()
}

fn cell(form: &mut Posted, at: usize, column: &Column, stored: Cell) -> ServiceResult<Cell> {
    let name = field_name(at);
    if !column.holds.holds_files() {
        // Empty is a value, absent is not: a form that came in part must not empty the row.
        let text = form.fields.get(&name).ok_or_else(|| {
            let text = "The form came without this field, so nothing was changed. Open the page again.";
            Refusal::field(Code::Invalid, &name, text)
        })?;
        // Browsers send every line break of a text as two characters.
        return Ok(Cell::Text(text.replace("\r\n", "\n")));
    }
    Ok(match form.fields.take_file(&name) {
        Some(sent) => Cell::File(file(sent)),
        None if form.fields.ticked(&format!("remove-{name}")) => Cell::Empty,
        None => stored,
    })
}

fn file(sent: SentFile) -> File {
    let SentFile { name, media_type, content } = sent;
    File { name, media_type, content: BASE64_STANDARD.encode(content) }
}

/// Errors name columns; the form's fields are called by their places.
fn at_fields(mut error: ServiceError, shape: &TableShape, prefix: &str) -> ServiceError {
    if let ServiceError::Refused(refusal) = &mut error {
        for wrong in &mut refusal.fields {
            let name = wrong.field.strip_prefix(prefix).unwrap_or(&wrong.field);
            if let Some(at) = shape.position(name) {
                wrong.field = field_name(at);
            }
        }
    }
    error
}
