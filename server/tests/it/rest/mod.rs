//! `/api/v1` as its clients meet it.

pub(crate) mod client;

mod approvals;
mod audit;
mod authorization;
mod backups;
mod environments;
mod http;
mod imports;
mod keys;
mod lock;
mod openapi;
mod operations;
mod parity;
mod regions;
mod rows;
mod tables;
mod tokens;
