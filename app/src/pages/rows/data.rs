//! What the pages of rows are told.

use crate::{
    error::UiError,
    pages::PageData,
    ui::Moment,
    view::{ViewDecision, Why},
};
use domain::tables::ColumnType;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The field of the column at this place in the form of a row. Not the column's name: a column may
/// be called `password`, and such fields never come back from a refused form.
pub fn field_name(at: usize) -> String {
    format!("c{at}")
}

/// A column of a table.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewColumn {
    pub name: String,
    pub holds: ColumnType,
    pub required: bool,
}

/// A table with what surrounds its rows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewTable {
    pub id: String,
    pub name: String,
    pub environment: String,
    pub environment_id: String,
    pub region: String,
    /// "Self-managed": how its rows are encrypted.
    pub encryption: String,
    pub columns: Vec<ViewColumn>,
    pub row_count: u64,
    pub created: Moment,
    /// What may be done now.
    pub read: ViewDecision,
    pub write: ViewDecision,
    pub import: ViewDecision,
    pub export: ViewDecision,
    /// The job that holds the environment, `(what it does, its address)`.
    pub running: Option<(String, String)>,
}

impl ViewTable {
    pub(super) fn address(&self, below: &str) -> String {
        format!("/tables/{}{below}", self.id)
    }

    /// The way to the table, and with `inside` to what lies in it.
    pub(super) fn trail(&self, inside: bool) -> Vec<(String, String)> {
        let environment = (self.environment.clone(), format!("/environments/{}", self.environment_id));
        let mut trail = vec![("Environments".to_owned(), "/environments".to_owned()), environment];
        if inside {
            trail.push((self.name.clone(), self.address("")));
        }
        trail
    }
}

/// One row, its cells shortened; none of one that opens under no key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewRow {
    pub id: String,
    pub cells: Option<Vec<String>>,
}

/// A page of rows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewRows {
    pub table: ViewTable,
    pub rows: Vec<ViewRow>,
    /// Whether these are the first ones.
    pub first: bool,
    /// The row after which the next page begins.
    pub next: Option<String>,
}

impl PageData for ViewRows {
    fn title(&self) -> String {
        self.table.name.clone()
    }

    /// An environment that is offline comes back by itself.
    fn running(&self) -> bool {
        self.table.running.is_some() && !self.table.read.allowed()
    }
}

/// One row to be changed; a new one has no id and no values.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewRowForm {
    pub table: ViewTable,
    pub id: Option<String>,
    /// In the order of the columns: text, or the name of a file.
    pub values: Vec<String>,
    /// Why there are none: what is stored opens under no key.
    pub damaged: Option<Why>,
    /// Whether the question stands whether to delete it.
    pub deleting: bool,
}

/// The rows of a table after the row `after`, from the first one when that is empty.
#[server(prefix = "/fn", endpoint = "rows")]
pub async fn rows(table: String, after: String) -> Result<ViewRows, UiError> {
    let (portal, caller) = crate::request::request()?;
    let table = table.parse().map_err(|_| UiError::not_found("table"))?;
    ViewRows::load(&portal, &caller, table, after.parse().ok()).await
}

/// The table alone: for a new row and an import.
#[server(prefix = "/fn", endpoint = "table")]
pub async fn table(table: String) -> Result<ViewTable, UiError> {
    let (portal, caller) = crate::request::request()?;
    let table = table.parse().map_err(|_| UiError::not_found("table"))?;
    ViewTable::load(&portal, &caller, table).await
}

/// One row, whole.
#[server(prefix = "/fn", endpoint = "row")]
pub async fn row(table: String, row: String) -> Result<ViewRowForm, UiError> {
    let (portal, caller) = crate::request::request()?;
    let table = table.parse().map_err(|_| UiError::not_found("table"))?;
    let row = row.parse().map_err(|_| UiError::not_found("row"))?;
    ViewRowForm::load(&portal, &caller, table, row).await
}
