//! One test body, run on SQLite and on PostgreSQL.

use std::{
    future::Future,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{postgres, sqlite};

/// Which database system a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// A fresh empty database that lives at least as long as this value.
#[derive(Debug)]
pub struct TestDb {
    /// `sqlite://…` or `postgres://…`, as sqlx and sea-orm read it.
    pub url: String,
    pub kind: Kind,
    /// PostgreSQL's databases go with their server, when the test process ends, if not before.
    _file: Option<sqlite::Database>,
}

impl TestDb {
    /// Makes an empty database of this kind.
    pub async fn create(kind: Kind) -> Result<Self> {
        match kind {
            Kind::Sqlite => {
                let file = sqlite::Database::new()?;
                Ok(Self { url: file.url(), kind, _file: Some(file) })
            }
            Kind::Postgres => Ok(Self { url: postgres::database().await?, kind, _file: None }),
        }
    }

    /// A copy, as a thief or a backup takes it. Nobody may be connected to the original meanwhile.
    pub async fn copy(&self) -> Result<Self> {
        match self.kind {
            Kind::Sqlite => {
                let file = sqlite::Database::new()?;
                for (from, to) in self.files()?.into_iter().zip(sqlite::files(&file.path())) {
                    if from.exists() {
                        std::fs::copy(from, to)?;
                    }
                }
                Ok(Self { url: file.url(), kind: self.kind, _file: Some(file) })
            }
            Kind::Postgres => {
                Ok(Self { url: postgres::copy_database(&self.url).await?, kind: self.kind, _file: None })
            }
        }
    }

    /// Removes it now: PostgreSQL's would stay until the test process ends.
    pub async fn remove(self) -> Result<()> {
        match self.kind {
            Kind::Sqlite => Ok(()),
            Kind::Postgres => postgres::drop_database(&self.url).await,
        }
    }

    /// Every file and folder in which the database lies: SQLite's file and its log, PostgreSQL's whole
    /// cluster with its write-ahead log, other tests' databases in it.
    pub fn files(&self) -> Result<Vec<PathBuf>> {
        match self.kind {
            Kind::Sqlite => {
                let path = self.url.strip_prefix("sqlite://").context("a URL of SQLite")?;
                Ok(sqlite::files(Path::new(path.split('?').next().unwrap_or(path))))
            }
            Kind::Postgres => {
                let (_, home) = self.url.split_once("?host=").context("a URL of our server")?;
                Ok(vec![Path::new(home).join("data")])
            }
        }
    }
}

/// Runs `test` on a runtime with two workers, with a fresh database. For [`both_databases!`].
///
/// # Panics
/// When the runtime or the database cannot be made: the test cannot say anything then.
pub fn run<T, F: Future<Output = T>>(kind: Kind, test: impl FnOnce(TestDb) -> F) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let body = async {
        let database = must(TestDb::create(kind).await.context("no database for this test"));
        let url = database.url.clone();
        let result = test(database).await;
        if kind == Kind::Postgres {
            must(postgres::drop_database(&url).await);
        }
        result
    };
    runtime.unwrap_or_else(|error| panic!("no runtime for this test: {error}")).block_on(body)
}

fn must<T>(result: Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("{error:#}"))
}

/// Turns each `async fn name(db: TestDb)` into two tests, `name::sqlite` and `name::postgres`.
///
/// The function may return a `Result`. Attributes (`#[should_panic]`, …) go to both tests.
///
/// ```
/// use test_support::{TestDb, both_databases};
///
/// both_databases! {
///     async fn has_a_url(db: TestDb) -> anyhow::Result<()> {
///         assert!(db.url.contains("://"));
///         Ok(())
///     }
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! both_databases {
    ($($(#[$attribute:meta])* async fn $name:ident($db:ident: $type:ty) $(-> $output:ty)? $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports, reason = "not every body uses what its module imports")]
            use super::*;

            async fn body($db: $type) $(-> $output)? $body

            $(#[$attribute])*
            #[test]
            fn sqlite() $(-> $output)? {
                $crate::both::run($crate::Kind::Sqlite, body)
            }

            $(#[$attribute])*
            #[test]
            fn postgres() $(-> $output)? {
                $crate::both::run($crate::Kind::Postgres, body)
            }
        }
    )+};
}
