//! A SQLite file of one test.

use anyhow::{Context, Result};
use tempfile::TempDir;

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
