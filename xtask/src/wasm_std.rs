//! The wasm standard library from Debian's packages, without root and without installing anything.
//!
//! Debian ships a second Rust for its browsers (`rustc-web`) with the library's source. The packages
//! are unpacked into the user's cache, the library is built from that source once (about a minute),
//! and a two-line wrapper starts the compiler from there.

use crate::{sh, wasm_target::TARGET};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

/// The folder below cargo's target folder that the compiler from here builds into.
pub(crate) const FOLDER: &str = "wasm-debian";

fn home() -> PathBuf {
    sh::cache_dir().join("wasm-std-debian")
}

fn wrapper() -> PathBuf {
    home().join("rustc")
}

/// Whether an earlier run finished the work.
pub(crate) fn is_ready() -> bool {
    home().join("ready").is_file()
}

/// The compiler that can build for wasm, made on the first call; `linker` links for wasm.
pub(crate) fn ensure(linker: &Path) -> Result<PathBuf> {
    if is_ready() {
        return Ok(wrapper());
    }
    if !sh::on_path("apt-get") || !sh::on_path("dpkg") {
        bail!("this is not a Debian system");
    }
    if home().exists() {
        fs::remove_dir_all(home()).context("cannot clear what an interrupted run left")?;
    }
    fs::create_dir_all(home().join("deb"))?;
    unpack(&download()?)?;
    write_wrapper()?;
    build(linker).context("building the wasm standard library from Debian's rust-web-src failed")?;
    for spent in ["deb", "empty", "root/usr/src"] {
        fs::remove_dir_all(home().join(spent))?;
    }
    // What was compiled against an earlier build of the library does not fit this one.
    let built = sh::target_dir().join(FOLDER);
    if built.exists() {
        fs::remove_dir_all(built)?;
    }
    fs::write(home().join("ready"), "delete this folder to build it anew\n")?;
    Ok(wrapper())
}

/// Fetches the packages into `deb/`; their file paths.
fn download() -> Result<Vec<PathBuf>> {
    let std = depends("libstd-rust-web-dev")?.into_iter().find(|name| name.starts_with("libstd-rust-web-"));
    let std = std.context("Debian's package lists have no libstd-rust-web; run `apt-get update` as root")?;
    let mut names = vec!["rustc-web".to_owned(), "libstd-rust-web-dev".to_owned(), "rust-web-src".to_owned()];
    // LLVM, and what LLVM needs, unless the machine has it anyway.
    let libraries = depends(&std)?.into_iter().filter(|name| !is_installed(name)).collect::<Vec<_>>();
    for library in &libraries {
        names.extend(depends(library)?.into_iter().filter(|name| !is_installed(name)));
    }
    names.push(std);
    names.extend(libraries);
    names.sort();
    names.dedup();
    eprintln!("xtask: fetching {} from Debian (about 140 MB)", names.join(", "));
    let mut apt = Command::new("apt-get");
    apt.args(["download", "--quiet=2", "--option=APT::Sandbox::User=root"]).args(&names);
    sh::output(apt.current_dir(home().join("deb")))
        .context("Debian's packages could not be fetched; run `apt-get update` as root and try again")?;
    let files = home().join("deb").read_dir()?;
    Ok(files.flatten().map(|file| file.path()).filter(|path| path.extension().is_some()).collect())
}

/// The packages a package names under `Depends`, without those every system has.
fn depends(package: &str) -> Result<Vec<String>> {
    let text = sh::output(Command::new("apt-cache").args(["depends", package])).unwrap_or_default();
    let names = text.lines().filter_map(|line| line.trim().strip_prefix("Depends: "));
    Ok(names.filter(|name| !name.starts_with('<')).map(str::to_owned).collect())
}

fn is_installed(package: &str) -> bool {
    let query = sh::output(Command::new("dpkg-query").args(["--show", "--showformat=${Status}", package]));
    query.is_ok_and(|status| status.ends_with("ok installed"))
}

fn unpack(packages: &[PathBuf]) -> Result<()> {
    for package in packages {
        sh::output(Command::new("dpkg").arg("--extract").arg(package).arg(home().join("root")))?;
    }
    Ok(())
}

fn write_wrapper() -> Result<()> {
    let root = home().join("root/usr");
    let libraries = root.join("lib/x86_64-linux-gnu");
    let script = format!(
        "#!/bin/sh\nLD_LIBRARY_PATH='{}' exec '{}' \"$@\"\n",
        libraries.display(),
        root.join("bin/rustc").display()
    );
    fs::write(wrapper(), script)?;
    fs::set_permissions(wrapper(), fs::Permissions::from_mode(0o755))?;
    sh::output(Command::new(wrapper()).arg("-vV")).context("Debian's rustc does not start here")?;
    Ok(())
}

/// Builds an empty crate with its standard library and keeps the library.
fn build(linker: &Path) -> Result<()> {
    eprintln!("xtask: building the wasm standard library, once");
    let empty = home().join("empty");
    fs::create_dir_all(empty.join("src"))?;
    fs::write(empty.join("src/lib.rs"), "")?;
    let manifest = "[package]\nname = \"empty\"\nedition = \"2024\"\n[workspace]\n";
    fs::write(empty.join("Cargo.toml"), manifest)?;
    let mut cargo = sh::cargo(&["build", "--quiet", "--release", "-Zbuild-std=std,panic_abort"]);
    cargo.args(["--target", TARGET]).arg("--target-dir").arg(empty.join("target"));
    cargo.current_dir(&empty).env("RUSTC", wrapper()).env("RUSTC_BOOTSTRAP", "1");
    // Link-time optimisation reads the library's bitcode, which cargo leaves out by default.
    cargo.env("RUSTFLAGS", "-Cembed-bitcode=yes");
    sh::output(cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker))?;

    let library = home().join("root/usr/lib/rustlib").join(TARGET).join("lib");
    fs::create_dir_all(&library)?;
    for file in empty.join("target").join(TARGET).join("release/deps").read_dir()?.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let wanted = name.ends_with(".rlib") || name.ends_with(".rmeta");
        if wanted && !name.starts_with("libempty") {
            fs::copy(file.path(), library.join(name))?;
        }
    }
    Ok(())
}
