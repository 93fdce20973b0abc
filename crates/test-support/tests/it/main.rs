//! What the other crates' tests rely on, tested itself.

mod both;
mod pfx;
mod postgres;
mod process;
mod smtp;
mod smtp_client;
mod smtp_faults;
mod sqlite;
mod victim;
