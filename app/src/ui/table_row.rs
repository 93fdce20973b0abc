//! The rows of a table and the ways to choose one.

use super::table::Column;
use leptos::prelude::*;

/// How a row is chosen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pick {
    /// A click anywhere in the row goes to this URL, which shows the row as selected (`?key=…`).
    Link(String),
    /// A radio button of the form with this id, sent under this name.
    Radio { form: String, name: String },
    /// A check box of the form with this id, sent under this name.
    Check { form: String, name: String },
}

/// One row. The first cell is its header.
pub struct Row {
    id: String,
    name: String,
    pick: Option<Pick>,
    selected: bool,
    cells: Vec<AnyView>,
    more: Option<AnyView>,
}

impl Row {
    /// A row for the thing `id` (sent when it is chosen) which people know as `name`.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { id: id.into(), name: name.into(), pick: None, selected: false, cells: Vec::new(), more: None }
    }

    /// Adds the next cell.
    #[must_use]
    pub fn cell(mut self, view: impl IntoAny) -> Self {
        self.cells.push(view.into_any());
        self
    }

    /// What a [`details`](RowDetails) in a cell opens: it stands below the row, over its whole width.
    #[must_use]
    pub fn more(mut self, view: impl IntoAny) -> Self {
        self.more = Some(view.into_any());
        self
    }

    /// Lets the row be chosen.
    #[must_use]
    pub fn pick(mut self, pick: Pick, selected: bool) -> Self {
        self.pick = Some(pick);
        self.selected = selected;
        self
    }

    pub(super) fn has_pick(&self) -> bool {
        self.pick.is_some()
    }
}

/// The row as HTML; `pick` when any row of the table has a control in front.
pub(super) fn body_row(row: Row, columns: &[Column], pick: bool) -> AnyView {
    let Row { id, name, pick: how, selected, cells, more } = row;
    let width = columns.len() + usize::from(pick);
    let control = pick.then(|| {
        view! {
            <td role="cell" class="pick">
                {how.map(|how| control(how, id, &name, selected))}
            </td>
        }
    });
    let cells: Vec<_> = cells.into_iter().zip(columns).enumerate().map(cell).collect();
    view! {
        <tr role="row" class=selected.then_some("selected")>
            {control}
            {cells}
        </tr>
        {more
            .map(|more| {
                view! {
                    <tr role="row" class="more">
                        <td role="cell" colspan=width>
                            {more}
                        </td>
                    </tr>
                }
            })}
    }
    .into_any()
}

/// The switch of what [`Row::more`] holds; the style sheet shows that row while this one is open.
#[component]
pub fn RowDetails(
    /// What it shows the details of, read out: "entry 73".
    #[prop(into)]
    of: String,
) -> AnyView {
    view! {
        <details class="row-details">
            <summary>
                "Details" <span class="visually-hidden">{format!(" of {of}")}</span>
            </summary>
        </details>
    }
    .into_any()
}

fn cell((at, (view, column)): (usize, (AnyView, &Column))) -> AnyView {
    let class = column.class();
    let label = column.label.clone();
    if at == 0 {
        return view! {
            <th role="rowheader" scope="row" class=class data-label=label>
                {view}
            </th>
        }
        .into_any();
    }
    view! {
        <td role="cell" class=class data-label=label>
            {view}
        </td>
    }
    .into_any()
}

fn control(how: Pick, id: String, name: &str, selected: bool) -> AnyView {
    match how {
        Pick::Link(href) => view! {
            <a class="pick-link" href=href aria-current=selected.then_some("true")>
                <span class="visually-hidden">
                    {if selected { format!("{name} is selected") } else { format!("Select {name}") }}
                </span>
            </a>
        }
        .into_any(),
        Pick::Radio { form, name: field } => input("radio", form, field, id, name, selected),
        Pick::Check { form, name: field } => input("checkbox", form, field, id, name, selected),
    }
}

fn input(
    kind: &'static str,
    form: String,
    field: String,
    value: String,
    name: &str,
    checked: bool,
) -> AnyView {
    let label = format!("Select {name}");
    view! { <input type=kind form=form name=field value=value checked=checked aria-label=label /> }.into_any()
}
