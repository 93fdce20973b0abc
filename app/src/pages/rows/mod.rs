//! Rows of a table: the list, a new one, one to change or delete, CSV files in and out.

#[cfg(feature = "ssr")]
mod build;
pub mod data;
mod field;
pub mod form;
pub mod import;
pub mod list;

pub use data::field_name;
pub use form::{EditRow, NewRow};
pub use import::ImportRows;
pub use list::Rows;
