//! The audit log.

pub mod entry;
mod list;
pub mod words;

pub use entry::{ViewEntry, details, history};
pub use list::AuditLog;
