//! A folder in the user's cache for what is worth keeping between test runs, and locks shared by
//! test processes that run at the same time.

use std::env;
use std::fs::{self, File};
use std::path::PathBuf;

use anyhow::{Context, Result};

/// `$XDG_CACHE_HOME/keystead/tests`, or `~/.cache/…`, or the temporary folder. Created when missing.
pub(crate) fn folder() -> Result<PathBuf> {
    let from_home = || env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let base = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(from_home);
    let folder = base.unwrap_or_else(env::temp_dir).join("keystead").join("tests");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create the folder {}", folder.display()))?;
    Ok(folder)
}

/// Opens (and creates) the lock file `name`. The lock taken on it ends with the returned file, and
/// the kernel ends it when the process dies.
pub(crate) fn lock_file(name: &str) -> Result<File> {
    let path = folder()?.join("locks").join(name);
    fs::create_dir_all(path.parent().unwrap_or(&path))?;
    File::create(&path).with_context(|| format!("cannot create the lock file {}", path.display()))
}
