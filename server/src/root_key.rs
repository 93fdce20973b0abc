//! The root key's file: 32 bytes that nobody else may read, and without which no key opens.

use anyhow::{Context, Result, bail};
use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
};
use vault::{RootKey, Zeroizing};

/// Reads the file, or makes it when `database_is_new`.
///
/// # Errors
/// A file that is missing though the database has keys, one that others may read, and one of another
/// length each have their own words.
pub fn load(path: &Path, database_is_new: bool) -> Result<RootKey> {
    match read(path)? {
        Some(key) => Ok(key),
        None if database_is_new => create(path),
        None => bail!(
            "the root key file {} is missing: the keys in this database open only with it. Put it back from its \
             safe copy; a new file would not open them",
            path.display()
        ),
    }
}

fn read(path: &Path) -> Result<Option<RootKey>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read the root key file {}", path.display()));
        }
    };
    let mode = file.metadata()?.mode() & 0o777;
    if mode & 0o077 != 0 {
        bail!(
            "the root key file {path} may be read by others (mode {mode:04o}): run 'chmod 600 {path}'; if others could \
             read it, its keys should be replaced",
            path = path.display()
        );
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(64));
    (&file).take(64).read_to_end(&mut bytes)?;
    let key = RootKey::from_bytes(&bytes).ok();
    let length = file.metadata()?.len();
    key.map(Some).with_context(|| {
        format!(
            "the root key file {} has {length} bytes; a root key is exactly 32 bytes. Put the right file back from its \
             safe copy",
            path.display()
        )
    })
}

/// Makes a key and its file, which is on disk before any key is sealed with it.
fn create(path: &Path) -> Result<RootKey> {
    let key = RootKey::generate();
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(key.expose())?;
        file.sync_all()?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    };
    write().with_context(|| format!("cannot make the root key file {}", path.display()))?;
    tracing::warn!(
        file = %path.display(),
        "a root key was made: keep a safe copy of it, apart from the database's backups; without it they cannot be opened"
    );
    Ok(key)
}

/// Writes a file that only this user may read, in place of an older one.
pub fn write_private(path: &Path, content: &[u8]) -> Result<()> {
    let write = || {
        if path.exists() {
            fs::remove_file(path)?;
        }
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?.write_all(content)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}
