//! Which compiler builds for the browser.
//!
//! The standard library for `wasm32-unknown-unknown` is, in this order: already there; downloaded by
//! rustup; built from Debian's packages ([`crate::wasm_std`]), for machines that reach a Debian
//! mirror but not rustup's server.

use crate::{sh, wasm_std};
use anyhow::{Context, Result, bail};
use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The one target the browser understands.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// How long a download by rustup may take before the next way is tried.
const RUSTUP_PATIENCE: Duration = Duration::from_secs(180);

/// A compiler that can build for [`TARGET`].
pub(crate) struct Toolchain {
    /// The folder below the target folder that this compiler's output goes to: two compilers of
    /// different versions must not share one.
    pub(crate) folder: &'static str,
    /// The compiler, when it is not the usual one, with the linker it needs.
    pub(crate) special: Option<Special>,
}

/// A compiler beside the usual one.
pub(crate) struct Special {
    pub(crate) rustc: PathBuf,
    pub(crate) linker: PathBuf,
}

impl Toolchain {
    const USUAL: Self = Self { folder: "wasm", special: None };

    /// The folder cargo builds the wasm into; its own, so that no other build waits for it.
    pub(crate) fn target_dir(&self) -> PathBuf {
        sh::target_dir().join(self.folder)
    }

    /// Cargo building with this compiler into [`Self::target_dir`].
    pub(crate) fn cargo(&self, args: &[&str]) -> Command {
        let mut cargo = self.ask_cargo(args);
        cargo.arg("--target-dir").arg(self.target_dir());
        cargo
    }

    /// Cargo asked about the build for this compiler; it builds nothing.
    pub(crate) fn ask_cargo(&self, args: &[&str]) -> Command {
        let mut cargo = sh::cargo(args);
        cargo.args(["--target", TARGET]);
        if let Some(Special { rustc, linker }) = &self.special {
            cargo.env("RUSTC", rustc).env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        cargo
    }

    /// The subcommand that looks hardest at code: clippy belongs to the usual compiler alone.
    pub(crate) fn strictest_check(&self) -> &'static str {
        if self.special.is_some() { "check" } else { "clippy" }
    }

    /// The compiler's version, for the key of what it built.
    pub(crate) fn version(&self) -> Result<String> {
        let rustc = self.special.as_ref().map_or(Path::new("rustc"), |special| &special.rustc);
        sh::output(Command::new(rustc).arg("-vV"))
    }
}

/// Finds or makes the compiler; the second time it costs milliseconds.
pub(crate) fn ensure() -> Result<Toolchain> {
    match env::var("KEYSTEAD_WASM_STD").as_deref() {
        Ok("installed") if !installed()? => bail!("the target {TARGET} is not installed; {HOW_TO}"),
        Ok("installed") => Ok(Toolchain::USUAL),
        Ok("rustup") => rustup().map(|()| Toolchain::USUAL),
        Ok("debian") => debian(),
        Ok(other) => bail!("KEYSTEAD_WASM_STD={other}: it may be installed, rustup or debian"),
        Err(_) => first_that_works(),
    }
}

const HOW_TO: &str = "where static.rust-lang.org can be reached run `rustup target add wasm32-unknown-unknown`, \
    else use Debian or Ubuntu, where `cargo xtask` builds it from the distribution's packages";

fn first_that_works() -> Result<Toolchain> {
    if installed()? {
        return Ok(Toolchain::USUAL);
    }
    if wasm_std::is_ready() {
        return debian();
    }
    match rustup() {
        Ok(()) => Ok(Toolchain::USUAL),
        Err(first) => {
            eprintln!("xtask: no {TARGET} from rustup ({first:#}); building it from Debian's packages");
            debian().with_context(|| format!("no standard library for {TARGET}; {HOW_TO}"))
        }
    }
}

fn debian() -> Result<Toolchain> {
    let linker = linker()?;
    let rustc = wasm_std::ensure(&linker)?;
    Ok(Toolchain { folder: wasm_std::FOLDER, special: Some(Special { rustc, linker }) })
}

fn installed() -> Result<bool> {
    let libdir = sh::output(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]))?;
    let Ok(files) = Path::new(&libdir).read_dir() else { return Ok(false) };
    Ok(files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libstd-")))
}

fn rustup() -> Result<()> {
    if !sh::on_path("rustup") {
        bail!("rustup is not installed");
    }
    let mut download =
        Command::new("rustup").args(["target", "add", TARGET]).stderr(Stdio::null()).spawn()?;
    let started = Instant::now();
    loop {
        match download.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(_) => bail!("`rustup target add {TARGET}` could not download it"),
            None if started.elapsed() > RUSTUP_PATIENCE => {
                download.kill()?;
                download.wait()?;
                bail!("`rustup target add {TARGET}` took over {} s", RUSTUP_PATIENCE.as_secs());
            }
            None => thread::sleep(Duration::from_millis(200)),
        }
    }
}

/// LLVM's linker for wasm: the one inside the Rust toolchain, else Debian's.
fn linker() -> Result<PathBuf> {
    let sysroot = PathBuf::from(sh::output(Command::new("rustc").args(["--print", "sysroot"]))?);
    let hosts = sysroot.join("lib/rustlib").read_dir().context("the Rust toolchain has no lib/rustlib")?;
    let inside = hosts.flatten().map(|host| host.path().join("bin/rust-lld")).find(|lld| lld.is_file());
    match inside {
        Some(lld) => Ok(lld),
        None if sh::on_path("wasm-ld") => Ok(PathBuf::from("wasm-ld")),
        None => bail!("no linker for wasm: run `apt-get install lld`"),
    }
}
