//! A test process to kill: this test binary, running one test that says something and then waits.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::time::{sleep, timeout};

const VARIABLE: &str = "KEYSTEAD_TEST_VICTIM";
const MARK: &str = "victim: ";

/// For the test that is the victim: says `fact` to its killer and waits to be killed. Does nothing
/// when the test runs on its own.
pub(crate) fn wait_to_be_killed(fact: &str) -> Result<()> {
    if std::env::var_os(VARIABLE).is_some() {
        writeln!(std::io::stderr(), "{MARK}{fact}")?;
        std::io::stdin().read_line(&mut String::new())?;
    }
    Ok(())
}

/// Runs the test of that name (`module::function`) in its own process and returns the fact it says.
pub(crate) fn run(test: &str) -> Result<(Child, String)> {
    let mut victim = Command::new(std::env::current_exe()?)
        .args(["--exact", test, "--nocapture"])
        .env(VARIABLE, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let stderr = BufReader::new(victim.stderr.take().context("no output")?);
    let fact = stderr.lines().find_map(|line| line.ok()?.strip_prefix(MARK).map(str::to_owned));
    Ok((victim, fact.with_context(|| format!("{test} did not say anything"))?))
}

/// Kills it with SIGKILL, then waits until none of the paths exist.
pub(crate) async fn kill(mut victim: Child, paths: &[&str]) -> Result<()> {
    victim.kill()?;
    victim.wait()?;
    let gone = async {
        while paths.iter().any(|path| Path::new(path).exists()) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(60), gone).await.with_context(|| format!("still there: {paths:?}"))
}
