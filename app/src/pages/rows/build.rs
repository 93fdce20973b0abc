//! The answers of the service, as the pages of rows are told them.

use super::data::{ViewColumn, ViewRow, ViewRowForm, ViewRows, ViewTable};
use crate::{
    error::UiError,
    view::{ViewDecision, Why},
};
use domain::{
    Code, RowId, TableId,
    actions::Action,
    cells::Cell,
    tables::{Column, ColumnType},
};
use service::{Caller, Portal, ServiceError, environments::Details, rows, store::tables::Table};

/// So many rows a page.
const PAGE: usize = 50;
/// So many characters of a cell are shown in the list.
const SHOWN: usize = 80;

impl ViewTable {
    pub(super) async fn load(portal: &Portal, caller: &Caller, id: TableId) -> Result<Self, UiError> {
        let table = service::tables::get(portal, caller, id).await?;
        let environment = service::environments::get(portal, caller, table.environment_id).await?;
        Ok(Self::new(caller, &table, &environment))
    }

    fn new(caller: &Caller, table: &Table, details: &Details) -> Self {
        let environment = &details.listed.environment;
        let decision = |action| ViewDecision::new(&details.data(caller, action), details.now);
        let running = details.operation.as_ref().filter(|operation| !operation.state.is_over());
        Self {
            id: table.id.to_string(),
            name: table.shape.name.to_string(),
            environment: environment.name.clone(),
            environment_id: environment.id.to_string(),
            region: details.listed.region.clone(),
            encryption: details.key.as_ref().map_or_else(
                || environment.state.label().to_owned(),
                |key| format!("{} ({})", environment.state.label(), key.name),
            ),
            columns: table.shape.columns.iter().map(ViewColumn::from).collect(),
            row_count: table.row_count,
            created: table.created_at.into(),
            read: decision(Action::RowRead),
            write: decision(Action::RowWrite),
            import: decision(Action::RowImport),
            export: decision(Action::RowExport),
            running: running.map(|job| (job.kind.label().to_owned(), format!("/operations/{}", job.id))),
        }
    }
}

impl From<&Column> for ViewColumn {
    fn from(column: &Column) -> Self {
        Self { name: column.name.to_string(), holds: column.holds.clone(), required: column.required }
    }
}

impl ViewRows {
    pub(super) async fn load(
        portal: &Portal,
        caller: &Caller,
        id: TableId,
        after: Option<RowId>,
    ) -> Result<Self, UiError> {
        let table = ViewTable::load(portal, caller, id).await?;
        if !table.read.allowed() {
            return Ok(Self { table, rows: Vec::new(), first: true, next: None });
        }
        let (_, page) = rows::page(portal, caller, id, after, PAGE).await?;
        let rows = page.items.iter().map(|row| ViewRow {
            id: row.id.to_string(),
            cells: row.cells.as_ref().map(|cells| {
                cells.iter().zip(&table.columns).map(|(cell, column)| in_a_list(column, cell)).collect()
            }),
        });
        Ok(Self {
            rows: rows.collect(),
            first: after.is_none(),
            next: page.next.map(|cursor| RowId(cursor.id).to_string()),
            table,
        })
    }
}

impl ViewRowForm {
    pub(super) async fn load(
        portal: &Portal,
        caller: &Caller,
        table: TableId,
        id: RowId,
    ) -> Result<Self, UiError> {
        let found = rows::get(portal, caller, table, id).await;
        let table = ViewTable::load(portal, caller, table).await?;
        let (values, damaged) = match found {
            Ok((found, row)) => {
                let pairs = found.shape.columns.iter().zip(&row.cells);
                (pairs.map(|(column, cell)| in_a_field(column, cell)).collect(), None)
            }
            Err(ServiceError::Refused(refusal)) if refusal.code == Code::RowDamaged => {
                let why = Why::new(&refusal, portal.clock().now());
                (vec![String::new(); table.columns.len()], Some(why))
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Self { table, id: Some(id.to_string()), values, damaged, deleting: false })
    }
}

/// As the column's control takes it: moments without their zone, which is always UTC.
fn in_a_field(column: &Column, cell: &Cell) -> String {
    let text = cell.text();
    match column.holds {
        ColumnType::DateTime => text.trim_end_matches('Z').to_owned(),
        _ => text,
    }
}

/// As the list shows it: moments to be read, long texts shortened.
fn in_a_list(column: &ViewColumn, cell: &Cell) -> String {
    match column.holds {
        ColumnType::DateTime => cell.text().trim_end_matches('Z').replace('T', " "),
        _ => shorten(cell.text()),
    }
}

/// The beginning of a long text, on one line.
fn shorten(text: String) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.len() == text.len() && line.chars().count() <= SHOWN {
        return text;
    }
    let start: String = line.chars().take(SHOWN).collect();
    format!("{start}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_cells_are_shortened_at_characters() {
        assert_eq!(shorten("ä".repeat(80)), "ä".repeat(80));
        assert_eq!(shorten("ä".repeat(81)), format!("{}…", "ä".repeat(80)));
        assert_eq!(shorten("one\ntwo".to_owned()), "one…");
        assert_eq!(shorten(String::new()), "");
    }
}
