//! The control for one column of a row.

use super::data::{ViewColumn, field_name};
use crate::{forms, ui::*};
use domain::tables::ColumnType;
use leptos::prelude::*;

/// The control at place `at`; `stored` is the row's value, or the name of its file, and `own` the
/// address of the row.
pub(super) fn field(at: usize, column: &ViewColumn, stored: String, own: &str) -> AnyView {
    let name = field_name(at);
    let (label, required, error) = (column.name.clone(), column.required, forms::error(&name));
    let value = forms::value_or(&name, stored.clone());
    match &column.holds {
        ColumnType::Text => view! { <TextArea name label value error required /> }.into_any(),
        ColumnType::WholeNumber => {
            view! { <TextInput name label value error required kind="number" autocomplete="off" /> }
                .into_any()
        }
        ColumnType::Decimal => view! {
            <TextInput
                name
                label
                value
                error
                required
                inputmode="decimal"
                autocomplete="off"
                hint="Digits and one point, such as -12.50."
            />
        }
        .into_any(),
        ColumnType::DateTime => {
            view! { <TextInput name label value error required kind="datetime-local" hint="UTC" /> }
                .into_any()
        }
        ColumnType::YesNo => {
            let choices = vec![Choice::new("yes", "Yes"), Choice::new("no", "No")];
            select(name, label, choices, value, error, required)
        }
        ColumnType::Choice { options } => {
            let choices = options.iter().map(|option| Choice::new(option, option)).collect();
            select(name, label, choices, value, error, required)
        }
        ColumnType::File => file(at, column, stored, None, own),
        ColumnType::Image => file(at, column, stored, Some("image/*"), own),
    }
}

fn select(
    name: String,
    label: String,
    choices: Vec<Choice>,
    value: String,
    error: Option<String>,
    required: bool,
) -> AnyView {
    let none = Choice::new("", if required { "Choose" } else { "(empty)" });
    let choices = std::iter::once(none).chain(choices).collect();
    view! { <Select name label choices value error required /> }.into_any()
}

/// A file stays as it is unless another is given or its removal is ticked.
fn file(at: usize, column: &ViewColumn, stored: String, accept: Option<&'static str>, own: &str) -> AnyView {
    let name = field_name(at);
    let there = !stored.is_empty();
    let required = column.required && !there;
    let kept = there.then(|| format!("{stored} is stored; it stays unless you choose another. "));
    let hint = format!("{}5 MiB at most.", kept.unwrap_or_default());
    let remove = (there && !column.required).then(|| {
        let label = format!("Remove {stored}");
        view! { <Checkbox name=format!("remove-{name}") label /> }
    });
    let href = format!("{own}/files/{at}");
    let download = there.then(|| {
        view! {
            <p>
                <a href=href rel="external">
                    {format!("Download {stored}")}
                </a>
            </p>
        }
    });
    let error = forms::error(&name);
    let accept = accept.unwrap_or_default();
    view! {
        <FileInput name label=column.name.clone() accept hint error required />
        {download}
        {remove}
    }
    .into_any()
}
