//! `build`: the wasm, the site's files, then the server that carries them.

use crate::{assets, sh, wasm};
use anyhow::{Result, bail};
use std::path::PathBuf;

/// What the command line asked for.
#[derive(Clone, Copy, Default)]
pub(crate) struct Options {
    /// A quicker, larger wasm.
    pub(crate) fast: bool,
    /// The optimised server with the site inside.
    pub(crate) release: bool,
}

impl Options {
    /// Takes our own flags out of `args` and returns the rest.
    pub(crate) fn split(args: &[String]) -> (Self, Vec<String>) {
        let rest = args.iter().filter(|arg| !matches!(arg.as_str(), "--fast" | "--release"));
        let given = |flag: &str| args.iter().any(|arg| arg == flag);
        (Self { fast: given("--fast"), release: given("--release") }, rest.cloned().collect())
    }
}

/// `cargo xtask build`.
pub(crate) fn command(args: &[String]) -> Result<()> {
    let (options, rest) = Options::split(args);
    if let Some(unknown) = rest.first() {
        bail!("`build` does not know `{unknown}`; it takes --fast and --release");
    }
    site(options)?;
    let binary = server(options)?;
    sh::say(&format!("built {}", binary.display()))
}

/// The wasm and everything else under `/assets`.
pub(crate) fn site(options: Options) -> Result<()> {
    assets::write(&wasm::build(options.fast)?, options.fast)
}

/// The server binary; its path.
pub(crate) fn server(options: Options) -> Result<PathBuf> {
    let mut cargo = sh::cargo(&["build", "--package", "server", "--bin", "keystead"]);
    if options.release {
        cargo.arg("--release");
    }
    sh::run(&mut cargo)?;
    Ok(sh::target_dir().join(if options.release { "release" } else { "debug" }).join("keystead"))
}

/// The program that brings the journeys their PostgreSQL; its path.
pub(crate) fn with_postgres() -> Result<PathBuf> {
    sh::run(&mut sh::cargo(&["build", "--package", "test-support", "--bin", "with-postgres"]))?;
    Ok(sh::target_dir().join("debug/with-postgres"))
}
