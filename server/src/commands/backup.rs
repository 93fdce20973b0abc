//! `keystead backup create | verify | restore`.

use super::{admin::say, print, rehearsal};
use crate::{config::Config, open, schema, signals::Stop};
use anyhow::{Context, Result, anyhow, bail};
use clap::Subcommand;
use service::{
    Clock as _, Portal, Settings, SystemClock,
    archive::{self, Drill, Restored},
    root_key::RootKeys,
};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader, BufWriter, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};
use store::Db;
use vault::Password;

#[derive(Subcommand)]
pub(super) enum Backup {
    /// Write everything in the database into a new file, sealed with a passphrase. The portal may run meanwhile. The
    /// root key is not in it: keep a copy of that elsewhere
    Create {
        /// The new file
        file: PathBuf,
        #[command(flatten)]
        passphrase: Passphrase,
    },
    /// Read a backup to its end and say what it holds; needs neither the database nor the root key
    Verify {
        /// The backup
        file: PathBuf,
        #[command(flatten)]
        passphrase: Passphrase,
    },
    /// Make the portal of a backup in an empty database
    Restore {
        /// The backup
        file: PathBuf,
        #[command(flatten)]
        passphrase: Passphrase,
        /// Change nothing: restore into a passing database, try every key with the present root key, check the trail
        #[arg(long)]
        dry_run: bool,
    },
}

/// Where the passphrase is.
#[derive(clap::Args)]
pub(super) struct Passphrase {
    /// File with the passphrase, 16 characters at least [environment: KEYSTEAD_BACKUP_PASSPHRASE_FILE]
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl Passphrase {
    fn read(self) -> Result<Password> {
        let named = std::env::var_os("KEYSTEAD_BACKUP_PASSPHRASE_FILE").map(PathBuf::from);
        let Some(path) = self.passphrase_file.or(named) else {
            bail!(
                "a backup is sealed with a passphrase: put one into a file and name it with --passphrase-file"
            );
        };
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let passphrase = Password::new(text.trim_end_matches(['\r', '\n']).to_owned());
        archive::check_passphrase(&passphrase)?;
        Ok(passphrase)
    }
}

pub(super) async fn run(command: Backup, config: &Config) -> Result<()> {
    match command {
        Backup::Create { file, passphrase } => create(config, &file, &passphrase.read()?).await,
        Backup::Verify { file, passphrase } => {
            let found = archive::verify(reader(&file)?, &passphrase.read()?)?;
            print(&format!("{}The backup is whole.\n", said(&found)))
        }
        Backup::Restore { file, passphrase, dry_run: true } => {
            rehearsal::run(config, &file, &passphrase.read()?).await
        }
        Backup::Restore { file, passphrase, dry_run: false } => {
            restore(config, &file, &passphrase.read()?).await
        }
    }
}

pub(super) fn reader(file: &Path) -> Result<BufReader<File>> {
    Ok(BufReader::new(File::open(file).with_context(|| format!("cannot open {}", file.display()))?))
}

/// Under another name until it is whole: a file of the right name is a backup.
async fn create(config: &Config, file: &Path, passphrase: &Password) -> Result<()> {
    if file.exists() {
        bail!("{} exists already; name a new file", file.display());
    }
    let part = beside(file, &format!("part-{:08x}", u32::from_be_bytes(vault::random::bytes())));
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part);
    let out = made.with_context(|| format!("cannot make {}", part.display()))?;
    let mut stop = Stop::new().context("cannot listen for signals")?;
    let written = tokio::select! {
        written = write(config, passphrase, out) => written,
        () = stop.recv() => Err(anyhow!("the backup was stopped")),
    };
    let named = written.and_then(|found| {
        name(&part, file).with_context(|| format!("cannot name {}", file.display()))?;
        Ok(found)
    });
    match named {
        Ok(found) => print(&format!("{}Written to {}.\n", said(&found), file.display())),
        Err(error) => {
            // What is there is of no use to anybody.
            let _ = fs::remove_file(&part);
            Err(error)
        }
    }
}

/// The file's whole name and more: two backups never share it.
fn beside(file: &Path, more: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(more);
    name.into()
}

/// Its name is as durable as what is in it, and takes no other file's place.
fn name(part: &Path, file: &Path) -> io::Result<()> {
    match fs::hard_link(part, file) {
        Ok(()) => fs::remove_file(part)?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        // Not every file system can have two names for a file.
        Err(_) => fs::rename(part, file)?,
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

async fn write(config: &Config, passphrase: &Password, out: File) -> Result<Restored> {
    let db = open::existing(config).await?;
    let out = BufWriter::with_capacity(1 << 20, out);
    let now = open::clock(&db).await?.now();
    let written = archive::write(&db, passphrase, out, now).await.map_err(say)?;
    let (mut out, header, counts) = written;
    out.flush()
        .and_then(|()| out.get_ref().sync_all())
        .context("the backup cannot be written to the disk")?;
    Ok(Restored { header, counts })
}

pub(super) fn said(found: &Restored) -> String {
    let count = |table: &str| found.counts.get(table).copied().unwrap_or(0);
    format!(
        "Keystead {} on {}, {}: {} organisations, {} people, {} environments, {} rows, {} entries in the audit trail.\n",
        found.header.version,
        found.header.database,
        found.header.created_at.human(),
        count("tenants"),
        count("users"),
        count("environments"),
        count("data_rows"),
        count("audit_entries"),
    )
}

async fn restore(config: &Config, file: &Path, passphrase: &Password) -> Result<()> {
    // Nothing is made or changed before file and passphrase go together.
    archive::header(reader(file)?, passphrase)?;
    let input = reader(file)?;
    let db = open::database(config).await?;
    schema::require_own_or_none(&db).await?;
    schema::migrate(&db).await?;
    let found = archive::load(&db, passphrase, input, SystemClock.now()).await.map_err(say)?;
    print(&format!("{}Restored.\n", said(&found)))?;
    let drill = look(config, db).await.context("everything is there, but its keys do not open here yet")?;
    print(&outcome(&drill))?;
    if !drill.is_good() {
        bail!("everything is there as it was backed up, but it is not sound");
    }
    Ok(())
}

/// Tries the keys of a database with the root key that the settings name.
pub(super) async fn look(config: &Config, db: Db) -> Result<Drill> {
    let roots = RootKeys::open(&db, config.root_key_file.clone()).await?;
    let clock = open::clock(&db).await?;
    let portal = Portal::new(db, clock, roots, Settings::default());
    archive::drill(&portal).await.map_err(say)
}

pub(super) fn outcome(drill: &Drill) -> String {
    let mut text = format!("{} data keys open with this root key", drill.opens);
    if drill.locked > 0 {
        text =
            format!("{text}; {} need a key file, because their key is locked or was deleted", drill.locked);
    }
    if drill.broken > 0 {
        text = format!("{text}; {} DO NOT OPEN", drill.broken);
    }
    match drill.trails.as_slice() {
        [] => format!("{text}. Every audit trail is intact.\n"),
        broken => format!("{text}. BROKEN audit trails: {}\n", broken.join("; ")),
    }
}
