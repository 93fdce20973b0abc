//! The server in process, on both databases: `cargo test -p server --test it`.

mod harness;

mod rest;
