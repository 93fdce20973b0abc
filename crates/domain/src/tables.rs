//! Tables of an environment: typed columns.

use crate::names::{ColumnName, TableName};
use serde::{Deserialize, Serialize};

/// At most this many columns a table.
pub const MAX_COLUMNS: usize = 100;
/// At most this many bytes in one text cell.
pub const MAX_TEXT: usize = 100_000;
/// At most this many bytes in one File or Image cell.
pub const MAX_FILE: usize = 5 * 1024 * 1024;

/// What a column holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ColumnType {
    Text,
    WholeNumber,
    Decimal,
    YesNo,
    DateTime,
    /// One of these options.
    Choice {
        options: Vec<String>,
    },
    /// PP-015: an environment with such data cannot use a customer key.
    File,
    /// PP-015, likewise.
    Image,
}

impl ColumnType {
    /// The type's name in forms and the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            ColumnType::Text => "text",
            ColumnType::WholeNumber => "whole_number",
            ColumnType::Decimal => "decimal",
            ColumnType::YesNo => "yes_no",
            ColumnType::DateTime => "date_time",
            ColumnType::Choice { .. } => "choice",
            ColumnType::File => "file",
            ColumnType::Image => "image",
        }
    }

    /// The name as pages show it.
    pub const fn label(&self) -> &'static str {
        match self {
            ColumnType::Text => "Text",
            ColumnType::WholeNumber => "Whole number",
            ColumnType::Decimal => "Decimal",
            ColumnType::YesNo => "Yes/no",
            ColumnType::DateTime => "Date and time",
            ColumnType::Choice { .. } => "Choice",
            ColumnType::File => "File",
            ColumnType::Image => "Image",
        }
    }

    /// Whether PP-015 speaks of it.
    pub const fn holds_files(&self) -> bool {
        matches!(self, ColumnType::File | ColumnType::Image)
    }

    /// Reads the type's name; `options` are a choice's, one each, at least one.
    pub fn parse(name: &str, options: &[String]) -> Result<Self, &'static str> {
        Ok(match name {
            "text" => ColumnType::Text,
            "whole_number" => ColumnType::WholeNumber,
            "decimal" => ColumnType::Decimal,
            "yes_no" => ColumnType::YesNo,
            "date_time" => ColumnType::DateTime,
            "file" => ColumnType::File,
            "image" => ColumnType::Image,
            "choice" => ColumnType::Choice { options: choice_options(options)? },
            _ => return Err("Choose one of the offered column types."),
        })
    }
}

fn choice_options(options: &[String]) -> Result<Vec<String>, &'static str> {
    let mut kept: Vec<String> = Vec::new();
    for option in options.iter().map(|option| option.trim()).filter(|option| !option.is_empty()) {
        if !kept.iter().any(|known| known == option) {
            kept.push(option.to_owned());
        }
    }
    if kept.is_empty() || kept.len() > 200 {
        return Err("A choice needs 1 to 200 options.");
    }
    Ok(kept)
}

/// A column: its name and what it holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Column {
    pub name: ColumnName,
    #[serde(flatten)]
    pub holds: ColumnType,
    /// Whether a row must fill it.
    #[serde(default)]
    pub required: bool,
}

/// A table's shape. Cells of a row are in the order of `columns`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TableShape {
    pub name: TableName,
    pub columns: Vec<Column>,
}

impl TableShape {
    /// Checks the whole: 1 to [`MAX_COLUMNS`] columns, no name twice (letter case aside).
    pub fn new(name: TableName, columns: Vec<Column>) -> Result<Self, &'static str> {
        if columns.is_empty() || columns.len() > MAX_COLUMNS {
            return Err("A table has 1 to 100 columns.");
        }
        let mut names: Vec<String> = columns.iter().map(|c| c.name.as_str().to_lowercase()).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err("Two columns have the same name.");
        }
        Ok(Self { name, columns })
    }

    /// The index of the column called `name`, letter case aside.
    pub fn position(&self, name: &str) -> Option<usize> {
        let name = name.trim().to_lowercase();
        self.columns.iter().position(|c| c.name.as_str().to_lowercase() == name)
    }
}
