//! `keystead backup restore --dry-run`: a backup is restored where nobody looks, and tried.

use super::{
    admin::say,
    backup::{look, outcome, reader, said},
    print,
};
use crate::{config::Config, schema, signals::Stop};
use anyhow::{Context, Result, anyhow, bail};
use service::{
    Clock as _, SystemClock,
    archive::{self, Drill, Restored},
};
use std::{
    fs::{self, File},
    io::BufReader,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};
use store::Db;
use vault::Password;

/// In a passing SQLite database, whatever the configured one is.
pub(super) async fn run(config: &Config, file: &Path, passphrase: &Password) -> Result<()> {
    let input = reader(file)?;
    let mut stop = Stop::new().context("cannot listen for signals")?;
    let folder = Folder::new(&config.data_dir)?;
    let rehearsed = tokio::select! {
        rehearsed = restore_in(config, &folder.path, input, passphrase) => rehearsed,
        () = stop.recv() => Err(anyhow!("the rehearsal was stopped")),
    };
    folder.remove()?;
    let (found, drill) = rehearsed?;
    print(&format!("{}A rehearsal: nothing was changed.\n{}", said(&found), outcome(&drill)))?;
    if !drill.is_good() {
        bail!("the backup would not make a sound portal");
    }
    Ok(())
}

/// A folder that holds the whole portal for as long as the rehearsal lasts, and not longer.
struct Folder {
    path: PathBuf,
    /// Of the data folder, held as long as this process may be at work in it.
    _lock: File,
}

impl Folder {
    /// What a killed rehearsal left is removed first.
    fn new(data: &Path) -> Result<Self> {
        let lock = File::open(data).with_context(|| format!("there is no data folder {}", data.display()))?;
        lock.try_lock().context("another rehearsal runs in this data folder")?;
        let path = data.join(".keystead-rehearsal");
        if path.exists() {
            fs::remove_dir_all(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
        let made = fs::DirBuilder::new().mode(0o700).create(&path);
        made.with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self { path, _lock: lock })
    }

    fn remove(self) -> Result<()> {
        let removed = fs::remove_dir_all(&self.path);
        removed.with_context(|| format!("the rehearsal's folder {} cannot be removed", self.path.display()))
    }
}

async fn restore_in(
    config: &Config,
    folder: &Path,
    input: BufReader<File>,
    passphrase: &Password,
) -> Result<(Restored, Drill)> {
    let db = Db::connect(&format!("sqlite://{}?mode=rwc", folder.join("keystead.db").display())).await?;
    schema::migrate(&db).await?;
    let found = archive::load(&db, passphrase, input, SystemClock.now()).await.map_err(say)?;
    Ok((found, look(config, db).await?))
}
