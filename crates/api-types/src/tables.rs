//! Tables of an environment.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    Text,
    WholeNumber,
    Decimal,
    YesNo,
    DateTime,
    Choice,
    File,
    Image,
}

/// A table and its shape.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Table {
    pub id: Uuid,
    pub environment_id: Uuid,
    pub name: String,
    pub columns: Vec<Column>,
    pub rows: u64,
    /// Rows with data in File or Image columns (PP-015).
    pub file_rows: u64,
    #[schema(format = DateTime)]
    pub created_at: String,
}

/// A column of a table.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Column {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// Of a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Whether a row must fill it.
    pub required: bool,
}

/// A new, empty table.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTable {
    /// Starts with a letter; then letters, digits, spaces, `_` or `-`, 64 at most.
    pub name: String,
    /// 1 to 100 columns.
    pub columns: Vec<NewColumn>,
}

/// A column of a new table.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewColumn {
    /// As a table's name.
    pub name: String,
    // As text, so that the refusal of another word is the domain's.
    #[serde(rename = "type")]
    #[schema(value_type = ColumnType)]
    pub kind: String,
    /// Of a choice: 1 to 200.
    #[serde(default)]
    pub options: Vec<String>,
    #[serde(default)]
    pub required: bool,
}
