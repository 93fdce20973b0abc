//! The form of a new table.

use super::{Done, Posted, Route};
use app::pages::tables::MAX_FORM_COLUMNS;
use axum::{response::Response, routing::post};
use domain::EnvironmentId;
use service::{ServiceResult, tables, tables::NewColumn};

pub(super) const FORMS: &[Route] = &[("/environments/{id}/tables/new", || post(create))];

async fn create(mut form: Posted) -> Response {
    renumber(&mut form);
    if form.fields.ticked("more") {
        return form.show_again().await;
    }
    let outcome = created(&form).await;
    form.answer(outcome).await
}

async fn created(form: &Posted) -> ServiceResult<String> {
    let id: EnvironmentId = form.id("id")?;
    let (name, columns) = (form.fields.text("name"), columns(form));
    let table = tables::create(form.portal(), form.caller()?, id, name, columns).await?;
    Ok(Done::TableCreated.at(&format!("/tables/{table}")))
}

const PARTS: [&str; 4] = ["name", "type", "options", "required"];

fn field(at: usize, part: &str) -> String {
    format!("columns[{at}].{part}")
}

fn filled(form: &Posted) -> Vec<usize> {
    (0..MAX_FORM_COLUMNS).filter(|at| !form.fields.text(&field(*at, "name")).trim().is_empty()).collect()
}

/// Moves the columns that have a name to the front, so that an error's index is the row's.
fn renumber(form: &mut Posted) {
    let kept = ["name", "rows", "more"].into_iter().map(str::to_owned).map(|name| (name.clone(), name));
    let moved = filled(form)
        .into_iter()
        .enumerate()
        .flat_map(|(to, from)| PARTS.into_iter().map(move |part| (field(from, part), field(to, part))));
    let pairs = kept
        .chain(moved)
        .filter_map(|(from, to)| form.fields.get(&from).map(|value| (to, value.to_owned())))
        .collect();
    form.fields.replace(pairs);
}

/// The columns of the form, in order.
fn columns(form: &Posted) -> Vec<NewColumn> {
    let text = |at: usize, part: &str| form.fields.text(&field(at, part));
    filled(form)
        .into_iter()
        .map(|at| NewColumn {
            name: text(at, "name"),
            holds: text(at, "type"),
            options: text(at, "options").split(',').map(str::to_owned).collect(),
            required: form.fields.ticked(&field(at, "required")),
        })
        .collect()
}
