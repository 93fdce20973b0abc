//! Rows of a table: the list, a new one, one to change or delete, CSV files in and out.

#[cfg(feature = "ssr")]
mod build;
mod data;
mod field;
mod form;
mod import;
mod list;

pub use data::field_name;
pub use form::{EditRow, NewRow};
pub use import::ImportRows;
pub use list::Rows;
