//! Rows and what they mean: sea-orm entities and query functions on a transaction.
//!
//! One file per noun. Functions that decide nothing: they read, lock and write; the rules are in
//! `domain`, the use cases in `service`. An impossible row is [`StoreError::Inconsistent`], never a
//! default. Secrets pass through here only as sealed blobs.

#[macro_use]
mod entity;
mod batch;
mod db;
mod error;
mod page;

pub mod approvals;
pub mod archive;
pub mod audit;
pub mod backup_pieces;
pub mod backup_schedules;
pub mod backups;
pub mod data_keys;
pub mod environments;
pub mod gauges;
pub mod imports;
pub mod key_files;
pub mod keys;
pub mod leases;
pub mod messages;
pub mod operations;
pub mod overview;
pub mod platform_keys;
pub mod portal;
pub mod replicas;
pub mod reports;
pub mod ring_keys;
pub mod rings;
pub mod risk;
pub mod roll_backs;
pub mod rows;
pub mod sealed;
pub mod sessions;
pub mod sign_ins;
pub mod tables;
pub mod tenants;
pub mod tokens;
pub mod users;

pub use db::{Backend, Db};
pub use error::{StoreError, StoreResult};
pub use page::{Cursor, Page};
pub use sea_orm::{ConnectionTrait, DatabaseTransaction, TransactionTrait};
