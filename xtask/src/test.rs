//! `test`: everything that can say the repository is sound, and one line that says whether it is.

use crate::{build, deps, lint, playwright, sh, tally::Tally};
use anyhow::{Context, Result};
use std::{
    io::{BufRead, BufReader},
    process::{ExitCode, Stdio},
    time::Instant,
};

/// `cargo xtask test [FILTER]`; a filter runs the Rust tests with that name and nothing else.
pub(crate) fn command(args: &[String]) -> Result<ExitCode> {
    let mut tally = Tally::default();
    tally += timed("Rust tests", || rust(args));
    if args.is_empty() {
        tally += timed("lint", lint::checks);
        tally += timed("browser journeys", journeys);
    }
    tally.finish()
}

/// Runs one part; a part that cannot run at all is one failure, and the other parts still run.
fn timed(part: &str, run: impl FnOnce() -> Result<Tally>) -> Tally {
    eprintln!("xtask: {part}");
    let start = Instant::now();
    let tally = run().unwrap_or_else(|error| Tally::fail(&format!("{part}: {error:#}")));
    let seconds = start.elapsed().as_secs();
    eprintln!("xtask: {part}: {} passed, {} failed, {seconds} s", tally.passed, tally.failed);
    tally
}

/// Every Rust test; those that need a database run on SQLite and on a PostgreSQL they start themselves.
fn rust(filter: &[String]) -> Result<Tally> {
    deps::postgres()?;
    deps::strace()?;
    let mut cargo = sh::cargo(&["test", "--workspace", "--exclude", "frontend", "--no-fail-fast"]);
    let mut child = cargo.args(filter).stdout(Stdio::piped()).spawn().context("cannot start cargo")?;
    let mut tally = Tally::default();
    let stdout = child.stdout.take().context("cargo has no standard output")?;
    for line in BufReader::new(stdout).lines() {
        let line = line.context("cargo's output is not text")?;
        sh::say(&line)?;
        tally += Tally::of_cargo_line(&line);
    }
    let status = child.wait().context("cargo did not end")?;
    if !status.success() && tally.failed == 0 {
        tally += Tally::fail("`cargo test` did not get to run everything: see the compiler's errors above");
    }
    Ok(tally)
}

fn journeys() -> Result<Tally> {
    deps::browser()?;
    build::site(build::Options::default())?;
    let binary = build::server(build::Options::default())?;
    playwright::run(&binary, &build::with_postgres()?)
}
