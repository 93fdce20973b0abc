//! Use cases on real databases: each test runs on SQLite and on PostgreSQL.

mod house;

mod activation;
mod audit;
mod crash;
mod encryption;
mod locks;
mod mail;
mod rows;
mod upload;
