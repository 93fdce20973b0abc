//! Programs that are not Rust: found, installed where we may, or named with the command that brings them.

use crate::sh;
use anyhow::{Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The browser of the end-to-end tests.
pub(crate) const CHROMIUM: &str = "/usr/bin/chromium";

/// Binaryen's `wasm-opt`, when there is one; root installs it.
pub(crate) fn wasm_opt() -> Option<PathBuf> {
    let from_npm = sh::root().join("end2end/node_modules/.bin/wasm-opt");
    if from_npm.is_file() {
        return Some(from_npm);
    }
    let ready = provide("binaryen", || sh::on_path("wasm-opt"));
    if let Err(error) = &ready {
        eprintln!("xtask: {error:#}");
    }
    ready.is_ok().then(|| PathBuf::from("wasm-opt"))
}

/// PostgreSQL's own programs, which the tests start privately.
pub(crate) fn postgres() -> Result<()> {
    provide("postgresql", || initdb().is_some())
}

/// Chromium and npm, which the journeys need.
pub(crate) fn browser() -> Result<()> {
    provide("chromium", || Path::new(CHROMIUM).is_file())?;
    provide("npm", || sh::on_path("npm"))
}

fn initdb() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    versions.flatten().map(|version| version.path().join("bin/initdb")).find(|path| path.is_file())
}

/// Makes sure that `present` holds, by installing the Debian package if we are root.
fn provide(package: &str, present: impl Fn() -> bool) -> Result<()> {
    if present() {
        return Ok(());
    }
    let how_to = format!("run `apt-get install {package}` as root");
    if !sh::on_path("apt-get") || !is_root() {
        bail!("{package} is missing: {how_to}");
    }
    eprintln!("xtask: installing {package}");
    let installed =
        apt_install(package).is_ok() || (apt(&["update"]).is_ok() && apt_install(package).is_ok());
    if !installed || !present() {
        bail!("{package} could not be installed: {how_to} and see what apt says");
    }
    Ok(())
}

fn apt_install(package: &str) -> Result<String> {
    apt(&["install", "--yes", "--no-install-recommends", package])
}

fn apt(args: &[&str]) -> Result<String> {
    sh::output(Command::new("apt-get").arg("--quiet=2").args(args).env("DEBIAN_FRONTEND", "noninteractive"))
}

fn is_root() -> bool {
    sh::output(Command::new("id").arg("-u")).is_ok_and(|id| id == "0")
}
