//! The browser's half: `frontend` compiled, bound to JavaScript, shrunk.
//!
//! `wasm-bindgen` runs as a library of the version that `frontend` itself uses, so the two can never
//! disagree. What it made is kept beside the key of what it was made from.

use crate::{deps, sh, wasm_target};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use wasm_bindgen_cli_support::Bindgen;

/// The built module: its bytes, and the JavaScript that loads it.
pub(crate) struct Wasm {
    /// Ends before the call that starts it: only the caller knows the URL of `bytes`.
    pub(crate) js: String,
    pub(crate) bytes: Vec<u8>,
}

/// Builds what the browser runs, unless nothing it is made from changed. `fast`: no size optimisation.
pub(crate) fn build(fast: bool) -> Result<Wasm> {
    let toolchain = wasm_target::ensure()?;
    let profile = if fast { "wasm-fast" } else { "wasm-release" };
    let stage = toolchain.target_dir().join("stage").join(profile);
    let key = key(&toolchain, profile)?;
    if fs::read_to_string(stage.join("key")).is_ok_and(|built| built == key) {
        return read(&stage);
    }
    eprintln!("xtask: building the wasm ({profile})");
    sh::run(&mut toolchain.cargo(&["build", "--package", "frontend", "--lib", "--profile", profile]))?;
    let raw = toolchain.target_dir().join(wasm_target::TARGET).join(profile).join("frontend.wasm");
    if stage.exists() {
        fs::remove_dir_all(&stage)?;
    }
    bind(&raw, &stage)?;
    if !fast && deps::has_wasm_opt() {
        shrink(&stage.join("keystead_bg.wasm"))?;
    }
    fs::write(stage.join("key"), key)?;
    read(&stage)
}

fn read(stage: &Path) -> Result<Wasm> {
    let js = fs::read_to_string(stage.join("keystead.js"))?;
    Ok(Wasm { js, bytes: fs::read(stage.join("keystead_bg.wasm"))? })
}

/// A digest over everything the module depends on: the compiler, the crates with their versions and
/// features, the profiles, our own sources, and this recipe.
///
/// Cargo decides by modification times, which a fresh clone changes; contents survive it.
fn key(toolchain: &wasm_target::Toolchain, profile: &str) -> Result<String> {
    let tree = ["tree", "--package", "frontend", "--edges", "normal,build", "--prefix", "none"];
    let tree = sh::output(toolchain.ask_cargo(&tree).args(["--format", "{p} {f}", "--no-dedupe"]))?;
    let mut digest = Sha256::new();
    let crates = tree.replace(&*sh::root().to_string_lossy(), "");
    let flags = include_str!("../../.cargo/config.toml");
    for part in [profile, &toolchain.version()?, &crates, &profiles()?, flags, include_str!("wasm.rs")] {
        digest.update(part);
    }
    for path in sources(&tree)? {
        digest.update(path.strip_prefix(sh::root())?.as_os_str().as_encoded_bytes());
        digest.update(fs::read(&path)?);
    }
    Ok(format!("{:x?}", digest.finalize().as_slice()))
}

/// The part of the root manifest that says how crates are compiled for release.
fn profiles() -> Result<String> {
    let manifest = fs::read_to_string(sh::root().join("Cargo.toml"))?;
    let sections = manifest
        .split("\n[")
        .filter(|section| section.starts_with("profile.release") || section.starts_with("profile.wasm-"));
    Ok(sections.collect())
}

/// Every file of the workspace's own crates in `tree`, sorted. A line of it is
/// `app v0.1.0 (/path/to/app) hydrate`.
fn sources(tree: &str) -> Result<Vec<PathBuf>> {
    let folder = |line: &str| Some(PathBuf::from(line.split_once("(/")?.1.split_once(')')?.0));
    let mut files = Vec::new();
    for crate_dir in tree.lines().filter_map(folder).map(|dir| Path::new("/").join(dir)) {
        walk(&crate_dir, &mut files)?;
    }
    files.sort();
    files.dedup();
    Ok(files)
}

fn walk(dir: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in dir.read_dir().with_context(|| format!("cannot read {}", dir.display()))? {
        let path = entry?.path();
        if path.is_dir() { walk(&path, files)? } else { files.push(path) }
    }
    Ok(())
}

/// Writes `keystead.js` and `keystead_bg.wasm` into `stage`.
fn bind(raw: &Path, stage: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(raw).out_name("keystead").typescript(false).omit_default_module_path(true);
    bindgen.remove_name_section(true).remove_producers_section(true);
    let mut output = bindgen.web(true)?.generate_output()?;
    let brought = output.snippets().iter().filter(|(_, scripts)| !scripts.is_empty()).map(|(name, _)| name);
    let brought: Vec<&String> = brought.chain(output.local_modules().keys()).collect();
    if !brought.is_empty() {
        bail!("{brought:?} bring JavaScript of their own, which the site does not serve");
    }
    output.emit(stage)
}

/// Shrinks the module in place.
fn shrink(wasm: &Path) -> Result<()> {
    let smaller = wasm.with_extension("opt");
    sh::output(Command::new("wasm-opt").arg("-Oz").arg(wasm).arg("--output").arg(&smaller))?;
    fs::rename(smaller, wasm).context("cannot replace the wasm by its smaller form")
}
