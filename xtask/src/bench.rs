//! `bench`: the measurements live in their own package, so that nothing else compiles them.

use crate::{build, deps, sh};
use anyhow::Result;
use std::process::ExitCode;

/// `cargo xtask bench ARGS…`.
pub(crate) fn command(args: &[String]) -> Result<ExitCode> {
    deps::postgres()?;
    let release = build::Options { release: true, ..build::Options::default() };
    build::site(release)?;
    let binary = build::server(release)?;
    let mut cargo = sh::cargo(&["run", "--release", "--package", "bench", "--"]);
    sh::run(cargo.args(args).env("KEYSTEAD_BIN", binary))?;
    Ok(ExitCode::SUCCESS)
}
