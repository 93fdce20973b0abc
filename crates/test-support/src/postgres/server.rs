//! One running server in its own temporary folder.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};

use super::install::{Account, Installation, account_for, run};
use super::template;
use crate::watchdog::Watchdog;

/// What the server does so that a crash loses nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Nothing: quick, for tests that do not crash the server.
    Fast,
    /// PostgreSQL's defaults: what was committed survives [`Server::kill`].
    Full,
}

impl Durability {
    fn settings(self) -> &'static str {
        match self {
            Self::Fast => "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n",
            Self::Full => "fsync = on\nsynchronous_commit = on\nfull_page_writes = on\n",
        }
    }
}

/// A PostgreSQL server of our own. Dropping it, or the death of this process, stops it and removes its files.
#[derive(Debug)]
pub struct Server {
    install: Installation,
    account: Option<Account>,
    home: PathBuf,
    running: bool,
    databases: AtomicU32,
    _watchdog: Watchdog,
}

impl Server {
    /// Starts a server with up to 200 connections. Takes about half a second; the first time on a
    /// machine a few seconds more.
    pub async fn start(durability: Durability) -> Result<Self> {
        let install = Installation::find()?;
        let template = template::ensure(&install).await?;
        let home = tempfile::Builder::new().prefix("keystead-postgres-").tempdir()?;
        let account = account_for(home.path())?;
        template::give(home.path(), account)?;
        let watchdog = watch(&install, account, home.path().to_owned())?;
        let databases = AtomicU32::new(0);
        // From here on the watchdog removes the folder.
        let home = home.keep();
        let mut server = Self { install, account, home, running: false, databases, _watchdog: watchdog };
        template::copy(&template, &server.data()).await?;
        server.configure(durability)?;
        server.restart().await?;
        Ok(server)
    }

    fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    fn configure(&self, durability: Durability) -> Result<()> {
        let mut file = OpenOptions::new().append(true).open(self.data().join("postgresql.conf"))?;
        let folder = self.home.display();
        write!(file, "listen_addresses = ''\nunix_socket_directories = '{folder}'\nmax_connections = 200\n")?;
        Ok(file.write_all(durability.settings().as_bytes())?)
    }

    /// The URL of a database of this server. A name of letters, digits and `_`.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://keystead@localhost/{database}?host={}", self.home.display())
    }

    /// Makes an empty database with a name of its own and returns its URL.
    pub async fn create_database(&self) -> Result<String> {
        // template0 because no one can be connected to it, which would refuse the copy.
        self.create_like("template0").await
    }

    /// Copies a database made by [`Server::create_database`]; refused while somebody is connected to it.
    pub async fn copy_database(&self, url: &str) -> Result<String> {
        self.create_like(name_in(url)?).await
    }

    async fn create_like(&self, template: &str) -> Result<String> {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        super::sql(&self.url("postgres"), &format!("CREATE DATABASE {name} TEMPLATE {template}")).await?;
        Ok(self.url(&name))
    }

    /// Removes a database made by [`Server::create_database`], and ends whatever is still connected to it.
    pub async fn drop_database(&self, url: &str) -> Result<()> {
        let name = name_in(url)?;
        super::sql(&self.url("postgres"), &format!("DROP DATABASE {name} WITH (FORCE)")).await.map(drop)
    }

    /// Ends every server process at once, in the middle of whatever they do; nothing is flushed.
    pub async fn kill(&mut self) -> Result<()> {
        self.control(&["stop", "--mode=immediate"]).await?;
        self.running = false;
        Ok(())
    }

    /// Starts the server again on the same files and the same URLs; kills it first if it still runs.
    pub async fn restart(&mut self) -> Result<()> {
        if self.running {
            self.kill().await?;
        }
        let log = self.home.join("log");
        let started = self.control(&["start", "--log", &log.display().to_string()]).await;
        if started.is_err() {
            // A log that cannot be read adds nothing to the error that is already there.
            let log = fs::read_to_string(&log).unwrap_or_default();
            return started.with_context(|| format!("PostgreSQL does not start; its log says:\n{log}"));
        }
        self.running = true;
        Ok(())
    }

    async fn control(&self, arguments: &[&str]) -> Result<()> {
        let mut command = self.install.server("pg_ctl", self.account);
        command.args(arguments).args(["--silent", "--wait", "--timeout=60", "--pgdata"]).arg(self.data());
        run(command).await.map(drop)
    }
}

/// The database's name in one of our URLs.
fn name_in(url: &str) -> Result<&str> {
    let name = url.rsplit('/').find_map(|part| part.split_once("?host=")).map(|(name, _)| name);
    name.with_context(|| format!("{url} is not a URL of this server"))
}

/// The watchdog gets the folder as `$1` and the words of `pg_ctl` after it.
fn watch(install: &Installation, account: Option<Account>, home: PathBuf) -> Result<Watchdog> {
    let script = r#"home=$1; shift; "$@" stop -s -w -m immediate -D "$home/data"; rm -rf "$home""#;
    let home = home.display().to_string();
    Watchdog::start(script, std::iter::once(home).chain(install.words("pg_ctl", account)))
}
