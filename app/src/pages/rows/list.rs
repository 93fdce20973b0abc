//! The rows of a table.

use super::data::{ViewColumn, ViewRow, ViewRows, ViewTable, rows};
use crate::{
    forms,
    pages::{audit, load::*},
    ui::*,
    url,
    view::{self, counted},
};
use domain::{Code, tables::ColumnType};
use leptos::prelude::*;

/// `/tables/{id}`.
#[component]
pub fn Rows() -> AnyView {
    page(|input| rows(input.id.clone(), input.value("after")), show)
}

fn show(data: ViewRows) -> AnyView {
    let table = data.table.clone();
    let subtitle = format!(
        "{} · {} · encrypted: {}",
        counted(table.row_count, "row", "rows"),
        counted(table.columns.len() as u64, "column", "columns"),
        table.encryption
    );
    let body = match table.read.why.clone() {
        Some(why) => unreadable(&table, why),
        None => list(data),
    };
    view! {
        <PageHeader title=table.name.clone() subtitle trail=table.trail(false) />
        {commands(&table)}
        {forms::summary(&[])}
        {body}
        {facts(&table)}
    }
    .into_any()
}

fn commands(table: &ViewTable) -> AnyView {
    let table = table.clone();
    view! {
        <CommandBar>
            <CommandButton
                id="new-row"
                icon=Glyph::Add
                label="New row"
                run=Run::link(table.address("/rows/new"), table.write.why.clone())
            />
            <CommandButton
                id="import"
                icon=Glyph::Upload
                label="Import CSV"
                run=Run::link(table.address("/import"), table.import.why.clone())
            />
            <CommandButton
                id="export"
                icon=Glyph::Download
                label="Export CSV"
                run=Run::load(table.address("/export.csv"), table.export.why.clone())
            />
            <CommandButton id="refresh" icon=Glyph::Refresh label="Refresh" run=Run::load(table.address(""), None) />
        </CommandBar>
    }
    .into_any()
}

/// Offline, locked and forbidden are three different things.
pub(super) fn unreadable(table: &ViewTable, why: Why) -> AnyView {
    let locked = table.read.code == Some(Code::EnvironmentLocked);
    let (tone, title) = match table.read.code {
        Some(Code::EnvironmentOffline) => (Tone::Warning, "The rows are offline for a while."),
        Some(Code::EnvironmentLocked) => (Tone::Severe, "The rows are locked."),
        _ => (Tone::Info, "You cannot see the rows."),
    };
    let running = table
        .running
        .clone()
        .map(|(label, href)| view! { " " <a href=href>{format!("Follow: {label}")}</a> });
    let encryption = format!("/environments/{}/encryption", table.environment_id);
    let more = locked.then(|| view! { " " <a href=encryption>"Show the environment's encryption"</a> });
    view! {
        <MessageBar tone title>
            {view::why(why)}
            {running}
            {more}
        </MessageBar>
    }
    .into_any()
}

fn list(data: ViewRows) -> AnyView {
    let ViewRows { table, rows, first, next } = data;
    let page = Page {
        first: (!first).then(|| table.address("")),
        next: next.map(|after| url::with_query(&table.address(""), &[("after", &after)])),
        ..Page::default()
    };
    let columns = table.columns.iter().enumerate().map(|(at, column)| head(at, column)).collect();
    let lines = rows.into_iter().map(|line| row(&table, line)).collect();
    let caption = format!("Rows of {}", table.name);
    view! { <DataTable caption columns rows=lines empty=empty(&table) page /> }.into_any()
}

/// The first six columns stay where there is little room.
fn head(at: usize, column: &ViewColumn) -> Column {
    let head = match column.holds {
        ColumnType::DateTime => Column::new(format!("{} (UTC)", column.name)),
        _ => Column::new(&column.name),
    };
    let head = if at < 6 { head } else { head.minor() };
    match column.holds {
        ColumnType::WholeNumber | ColumnType::Decimal if at > 0 => head.numeric(),
        _ => head,
    }
}

fn row(table: &ViewTable, line: ViewRow) -> Row {
    let ViewRow { id, cells } = line;
    let href = table.address(&format!("/rows/{id}"));
    let Some(cells) = cells else { return damaged(table, id, href) };
    let mut cells = cells.into_iter();
    let name = cells.next().filter(|name| !name.is_empty()).unwrap_or_else(|| "(empty)".to_owned());
    let link = view! { <a href=href>{name.clone()}</a> };
    let row = Row::new(id, name).cell(link.into_any());
    cells.fold(row, |row, cell| row.cell(cell))
}

/// What is stored opens under no key: its page says what can be done.
fn damaged(table: &ViewTable, id: String, href: String) -> Row {
    let link = view! {
        <a href=href>"Damaged row"</a>
        " "
        <StateBadge state=State::Failed label="Cannot be read".to_owned() />
    };
    let row = Row::new(id, "Damaged row").cell(link.into_any());
    table.columns.iter().skip(1).fold(row, |row, _| row.cell(""))
}

fn empty(table: &ViewTable) -> AnyView {
    let action = table.write.allowed().then(|| {
        let (new, import) = (table.address("/rows/new"), table.address("/import"));
        view! {
            <div class="actions">
                <ButtonLink label="New row" href=new look=Look::Primary icon=Glyph::Add />
                <ButtonLink label="Import CSV" href=import icon=Glyph::Upload />
            </div>
        }
        .into_any()
    });
    view! {
        <EmptyState
            icon=Glyph::Environment
            title="No rows yet"
            text="Rows are sealed with the environment's data key before they are stored."
            action=action.into_any()
        />
    }
    .into_any()
}

fn facts(table: &ViewTable) -> AnyView {
    let columns = table.columns.iter().map(|column| {
        let need = if column.required { ", required" } else { "" };
        (column.name.clone(), format!("{}{need}", column.holds.label()))
    });
    let columns = audit::details(columns.collect());
    let environment = format!("/environments/{}", table.environment_id);
    let (name, region, at) = (table.environment.clone(), table.region.clone(), table.created.clone());
    view! {
        <details class="entry">
            <summary>"About this table"</summary>
            <Facts>
                <Fact name="Environment">
                    <a href=environment>{name}</a>
                </Fact>
                <Fact name="Region">{region}</Fact>
                <Fact name="Created">
                    <Time at />
                </Fact>
            </Facts>
            <h2>"Columns"</h2>
            {columns}
        </details>
    }
    .into_any()
}
