//! The command line: `keystead serve | worker | migrate | admin … | audit verify | root-key rotate | backup … | config show | version`.

mod admin;
mod audit;
mod backup;
mod bootstrap;
mod password;
mod regions;
mod rehearsal;
mod root_key;
mod tenants;
mod tokens;
mod users;

use crate::{
    config::{self, Config, Flags, Sources},
    logging, open, schema, serve,
};
use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use std::{io::Write, path::PathBuf, process::ExitCode};
use tokio::time::Instant;

/// A portal that puts administrators in charge of the keys that encrypt their organisation's data.
///
/// Every setting can also be given as KEYSTEAD_<NAME> in the environment, in a file that
/// KEYSTEAD_<NAME>_FILE names, or in the TOML file; 'keystead config show' prints what counts.
#[derive(Parser)]
#[command(name = "keystead", version, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    /// TOML file with settings [environment: KEYSTEAD_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the portal: pages, API, jobs and mails
    Serve {
        /// Fill a fresh database with a believable organisation; implies --dev-clock
        #[arg(long)]
        demo: bool,
    },
    /// Run jobs and mails only, beside portals on other machines
    Worker,
    /// Bring the database's schema up to date and end
    Migrate,
    /// The operator's commands; each is recorded in the audit trail
    #[command(subcommand)]
    Admin(admin::Admin),
    /// The audit trail
    #[command(subcommand)]
    Audit(audit::Audit),
    /// The root key, which seals every key in the database
    #[command(subcommand)]
    RootKey(root_key::RootKey),
    /// Backups of the whole portal
    #[command(subcommand)]
    Backup(backup::Backup),
    /// The settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the version
    Version,
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Print each setting, its value (secrets masked) and where it came from
    Show,
}

/// Runs the command line; errors go to standard error, in words.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    run(cli).unwrap_or_else(|error| {
        // Where standard error is gone, nobody can be told.
        let _ = writeln!(std::io::stderr(), "keystead: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(cli: Cli) -> Result<ExitCode> {
    if matches!(cli.command, Command::Version) {
        print(&format!("keystead {}\n", env!("CARGO_PKG_VERSION")))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut flags = cli.flags;
    if matches!(cli.command, Command::Serve { demo: true }) {
        flags.dev_clock = Some("true".to_owned());
    }
    let environment = |name: &str| std::env::var(name).ok();
    let file = cli.config.or_else(|| environment("KEYSTEAD_CONFIG").map(PathBuf::from));
    let sources = Sources { flags: &flags, environment: &environment, file: file.as_deref() };
    let resolved = sources.resolve()?;
    if matches!(cli.command, Command::Config(ConfigCommand::Show)) {
        print(&config::show(&resolved)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    start(cli.command, Config::new(&resolved)?)
}

/// Two threads at least: one must answer while the other renders or seals.
fn start(command: Command, config: Config) -> Result<ExitCode> {
    let serves = matches!(command, Command::Serve { .. } | Command::Worker);
    logging::start(&config, if serves { logging::To::Stdout } else { logging::To::Stderr })?;
    // The first provider wins; nothing before this line has installed another.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let threads = std::thread::available_parallelism().map_or(2, |cores| cores.get().max(2));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build();
    runtime.context("cannot start the runtime")?.block_on(dispatch(command, config))
}

async fn dispatch(command: Command, config: Config) -> Result<ExitCode> {
    match command {
        Command::Serve { demo } => serve::serve(config, demo, Instant::now()).await?,
        Command::Worker => serve::worker(config).await?,
        Command::Migrate => {
            let applied = schema::migrate(&open::database(&config).await?).await?;
            print(&format!("{applied} migrations applied; the schema is up to date\n"))?;
        }
        Command::Admin(command) => admin::run(command, &config).await?,
        Command::Backup(command) => backup::run(command, &config).await?,
        Command::RootKey(command) => root_key::run(command, &config).await?,
        Command::Audit(command) => return audit::run(command, &config).await,
        Command::Config(_) | Command::Version => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes to standard output.
///
/// # Errors
/// When standard output is gone.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("cannot write to standard output")
}
