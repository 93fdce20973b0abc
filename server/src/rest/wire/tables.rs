//! Tables.

use super::at;
use api_types::{Column, ColumnType as Kind};
use domain::tables::ColumnType;
use store::tables::Table;

/// A table and its shape.
pub(in crate::rest) fn table(table: &Table) -> api_types::Table {
    api_types::Table {
        id: table.id.0,
        environment_id: table.environment_id.0,
        name: table.shape.name.to_string(),
        columns: table.shape.columns.iter().map(column).collect(),
        rows: table.row_count,
        file_rows: table.file_rows,
        created_at: at(table.created_at),
    }
}

fn column(column: &domain::tables::Column) -> Column {
    let (kind, options) = match &column.holds {
        ColumnType::Text => (Kind::Text, &[][..]),
        ColumnType::WholeNumber => (Kind::WholeNumber, &[][..]),
        ColumnType::Decimal => (Kind::Decimal, &[][..]),
        ColumnType::YesNo => (Kind::YesNo, &[][..]),
        ColumnType::DateTime => (Kind::DateTime, &[][..]),
        ColumnType::Choice { options } => (Kind::Choice, options.as_slice()),
        ColumnType::File => (Kind::File, &[][..]),
        ColumnType::Image => (Kind::Image, &[][..]),
    };
    Column { name: column.name.to_string(), kind, options: options.to_vec(), required: column.required }
}
