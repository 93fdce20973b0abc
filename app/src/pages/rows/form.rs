//! A new row, and one to be changed or deleted.

use super::{
    data::{ViewRowForm, row, table},
    field::field,
    list::unreadable,
};
use crate::{error::UiError, forms, pages::load::*, ui::*, url, view};
use domain::tables::ColumnType;
use leptos::prelude::*;

impl PageData for ViewRowForm {
    fn title(&self) -> String {
        let what = if self.id.is_some() { "Row of" } else { "New row in" };
        format!("{what} {}", self.table.name)
    }
}

/// `/tables/{id}/rows/new`.
#[component]
pub fn NewRow() -> AnyView {
    page(|input| fresh(input.id), show)
}

async fn fresh(id: String) -> Result<ViewRowForm, UiError> {
    let table = table(id).await?;
    let values = vec![String::new(); table.columns.len()];
    Ok(ViewRowForm { values, table, id: None, damaged: None, deleting: false })
}

/// `/tables/{id}/rows/{row}`.
#[component]
pub fn EditRow() -> AnyView {
    page(stored, show)
}

async fn stored(input: Input) -> Result<ViewRowForm, UiError> {
    let deleting = !input.value("delete").is_empty();
    Ok(ViewRowForm { deleting, ..row(input.id, input.sub).await? })
}

fn show(data: ViewRowForm) -> AnyView {
    let body = match data.table.write.why.clone() {
        Some(why) => unreadable(&data.table, why),
        None => form(&data),
    };
    let question = data.id.clone().filter(|_| data.deleting).map(|id| question(&data, &id));
    let damaged = data.damaged.clone().map(|why| {
        view! {
            <MessageBar tone=Tone::Error title="This row cannot be read.">
                {view::why(why)}
            </MessageBar>
        }
    });
    view! {
        {question}
        <PageHeader title=data.title() trail=data.table.trail(true) />
        {damaged}
        {body}
    }
    .into_any()
}

fn form(data: &ViewRowForm) -> AnyView {
    let table = &data.table;
    let own = match &data.id {
        Some(id) => table.address(&format!("/rows/{id}")),
        None => table.address("/rows/new"),
    };
    let pairs = table.columns.iter().zip(data.values.iter().cloned()).enumerate();
    let fields: Vec<_> = pairs.map(|(at, (column, value))| field(at, column, value, &own)).collect();
    let files = table.columns.iter().any(|c| matches!(c.holds, ColumnType::File | ColumnType::Image));
    let delete = data.id.is_some().then(|| {
        let href = url::with_query(&own, &[("delete", "1")]);
        view! { <ButtonLink label="Delete" href icon=Glyph::Delete look=Look::Subtle /> }
    });
    let label = if data.id.is_some() { "Save" } else { "Add row" };
    // On the page with the question, what came back belongs to the question.
    let summary = if data.deleting { None } else { forms::summary(&[]) };
    view! {
        <form method="post" action=own enctype=files.then_some("multipart/form-data")>
            {summary}
            {fields}
            <div class="actions">
                <Button label look=Look::Primary />
                <ButtonLink label="Cancel" href=table.address("") />
                {delete}
            </div>
        </form>
    }
    .into_any()
}

fn question(data: &ViewRowForm, id: &str) -> AnyView {
    let (table, first) =
        (&data.table, data.values.first().map_or("", |value| value.lines().next().unwrap_or_default()));
    let own = table.address(&format!("/rows/{id}"));
    let action = url::with_query(&own, &[("delete", "1")]);
    let which = if first.is_empty() { "The row" } else { first };
    let text = format!("{which} is removed from {} at once and cannot be brought back.", table.name);
    view! {
        <ConfirmDialog title="Delete this row?" action cancel=own confirm="Delete" danger=true>
            {forms::summary(&[])}
            <input type="hidden" name="delete" value="on" />
            <p>{text}</p>
        </ConfirmDialog>
    }
    .into_any()
}
