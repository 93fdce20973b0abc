//! `/api/v1` as its clients meet it.

mod client;

mod audit;
mod authorization;
mod environments;
mod http;
mod imports;
mod keys;
mod openapi;
mod operations;
mod regions;
mod rows;
mod tables;
mod tokens;
