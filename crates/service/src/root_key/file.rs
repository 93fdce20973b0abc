//! The root key's file: 32 bytes that nobody else may read, and without which no key opens.
//!
//! A rotation never leaves a moment at which the key that the database names is in no file: the next key lies
//! beside the current one, under its check value, before the database knows of it, and takes its place by a rename.

use anyhow::{Context, Result, bail};
use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read, Write},
    os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};
use vault::{RootKey, Zeroizing};

/// Bytes of a root key.
const LENGTH: usize = 32;

/// Where this process finds the root key.
#[derive(Clone, Debug)]
pub struct RootKeyFile {
    path: PathBuf,
    own: bool,
}

impl RootKeyFile {
    /// The portal's own file, which it makes and replaces by itself.
    pub fn own(path: PathBuf) -> Self {
        Self { path, own: true }
    }

    /// A file that is handed in from outside (a secret mount): only the operator replaces it.
    pub fn handed_in(path: PathBuf) -> Self {
        Self { path, own: false }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the portal replaces the file by itself.
    pub fn is_own(&self) -> bool {
        self.own
    }

    /// The key in the file, whichever it is; `None` when there is none.
    ///
    /// # Errors
    /// A file that others may read, and one of another length, each have their own words.
    pub(crate) fn read(&self) -> Result<Option<RootKey>> {
        read(&self.path)
    }

    /// The key with this check value: in the file, or in that of the next one.
    pub(crate) fn find(&self, check: &[u8]) -> Result<Option<RootKey>> {
        let next = self.next_path(check);
        // The file twice: another process may put the next one in its place between the first two looks.
        for path in [&self.path, &next, &self.path] {
            if let Some(key) = read(path)?.filter(|key| key.check_value() == check) {
                return Ok(Some(key));
            }
        }
        Ok(None)
    }

    /// The key that the operator has put beside the current one.
    pub(crate) fn handed_next(&self) -> Result<Option<RootKey>> {
        read(&self.next_path(&[]))
    }

    /// Where the operator puts the next key, or where the portal keeps the next one with this check value.
    pub fn next_path(&self, check: &[u8]) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        path.push(".next");
        if self.own {
            path.push(format!("-{}", crate::keys::hex(check)));
        }
        path.into()
    }

    /// Makes the first key and its file, which is on disk before any key is sealed with it.
    pub(crate) fn create(&self) -> Result<RootKey> {
        let key = RootKey::generate();
        write(&self.path, &key)?;
        Ok(key)
    }

    /// Makes a next key, beside the current one.
    pub(crate) fn create_next(&self) -> Result<RootKey> {
        let key = RootKey::generate();
        write(&self.next_path(&key.check_value()), &key)?;
        Ok(key)
    }

    /// Puts the next key with this check value, which the database names by now, in the place of the one before, and
    /// overwrites that one's bytes. Finds it done if another process was first.
    pub(crate) fn adopt(&self, check: &[u8]) -> Result<()> {
        let next = self.next_path(check);
        if !self.own || !next.exists() {
            return Ok(());
        }
        // Opened before it loses its name: what is overwritten below is this file, whatever has the name then.
        let before = OpenOptions::new().read(true).write(true).open(&self.path);
        match fs::rename(&next, &self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            renamed => renamed.with_context(|| format!("cannot replace {}", self.path.display()))?,
        }
        sync_folder(&self.path)?;
        match before {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            before => overwrite(&before.context("the root key before is replaced, but not overwritten")?),
        }
    }

    /// Removes the next keys other than that with this check value: rotations that came to nothing. Only while
    /// nobody else can announce one.
    pub(crate) fn remove_strays(&self, except: &[u8]) -> Result<()> {
        if !self.own {
            return Ok(());
        }
        let (keep, any) = (self.next_path(except), self.next_path(&[]));
        for entry in fs::read_dir(folder(&self.path))? {
            let path = entry?.path();
            let stray = path.as_os_str().as_encoded_bytes().starts_with(any.as_os_str().as_encoded_bytes());
            if stray && path != keep {
                overwrite(&OpenOptions::new().write(true).open(&path)?)?;
                fs::remove_file(&path)?;
            }
        }
        Ok(())
    }
}

fn overwrite(file: &File) -> Result<()> {
    file.write_all_at(&[0; LENGTH], 0)?;
    Ok(file.sync_all()?)
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
            "the root key file {} has {length} bytes; a root key is exactly {LENGTH} bytes. Put the right file back \
             from its safe copy",
            path.display()
        )
    })
}

/// Writes a new file, which is on disk when this returns.
fn write(path: &Path, key: &RootKey) -> Result<()> {
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(key.expose())?;
        file.sync_all()?;
        sync_folder(path)
    };
    write().with_context(|| format!("cannot make the root key file {}", path.display()))
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    File::open(folder(path))?.sync_all()
}
