//! The `openssl` program.

use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// Runs `openssl` with `input` on its standard input and returns its standard output.
/// The password goes through the environment (`env:PASSWORD`), never the command line.
pub(super) fn openssl(arguments: &[&str], input: &[u8], password: Option<&str>) -> Result<Vec<u8>> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .env("PASSWORD", password.unwrap_or_default())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot run openssl, the tests need it: apt-get install openssl")?;
    // Keys and certificates are far smaller than a pipe, so this cannot wait for the reader.
    // A program that refuses its arguments ends without reading; its own complaint says more.
    let written = child.stdin.take().context("openssl has no standard input")?.write_all(input);
    let output = child.wait_with_output()?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "openssl {arguments:?} failed: {}", complaint.trim());
    written.context("openssl did not read its input")?;
    Ok(output.stdout)
}
