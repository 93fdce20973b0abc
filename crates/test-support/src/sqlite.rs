//! A SQLite file of one test.

use anyhow::{Context, Result};
use tempfile::TempDir;

/// The files of the database whose file is `path`: the database, its log, the log's index.
pub fn files(path: &std::path::Path) -> Vec<std::path::PathBuf> {
    let beside = |end: &str| std::path::PathBuf::from(format!("{}{end}", path.display()));
    vec![path.to_owned(), beside("-wal"), beside("-shm")]
}

/// An empty place for a SQLite database; the folder goes when this value is dropped.
#[derive(Debug)]
pub struct Database {
    folder: TempDir,
}

impl Database {
    /// The file `keystead.db` of a new temporary folder; the file itself is made by whoever opens it.
    pub fn new() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("keystead-sqlite-").tempdir();
        Ok(Self { folder: folder.context("cannot create a temporary folder")? })
    }

    /// `sqlite:///…/keystead.db?mode=rwc`.
    pub fn url(&self) -> String {
        format!("sqlite://{}?mode=rwc", self.path().display())
    }

    /// The database file.
    pub fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("keystead.db")
    }
}
