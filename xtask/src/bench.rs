//! `bench`: the measurements live in their own package, so that nothing else compiles them.

use crate::sh;
use anyhow::Result;
use std::process::ExitCode;

/// `cargo xtask bench ARGS…`.
pub(crate) fn command(args: &[String]) -> Result<ExitCode> {
    let mut cargo = sh::cargo(&["run", "--release", "--package", "bench", "--"]);
    sh::run(cargo.args(args))?;
    Ok(ExitCode::SUCCESS)
}
