//! The audit log.

pub mod entry;
pub mod list;
pub mod words;

pub use entry::{ViewEntry, details, history};
pub use list::AuditLog;
