//! The server in process, on both databases: `cargo test -p server --test it`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests may panic, and tell what they saw")]

mod cast;
mod harness;

mod pages;
mod processes;
mod rest;
mod shell;
