//! The form of a new table: its name and its columns. Without script it has eight columns at a time
//! and a button for more.

use super::{COLUMNS_AT_ONCE, MAX_FORM_COLUMNS};
use crate::{
    forms,
    pages::{
        environments::{ViewEnvironment, environment, trail},
        load::*,
    },
    ui::*,
    view,
};
use domain::tables::ColumnType;
use leptos::prelude::*;

/// `/environments/{id}/tables/new`.
#[component]
pub fn NewTable() -> AnyView {
    page(|input| environment(input.id), show)
}

fn show(data: ViewEnvironment) -> AnyView {
    let body = match data.create_table.why.clone() {
        Some(why) => view::not_now("Not possible now.", why),
        None => form(&data),
    };
    view! {
        <PageHeader title="New table" subtitle=data.name.clone() trail=trail(&data.id, &data.name) />
        {forms::summary(&[("columns", "columns[0].name")])}
        {body}
    }
    .into_any()
}

fn form(data: &ViewEnvironment) -> AnyView {
    let own_key = data.key.is_some();
    let columns: Vec<_> = (0..shown()).map(|at| column(at, own_key)).collect();
    let action = format!("/environments/{}/tables/new", data.id);
    let cancel = format!("/environments/{}", data.id);
    let more = (shown() < MAX_FORM_COLUMNS)
        .then(|| view! { <Button label="More columns" icon=Glyph::Add name="more" value="on" /> });
    view! {
        <form class="form wide" method="post" action=action novalidate=forms::came_back()>
            <TextInput
                name="name"
                label="Table name"
                value=forms::value("name")
                hint="A letter, then letters, digits, spaces, '_' or '-'."
                error=forms::error("name")
                maxlength=64u32
                autocomplete="off"
            />
            <input type="hidden" name="rows" value=shown().to_string() />
            <fieldset class="columns">
                <legend>"Columns"</legend>
                <p class="field-hint">
                    "Fill as many as you need; columns without a name are left out. Columns cannot be changed later."
                </p>
                {columns}
                {more}
            </fieldset>
            <div class="actions">
                <Button label="Create table" look=Look::Primary />
                <ButtonLink label="Cancel" href=cancel />
            </div>
        </form>
    }
    .into_any()
}

/// How many columns the form has: those it had, eight more after "More columns".
fn shown() -> usize {
    let had = forms::value("rows").and_then(|rows| rows.parse().ok()).unwrap_or(COLUMNS_AT_ONCE);
    let more = if forms::value("more").is_some() { COLUMNS_AT_ONCE } else { 0 };
    (had.max(COLUMNS_AT_ONCE) + more).min(MAX_FORM_COLUMNS)
}

/// One column: name, type, a choice's options, whether it must be filled.
fn column(at: usize, own_key: bool) -> AnyView {
    let field = |part: &str| format!("columns[{at}].{part}");
    let (name, kind, options, required) = (field("name"), field("type"), field("options"), field("required"));
    view! {
        <div class="column" role="group" aria-label=format!("Column {}", at + 1)>
            <TextInput
                name=name.clone()
                label=format!("Column {}", at + 1)
                value=forms::value(&name)
                error=forms::error(&name)
                required=at == 0
                maxlength=64u32
                autocomplete="off"
            />
            <Select
                name=kind.clone()
                label="Type"
                choices=types(own_key)
                value=forms::value_or(&kind, "text")
                error=forms::error(&kind)
            />
            <TextInput
                name=options.clone()
                label="Options of a choice"
                value=forms::value(&options)
                placeholder="open, closed"
                required=false
                autocomplete="off"
            />
            <Checkbox name=required.clone() label="Required" checked=forms::ticked(&required, false) />
        </div>
    }
    .into_any()
}

/// files cannot enter an environment that uses its own key.
fn types(own_key: bool) -> Vec<Choice> {
    let all = [
        ColumnType::Text,
        ColumnType::WholeNumber,
        ColumnType::Decimal,
        ColumnType::YesNo,
        ColumnType::DateTime,
        ColumnType::Choice { options: Vec::new() },
        ColumnType::File,
        ColumnType::Image,
    ];
    all.into_iter()
        .map(|kind| {
            let choice = Choice::new(kind.as_str(), kind.label());
            if own_key && kind.holds_files() { choice.disabled("Not with your own key") } else { choice }
        })
        .collect()
}
