//! A program under test: started, waited for, killed, started again.

use std::fs::{self, File, OpenOptions};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::watchdog::Watchdog;

const PAUSE: Duration = Duration::from_millis(20);

/// A program and its latest run. Killed when dropped, and when this process dies.
#[derive(Debug)]
pub struct Process {
    command: Command,
    log: PathBuf,
    run: Option<Run>,
}

#[derive(Debug)]
struct Run {
    child: Child,
    watchdog: Watchdog,
}

impl Process {
    /// Starts `command`; both its outputs are appended to the file `log`, its input is empty.
    ///
    /// Give the command its data folder and its addresses ([`crate::ports::free_address`]) as
    /// arguments: [`Process::restart`] runs it again just so.
    pub fn start(command: Command, log: impl Into<PathBuf>) -> Result<Self> {
        let mut process = Self { command, log: log.into(), run: None };
        process.spawn()?;
        Ok(process)
    }

    /// The process id of the latest run, which may have ended.
    pub fn id(&self) -> Option<u32> {
        self.run.as_ref().map(|run| run.child.id())
    }

    /// Everything printed so far, by all runs.
    pub fn output(&self) -> Result<String> {
        let bytes = fs::read(&self.log).with_context(|| format!("cannot read {}", self.log.display()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Waits until `address` accepts connections. Fails at once, with the output, when the program ends.
    pub async fn wait_until_answering(&mut self, address: SocketAddr, limit: Duration) -> Result<()> {
        let answer = async {
            while TcpStream::connect(address).await.is_err() {
                if let Some(status) = self.exit_status()? {
                    bail!("the program ended ({status}) before it answered at {address}");
                }
                sleep(PAUSE).await;
            }
            Ok(())
        };
        let waited = timeout(limit, answer).await;
        let result = waited.unwrap_or_else(|_| bail!("nothing answers at {address} after {limit:?}"));
        result.with_context(|| format!("output so far:\n{}", self.output().unwrap_or_default()))
    }

    /// Asks for an orderly end (SIGTERM) and waits for it.
    pub async fn terminate(&mut self, limit: Duration) -> Result<ExitStatus> {
        let id = self.id().context("the program does not run")?;
        let sent = Command::new("kill").args(["-s", "TERM", &id.to_string()]).status()?;
        anyhow::ensure!(sent.success(), "cannot send SIGTERM to {id}");
        self.wait(limit).await
    }

    /// Waits until the program ends by itself.
    pub async fn wait(&mut self, limit: Duration) -> Result<ExitStatus> {
        let end = async {
            loop {
                match self.exit_status()? {
                    Some(status) => return Ok(status),
                    None => sleep(PAUSE).await,
                }
            }
        };
        timeout(limit, end).await.unwrap_or_else(|_| bail!("the program still runs after {limit:?}"))
    }

    /// Ends the program the hard way (SIGKILL) and waits until it is gone. Nothing to do when it has ended.
    pub fn kill9(&mut self) -> Result<()> {
        let Some(Run { mut child, watchdog }) = self.run.take() else { return Ok(()) };
        child.kill()?;
        child.wait()?;
        Ok(watchdog.disarm()?)
    }

    /// Runs the same command again: same data folder, same addresses. Kills a run that has not ended.
    pub fn restart(&mut self) -> Result<()> {
        self.kill9()?;
        self.spawn()
    }

    fn exit_status(&mut self) -> Result<Option<ExitStatus>> {
        let run = self.run.as_mut().context("the program does not run")?;
        Ok(run.child.try_wait()?)
    }

    fn spawn(&mut self) -> Result<()> {
        let log = self.open_log()?;
        self.command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let spawned = self.command.spawn();
        let child = spawned.with_context(|| format!("cannot start {:?}", self.command.get_program()))?;
        let watchdog = Watchdog::start(r#"kill -9 "$1""#, [child.id().to_string()])?;
        self.run = Some(Run { child, watchdog });
        Ok(())
    }

    fn open_log(&self) -> Result<File> {
        let opened = OpenOptions::new().create(true).append(true).open(&self.log);
        opened.with_context(|| format!("cannot write {}", self.log.display()))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Err(error) = self.kill9() {
            eprintln!("cannot end {:?}: {error:#}", self.command.get_program());
        }
    }
}
