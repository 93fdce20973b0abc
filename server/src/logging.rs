//! Log lines: to standard output while serving, to standard error for commands that answer there.

use crate::config::{Config, LogFormat};
use anyhow::{Context, Result};
use tracing_subscriber::{EnvFilter, fmt, fmt::writer::BoxMakeWriter};

/// What libraries say below these levels is of no use to an operator; tower-sessions would call every
/// expired session suspicious.
const LIBRARIES: &str = "sqlx=warn,sea_orm=warn,sea_orm_migration=warn,tower_sessions=error,\
                         tower_sessions_core=error,hyper=warn,h2=warn,rustls=warn,lettre=warn";

/// Where log lines go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum To {
    Stdout,
    Stderr,
}

/// Starts logging for the whole process, panics included.
///
/// # Errors
/// Says what is wrong with the filter.
pub fn start(config: &Config, to: To) -> Result<()> {
    let directives = format!("{LIBRARIES},{}", config.log_level);
    let filter = EnvFilter::try_new(&directives).with_context(|| {
        format!(
            "the setting log-level is {:?}: give error, warn, info or debug, or filters",
            config.log_level
        )
    })?;
    let writer = match to {
        To::Stdout => BoxMakeWriter::new(std::io::stdout),
        To::Stderr => BoxMakeWriter::new(std::io::stderr),
    };
    let builder = fmt().with_env_filter(filter).with_writer(writer).with_ansi(false);
    let started = match config.log_format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!(error)).context("logging cannot be started")?;
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let text = info.payload_as_str().unwrap_or("no message");
        tracing::error!(place, text, "a defect: the program panicked");
    }));
    Ok(())
}
