//! Bringing rows as a CSV file.

use super::{
    data::{ViewTable, table},
    list::unreadable,
};
use crate::{error::UiError, forms, pages::load::*, ui::*};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct ViewImport(ViewTable);

impl PageData for ViewImport {
    fn title(&self) -> String {
        format!("Import rows into {}", self.0.name)
    }
}

/// `/tables/{id}/import`.
#[component]
pub fn ImportRows() -> AnyView {
    page(|input| load(input.id), show)
}

async fn load(id: String) -> Result<ViewImport, UiError> {
    table(id).await.map(ViewImport)
}

fn show(data: ViewImport) -> AnyView {
    let title = data.title();
    let ViewImport(table) = data;
    let body = match table.import.why.clone() {
        Some(why) => unreadable(&table, why),
        None => form(&table),
    };
    view! {
        <PageHeader title trail=table.trail(true) />
        {body}
    }
    .into_any()
}

fn form(table: &ViewTable) -> AnyView {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let required = table.columns.iter().filter(|column| column.required).map(|column| column.name.as_str());
    let required: Vec<&str> = required.collect();
    let needed = (!required.is_empty()).then(|| format!("Required: {}.", required.join(", ")));
    view! {
        <form method="post" action=table.address("/import") enctype="multipart/form-data">
            {forms::summary(&[])}
            <FileInput
                name="file"
                label="CSV file"
                accept=".csv,text/csv"
                error=forms::error("file")
                hint="UTF-8 with commas, the first line names the columns. 2 GiB at most."
            />
            <div class="prose">
                <p>"The header line may name these columns, in any order:"</p>
                <p>
                    <code>{names.join(",")}</code>
                </p>
                {needed.map(|needed| view! { <p>{needed}</p> })}
                <p>
                    "Moments are UTC, such as 2026-11-22T09:12:00Z; yes/no columns take yes, no, true, false, 1 and 0. "
                    "Lines that do not fit are left out and reported; all others are stored."
                </p>
            </div>
            <div class="actions">
                <Button label="Import" look=Look::Primary />
                <ButtonLink label="Cancel" href=table.address("") />
            </div>
        </form>
    }
    .into_any()
}
