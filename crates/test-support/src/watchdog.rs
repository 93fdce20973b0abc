//! A shell that outlives the test process just long enough to clean up after it.

use std::ffi::OsStr;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// Runs a shell script once this value is dropped, or once the process that holds it dies.
///
/// The shell waits on a pipe whose other end only this process holds, so the kernel tells it about
/// every kind of death, `kill -9` included; nothing polls and no process id can be mistaken.
/// It has its own process group: a test runner that kills ours must not kill the clean-up.
#[derive(Debug)]
pub(crate) struct Watchdog {
    shell: Child,
}

impl Watchdog {
    /// `script` is POSIX shell and sees `arguments` as `$1`, `$2`, ….
    pub(crate) fn start<A: AsRef<OsStr>>(
        script: &str,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<Self> {
        let shell = Command::new("sh")
            .arg("-c")
            .arg(format!("trap '' INT TERM HUP; read -r _; {script}"))
            .arg("watchdog")
            .args(arguments)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("cannot start `sh` to clean up after the tests")?;
        Ok(Self { shell })
    }

    /// Ends the watch without running the script.
    pub(crate) fn disarm(mut self) -> io::Result<()> {
        self.shell.kill()?;
        self.shell.wait().map(drop)
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // A clean-up that cannot be waited for still runs: the pipe is closed.
        if let Err(error) = self.shell.wait() {
            eprintln!("cannot wait for the clean-up: {error}");
        }
    }
}
