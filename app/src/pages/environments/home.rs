//! One environment: its facts and its tables.

use super::{
    data::{ViewEnvironment, ViewTable, whose_key},
    locked,
};
use crate::{
    error::UiError,
    pages::load::*,
    ui::*,
    view::{self, count, operation_card},
};
use leptos::prelude::*;

/// The environment of this id.
#[server(prefix = "/fn", endpoint = "environment")]
pub async fn environment(id: String) -> Result<ViewEnvironment, UiError> {
    let (portal, caller) = crate::request::request()?;
    ViewEnvironment::load(&portal, &caller, &id).await
}

/// `/environments/{id}`.
#[component]
pub fn EnvironmentHome() -> AnyView {
    page(|input| environment(input.id), show)
}

/// The whole page; the details stand beside it.
pub(super) fn show(data: ViewEnvironment) -> AnyView {
    let trail = vec![("Environments".to_owned(), "/environments".to_owned())];
    let running = data.operation.clone().filter(|operation| !operation.over);
    view! {
        <PageHeader
            title=data.name.clone()
            subtitle=data.subtitle()
            trail
            aside=view! { <StateBadge state=data.state /> }.into_any()
        />
        {commands(&data)}
        {unavailable(&data)}
        {running.map(operation_card)}
        {details_card(&data)}
        {tables(&data)}
    }
    .into_any()
}

fn commands(data: &ViewEnvironment) -> AnyView {
    let encryption = Run::link(data.address("/encryption"), None);
    let operations = Run::link(format!("/operations?environment={}", data.id), None);
    let refresh = Run::load(data.address(""), None);
    let backups = Run::link(data.address("/backups"), None);
    let copy = Run::link(data.address("/copy"), data.copy.why.clone());
    // Elsewhere it is never possible: no command, rather than one that says no for ever.
    let reset = data.sandbox.then(|| {
        let run = Run::link(data.address("/reset"), data.reset.why.clone());
        view! { <CommandButton id="reset" icon=Glyph::Delete label="Reset" run /> }
    });
    let table = Run::link(data.address("/tables/new"), data.create_table.why.clone());
    view! {
        <CommandBar>
            <CommandButton id="new-table" icon=Glyph::Add label="New table" run=table look=Look::Primary />
            <CommandButton
                id="encryption"
                icon=Glyph::Key
                label="Environment encryption"
                run=encryption
            />
            <CommandButton id="backups" icon=Glyph::Backup label="Backups" run=backups />
            <CommandButton id="copy" icon=Glyph::Copy label="Copy" run=copy />
            {reset}
            <CommandButton
                id="operations"
                icon=Glyph::Operation
                label="Operations"
                run=operations
            />
            <CommandButton id="refresh" icon=Glyph::Refresh label="Refresh" run=refresh />
        </CommandBar>
    }
    .into_any()
}

/// Why the rows cannot be read now.
fn unavailable(data: &ViewEnvironment) -> Option<AnyView> {
    if data.is_locked() {
        let href = data.address("/encryption");
        let more = view! { <ButtonLink label="Show its encryption" href /> }.into_any();
        return locked::bar(data, Some(more));
    }
    data.use_data.why.clone().map(|why| view::not_now("Unavailable.", why))
}

fn details_card(data: &ViewEnvironment) -> AnyView {
    let (kind, region, created) = (data.kind.clone(), data.region.clone(), data.created.clone());
    let (with, whose, holds) = (data.encrypted_with(), whose_key(data.key.is_some()), data.holds());
    let all = view! { <a href=data.address("/details")>"See all"</a> };
    view! {
        <Card title="Details" aside=all.into_any()>
            <Facts>
                <Fact name="Type">{kind}</Fact>
                <Fact name="Region">{region}</Fact>
                <Fact name="Created">
                    <Time at=created />
                </Fact>
                <Fact name="Encrypted with">
                    {with} " " {whose}
                </Fact>
                <Fact name="Holds">{holds}</Fact>
            </Facts>
        </Card>
    }
    .into_any()
}

fn tables(data: &ViewEnvironment) -> AnyView {
    let columns = vec![
        Column::new("Table"),
        Column::new("Rows").numeric(),
        Column::new("Columns").numeric().minor(),
        Column::new("Created").minor(),
    ];
    let empty = view! {
        <EmptyState
            icon=Glyph::Environment
            title="No tables yet"
            text="A table holds rows with typed columns. Every row is sealed before it is stored."
        />
    };
    view! {
        <DataTable
            caption="Tables"
            titled=true
            columns
            rows=data.tables.iter().cloned().map(row).collect()
            empty=empty.into_any()
        />
    }
    .into_any()
}

fn row(table: ViewTable) -> Row {
    let ViewTable { id, name, columns, rows, created } = table;
    let href = format!("/tables/{id}");
    Row::new(id, name.clone())
        .cell(view! { <a href=href>{name}</a> })
        .cell(count(rows))
        .cell(columns.to_string())
        .cell(view! { <Time at=created /> })
}
