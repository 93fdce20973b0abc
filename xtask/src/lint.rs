//! `lint`: what the compiler and its helpers can say about the code.

use crate::{sh, tally::Tally, wasm_target};
use anyhow::Result;
use std::process::{Command, ExitCode};

/// `cargo xtask lint`.
pub(crate) fn command() -> Result<ExitCode> {
    checks()?.finish()
}

/// Runs every check, also after one failed.
pub(crate) fn checks() -> Result<Tally> {
    let mut tally = Tally::default();
    tally += check("formatting", &mut sh::cargo(&["fmt", "--all", "--check"]));
    tally += check("clippy", &mut server_side());
    tally += check("clippy for the browser", &mut browser_side()?);
    Ok(tally)
}

fn server_side() -> Command {
    let workspace = ["clippy", "--quiet", "--workspace", "--exclude", "frontend", "--all-targets"];
    let mut clippy = sh::cargo(&workspace);
    clippy.args(["--", "--deny", "warnings"]);
    clippy
}

/// `frontend` and all it is made of, as the browser gets it. The profile is the build's own, so that
/// both share the procedural macros.
fn browser_side() -> Result<Command> {
    let toolchain = wasm_target::ensure()?;
    let check = toolchain.strictest_check();
    let mut cargo =
        toolchain.cargo(&[check, "--quiet", "--package", "frontend", "--lib", "--profile", "wasm-release"]);
    if check == "clippy" {
        cargo.args(["--", "--deny", "warnings"]);
    }
    Ok(cargo)
}

fn check(what: &str, command: &mut Command) -> Tally {
    eprintln!("xtask: {what}");
    match sh::run(command) {
        Ok(()) => Tally::PASS,
        Err(error) => Tally::fail(&format!("{what}: {error:#}")),
    }
}
