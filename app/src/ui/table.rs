//! Tables: a caption, sort links, a row header in every row, and a card per row on narrow screens.
//!
//! Which rows, in which order, is the server's work: sorting, filtering and paging are links and
//! GET forms, so the URL holds the state.

use super::icon::{Glyph, Icon};
use super::pager::{Page, Pager};
use super::table_row::{Row, body_row};
use leptos::prelude::*;

/// The direction a table is sorted in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sort {
    Ascending,
    Descending,
}

/// One column's head.
#[derive(Clone, Debug)]
pub struct Column {
    pub(super) label: String,
    numeric: bool,
    minor: bool,
    hidden: bool,
    sort: Option<(String, Option<Sort>)>,
}

impl Column {
    /// A column that cannot be sorted by.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), numeric: false, minor: false, hidden: false, sort: None }
    }

    /// Aligns its cells right, for figures.
    #[must_use]
    pub fn numeric(mut self) -> Self {
        self.numeric = true;
        self
    }

    /// Leaves where the table has little room but still columns; the details page has it too.
    #[must_use]
    pub fn minor(mut self) -> Self {
        self.minor = true;
        self
    }

    /// The class of its cells.
    pub(super) fn class(&self) -> Option<&'static str> {
        match (self.numeric, self.minor) {
            (true, true) => Some("numeric minor"),
            (true, false) => Some("numeric"),
            (false, true) => Some("minor"),
            (false, false) => None,
        }
    }

    /// Its name is for assistive technology only: a column of buttons.
    #[must_use]
    pub fn unnamed(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// A link that sorts by it; `now` when the table is sorted by it already.
    #[must_use]
    pub fn sort(mut self, href: impl Into<String>, now: Option<Sort>) -> Self {
        self.sort = Some((href.into(), now));
        self
    }
}

/// A table. `selectable` is implied by rows that carry a [`super::Pick`].
#[component]
pub fn DataTable(
    /// What the rows are. Read out, and shown when `titled`.
    #[prop(into)]
    caption: String,
    /// The heads, first that of the row header.
    columns: Vec<Column>,
    /// The rows; each has one cell for every column.
    rows: Vec<Row>,
    /// Shown instead of rows: an `EmptyState`.
    #[prop(optional, into)]
    empty: Option<AnyView>,
    /// The way to the other rows.
    #[prop(optional, into)]
    page: Option<Page>,
    /// Shows the caption, where no heading above names the table.
    #[prop(optional)]
    titled: bool,
) -> AnyView {
    let pick = rows.iter().any(Row::has_pick);
    if rows.is_empty() && empty.is_some() {
        return view! { <div class="table-box">{empty}</div> }.into_any();
    }
    let heads: Vec<_> = columns.iter().map(head).collect();
    let rows: Vec<_> = rows.into_iter().map(|row| body_row(row, &columns, pick)).collect();
    view! {
        <div class="table-box">
            <table class="table" role="table">
                <caption class=if titled { "table-title" } else { "visually-hidden" }>{caption}</caption>
                <thead role="rowgroup">
                    <tr role="row" data-label="Sort by">
                        {pick
                            .then(|| {
                                view! {
                                    <th role="columnheader" scope="col" class="pick">
                                        <span class="visually-hidden">"Selection"</span>
                                    </th>
                                }
                            })} {heads}
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
        {page.map(|page| view! { <Pager page /> })}
    }
    .into_any()
}

fn head(column: &Column) -> AnyView {
    let label = column.label.clone();
    let class = column.class();
    let Some((href, now)) = column.sort.clone() else {
        let shown = if column.hidden { "visually-hidden" } else { "" };
        return view! {
            <th role="columnheader" scope="col" class=class>
                <span class=shown>{label}</span>
            </th>
        }
        .into_any();
    };
    let (order, glyph) = match now {
        None => ("none", None),
        Some(Sort::Ascending) => ("ascending", Some(Glyph::SortUp)),
        Some(Sort::Descending) => ("descending", Some(Glyph::SortDown)),
    };
    view! {
        <th role="columnheader" scope="col" class=class aria-sort=order data-sort="">
            <a class="sort" href=href>
                {label}
                {glyph.map(|name| view! { <Icon name large=false /> })}
            </a>
        </th>
    }
    .into_any()
}
