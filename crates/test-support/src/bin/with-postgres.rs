//! `with-postgres PROGRAM ARGUMENTS…` runs a program beside a private PostgreSQL, whose address it finds in
//! `KEYSTEAD_POSTGRES`. For what is not Rust and needs databases of its own: the browser journeys.

use anyhow::{Context, Result};
use std::{env, process::ExitCode};
use test_support::postgres::{Durability, Server};
use tokio::process::Command;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode> {
    let mut words = env::args_os().skip(1);
    let program = words.next().context("which program? with-postgres PROGRAM ARGUMENTS…")?;
    let server = Server::start(Durability::Fast).await?;
    let mut command = Command::new(&program);
    command.args(words).env("KEYSTEAD_POSTGRES", server.url("postgres"));
    let status = command.status().await.with_context(|| format!("cannot start {}", program.display()))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
