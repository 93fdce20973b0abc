//! The browser journeys in `end2end/`, run against the server binary that was just built.

use crate::{deps, sh, tally::Tally};
use anyhow::{Context, Result};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Runs every journey in every project. `binary`: the server that `playwright.config.ts` starts; `postgres`: the program
/// that brings PostgreSQL for those without script.
pub(crate) fn run(binary: &Path, postgres: &Path) -> Result<Tally> {
    install()?;
    let mut tally = typescript();
    let report = dir().join("results/report.json");
    if report.exists() {
        fs::remove_file(&report)?;
    }
    let mut playwright = Command::new(postgres);
    playwright
        .arg(dir().join("node_modules/.bin/playwright"))
        .arg("test")
        .current_dir(dir())
        .env("KEYSTEAD_BIN", binary)
        .env("CHROMIUM", deps::CHROMIUM);
    let status = playwright.status().context("cannot start Playwright")?;
    let journeys = read(&report).context("Playwright left no report")?;
    tally += journeys;
    if !status.success() && journeys.failed == 0 {
        tally += Tally::fail("Playwright stopped before the journeys");
    }
    Ok(tally)
}

/// The journeys' own types: a misspelt fixture would otherwise show only when it runs.
fn typescript() -> Tally {
    match sh::run(Command::new(dir().join("node_modules/.bin/tsc")).current_dir(dir())) {
        Ok(()) => Tally::PASS,
        Err(error) => Tally::fail(&format!("the journeys' types: {error:#}")),
    }
}

fn dir() -> PathBuf {
    sh::root().join("end2end")
}

/// `npm ci`, unless what is installed is what the lock file names.
fn install() -> Result<()> {
    let lock = fs::read(dir().join("package-lock.json")).context("end2end has no package-lock.json")?;
    let installed = dir().join("node_modules/.installed-lock.json");
    if fs::read(&installed).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    eprintln!("xtask: npm ci");
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(dir());
    sh::output(npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))?;
    fs::write(installed, lock).context("cannot note what npm installed")
}

/// Counts from the JSON report. A flaky journey failed: it is not what the code should do.
fn read(report: &Path) -> Result<Tally> {
    let report: Value = serde_json::from_slice(&fs::read(report)?)?;
    let count = |what: &str| report["stats"][what].as_u64().with_context(|| format!("no stats.{what}"));
    Ok(Tally { passed: count("expected")?, failed: count("unexpected")? + count("flaky")? })
}
