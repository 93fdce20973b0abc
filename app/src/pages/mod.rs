//! The pages, a folder or file a noun. Each has its server function (read-only, under `/fn`) beside it.

mod answer;
pub mod audit;
pub mod backups;
pub mod clock;
pub mod environments;
pub mod errors;
pub mod keys;
pub mod load;
pub mod notifications;
pub mod operations;
pub mod overview;
pub mod risk;
pub mod rows;
pub mod session;
pub mod tables;

pub use load::{Input, PageData, page};
