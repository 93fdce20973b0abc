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

/// The oldest `wasm-opt` that is trusted: version 108, which Debian 12 has, exports one table where
/// the module has two, and the page then fails with `Table.set(): Argument 1 is invalid`.
const OLDEST_WASM_OPT: u32 = 117;

/// Whether the system has a `wasm-opt` that works. It saves a fourteenth of the wasm's size and one
/// percent of what travels, so nobody is asked to install it.
pub(crate) fn has_wasm_opt() -> bool {
    let version = sh::output(Command::new("wasm-opt").arg("--version")).unwrap_or_default();
    let number = version.split(' ').find_map(|word| word.parse::<u32>().ok());
    number.is_some_and(|number| number >= OLDEST_WASM_OPT)
}

/// PostgreSQL's own programs, which the tests start privately.
pub(crate) fn postgres() -> Result<()> {
    provide("postgresql", || initdb().is_some())
}

/// What the tests break storage with.
pub(crate) fn strace() -> Result<()> {
    provide("strace", || sh::on_path("strace"))
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
