//! From settings to a portal: data folder, database, schema, root key. What every command begins with.

use crate::{config::Config, schema};
use anyhow::{Context, Result, bail};
use service::{Clock, OffsetClock, Portal, Settings, SystemClock, root_key::RootKeys};
use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
    sync::Arc,
};
use store::Db;

/// An open portal.
pub struct Opened {
    pub portal: Portal,
    /// The settable clock, with `--dev-clock`.
    pub dev_clock: Option<Arc<OffsetClock>>,
}

/// Opens the portal that the settings describe; a fresh one is made.
///
/// # Errors
/// Says what cannot be reached, read or opened, and what to do.
pub async fn open(config: &Config) -> Result<Opened> {
    let db = database(config).await?;
    let applied = schema::migrate(&db).await?;
    if applied > 0 {
        tracing::info!(applied, "the database's schema was brought up to date");
    }
    let roots = RootKeys::open(&db, config.root_key_file.clone()).await?;
    let dev_clock = config.dev_clock.then(|| Arc::new(OffsetClock::default()));
    let clock: Arc<dyn Clock> = match &dev_clock {
        Some(clock) => {
            clock.set(ahead(&db).await?);
            clock.clone()
        }
        None => clock(&db).await?,
    };
    let settings = Settings {
        public_url: config.public_url.as_str().to_owned(),
        smtp_configured: config.smtp.is_some(),
        sessions: config.sessions,
        local_time: config.local_time.clone(),
        ..Settings::default()
    };
    Ok(Opened { portal: Portal::new(db, clock, roots, settings), dev_clock })
}

/// The time of this portal, for who does not move it: the machine's, as far ahead as it was ever moved.
pub(crate) async fn clock(db: &Db) -> Result<Arc<dyn Clock>> {
    Ok(match ahead(db).await? {
        0 => Arc::new(SystemClock),
        micros => Arc::new(OffsetClock::staying(micros)),
    })
}

async fn ahead(db: &Db) -> Result<i64> {
    Ok(store::portal::get(db.read()).await?.map_or(0, |portal| portal.clock_offset))
}

/// Connects. The data folder and the embedded database are made for this user alone.
pub async fn database(config: &Config) -> Result<Db> {
    let folder = &config.data_dir;
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.with_context(|| format!("cannot make the data folder {}", folder.display()))?;
    if let Some(path) = embedded(config) {
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path);
        file.with_context(|| format!("cannot open the database file {}", path.display()))?;
    }
    connect(config).await
}

/// Connects to a database that is there already, with this version's schema: nothing is made or changed.
///
/// # Errors
/// Says what is not there, and what to check.
pub async fn existing(config: &Config) -> Result<Db> {
    if let Some(path) = embedded(config).filter(|path| !path.exists()) {
        bail!("there is no database {}: check --data-dir and --database-url", path.display());
    }
    let db = connect(config).await?;
    schema::require_current(&db).await?;
    Ok(db)
}

/// The file of the embedded database.
fn embedded(config: &Config) -> Option<&Path> {
    let path = config.database_url.strip_prefix("sqlite://")?;
    let path = path.split('?').next().unwrap_or(path);
    (!path.is_empty() && path != ":memory:").then(|| Path::new(path))
}

async fn connect(config: &Config) -> Result<Db> {
    Db::connect(&config.database_url).await.with_context(|| match config.database_url.starts_with("sqlite") {
        true => "the database file cannot be opened".to_owned(),
        false => "the database cannot be reached: check the setting database-url and that PostgreSQL runs"
            .to_owned(),
    })
}

/// Writes a file that only this user may read, in place of an older one.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> Result<()> {
    let write = || {
        if path.exists() {
            fs::remove_file(path)?;
        }
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?.write_all(content)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}
