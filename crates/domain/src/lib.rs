//! Keystead's rules, without IO: ids, names, states, timers, roles, validation.
//!
//! Nothing here reads a clock, draws a random number or touches a file; all of it builds for
//! wasm, so that a page and the server refuse the same input with the same words. Rule numbers
//! such as `PP-083` or `X-12` are those of the specification the product is built to.

pub mod actions;
pub mod approvals;
pub mod backups;
pub mod cells;
pub mod environments;
pub mod events;
pub mod ids;
pub mod keys;
pub mod messages;
pub mod names;
pub mod operations;
pub mod password;
pub mod policy;
pub mod refusal;
pub mod rings;
pub mod roles;
pub mod tables;
pub mod time;

pub use ids::*;
pub use refusal::{Code, FieldError, Refusal};
pub use time::Timestamp;
