//! The server in process, on both databases: `cargo test -p server --test it`.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod cast;
mod harness;

mod pages;
mod rest;
mod shell;
