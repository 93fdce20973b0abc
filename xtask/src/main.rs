//! `cargo xtask`: everything one does with this repository, in one command each.

mod assets;
mod bench;
mod build;
mod css;
mod deps;
mod lint;
mod playwright;
mod run;
mod sh;
mod tally;
mod test;
mod wasm;
mod wasm_std;
mod wasm_target;

use anyhow::{Result, bail};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <command> [options]

  run   [--fast] [--release] [ARGS…]   build, then start `keystead serve --data-dir ./data ARGS…`
  build [--fast] [--release]           the wasm, the site's files and the server binary
  test  [FILTER]                       every test, lint and browser journey; ends with `N passed, N failed`
  lint                                 formatting, clippy and the wasm build's own clippy
  bench [ARGS…]                        the measurements, as `bench ARGS…`

  --fast      a quicker, larger wasm build (about three times the size)
  --release   the optimised server with the site inside it: one file to copy

Environment: CARGO_TARGET_DIR (with CI=true it defaults to ~/.cache/keystead/target),
KEYSTEAD_WASM_STD=installed|rustup|debian (where the wasm standard library comes from; default: first that works).";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<ExitCode> {
    let Some((command, rest)) = args.split_first() else { bail!("which command?\n\n{USAGE}") };
    match command.as_str() {
        "build" => build::command(rest).map(|()| ExitCode::SUCCESS),
        "run" => run::command(rest),
        "test" => test::command(rest),
        "lint" => lint::command(),
        "bench" => bench::command(rest),
        "help" | "--help" | "-h" => sh::say(USAGE).map(|()| ExitCode::SUCCESS),
        other => bail!("there is no command `{other}`\n\n{USAGE}"),
    }
}
