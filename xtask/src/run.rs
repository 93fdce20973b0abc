//! `run`: build, then become the server.

use crate::{build, sh};
use anyhow::{Context, Result};
use std::{
    os::unix::process::CommandExt,
    process::{Command, ExitCode},
};

/// `cargo xtask run`: does not return while the server runs, which gets the signals itself.
pub(crate) fn command(args: &[String]) -> Result<ExitCode> {
    let (options, rest) = build::Options::split(args);
    build::site(options)?;
    let binary = build::server(options)?;
    let mut server = Command::new(&binary);
    server.args(["serve", "--data-dir", "./data"]).args(rest.iter().filter(|arg| *arg != "--"));
    Err(server.current_dir(sh::root()).exec()).with_context(|| format!("cannot start {}", binary.display()))
}
