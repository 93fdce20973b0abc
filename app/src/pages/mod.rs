//! The pages, a folder or file a noun. Each has its server function (read-only, under `/fn`) beside it.

pub mod errors;
pub mod load;
pub mod tables;

pub use load::{Input, PageData, page};
