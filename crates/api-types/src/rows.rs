//! Rows: cells by column name.

use crate::bounded;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// A row and its cells.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Row {
    pub id: Uuid,
    /// By column name; every column is there, an empty one as `null`. None of a damaged row.
    pub cells: BTreeMap<String, Cell>,
    /// Whether what is stored opens under no key: its bytes were altered or are broken.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub damaged: bool,
}

/// A value: `null`, true or false, a whole number, a text, or a file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(
    untagged,
    expecting = "null, true or false, a whole number, a text (also for decimals, times and choices), \
                 or an object with name, media_type and content"
)]
pub enum Cell {
    Empty,
    YesNo(bool),
    WholeNumber(i64),
    /// Text, decimal (`-12.50`), date-time (RFC 3339) and choice.
    Text(String),
    File(FileCell),
}

/// A file or image in a cell.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileCell {
    pub name: String,
    #[schema(example = "image/png")]
    pub media_type: String,
    /// The bytes in base64, 5 MiB at most.
    pub content: String,
}

/// A row as it is written.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RowInput {
    /// By column name, letter case aside, 100 at most; columns that are left out are empty.
    #[serde(deserialize_with = "bounded::map::<_, _, 100>")]
    pub cells: BTreeMap<String, Cell>,
}

/// Rows to add: all of them or none.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRows {
    /// 1 to 10,000.
    #[serde(deserialize_with = "bounded::list::<_, _, 10_000>")]
    #[schema(min_items = 1, max_items = 10_000)]
    pub rows: Vec<RowInput>,
}

/// The ids of added rows, in the order they were given.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct RowsAdded {
    pub ids: Vec<Uuid>,
}
