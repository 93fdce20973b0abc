//! Rows: cells by column name on the wire, in the order of the columns inside.

use crate::rest::problem::{Answer, Failure};
use api_types::{Cell as Wire, FileCell, RowInput};
use domain::{
    cells::{Cell, File},
    tables::TableShape,
};
use service::rows::{Listed, Row};
use std::collections::BTreeMap;

/// A row of a table of this shape.
pub(in crate::rest) fn row(shape: &TableShape, row: &Row) -> api_types::Row {
    api_types::Row { id: row.id.0, cells: by_name(shape, &row.cells), damaged: false }
}

/// A row of a page of rows.
pub(in crate::rest) fn listed(shape: &TableShape, row: &Listed) -> api_types::Row {
    let cells = row.cells.as_deref().map(|cells| by_name(shape, cells));
    api_types::Row { id: row.id.0, damaged: cells.is_none(), cells: cells.unwrap_or_default() }
}

fn by_name(shape: &TableShape, cells: &[Cell]) -> BTreeMap<String, Wire> {
    let names = shape.columns.iter().map(|column| column.name.to_string());
    names.zip(cells.iter().map(to_wire)).collect()
}

/// The cells of `input` in the order of the columns; columns that are left out are empty. `place`
/// is what names the row in errors.
pub(in crate::rest) fn cells(shape: &TableShape, input: RowInput, place: &str) -> Answer<Vec<Cell>> {
    let mut cells = vec![None; shape.columns.len()];
    for (name, cell) in input.cells {
        let wrong = |why| Failure::field(&format!("{place}{name}"), why);
        let at = shape.position(&name).ok_or_else(|| wrong("The table has no such column."))?;
        if cells[at].replace(from_wire(cell)).is_some() {
            return Err(wrong("The column is given twice; letter case does not tell columns apart."));
        }
    }
    Ok(cells.into_iter().map(|cell| cell.unwrap_or(Cell::Empty)).collect())
}

fn to_wire(cell: &Cell) -> Wire {
    match cell {
        Cell::Empty => Wire::Empty,
        Cell::YesNo(value) => Wire::YesNo(*value),
        Cell::WholeNumber(value) => Wire::WholeNumber(*value),
        Cell::Text(text) => Wire::Text(text.clone()),
        Cell::File(file) => Wire::File(FileCell {
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            content: file.content.clone(),
        }),
    }
}

fn from_wire(cell: Wire) -> Cell {
    match cell {
        Wire::Empty => Cell::Empty,
        Wire::YesNo(value) => Cell::YesNo(value),
        Wire::WholeNumber(value) => Cell::WholeNumber(value),
        Wire::Text(text) => Cell::Text(text),
        Wire::File(FileCell { name, media_type, content }) => Cell::File(File { name, media_type, content }),
    }
}
