//! A private PostgreSQL for a test process, from the binaries that are installed.
//!
//! It listens on a socket in a folder only we can enter, never on a port: its superuser has no
//! password, and a superuser may run programs.

mod install;
mod server;
mod template;

use anyhow::{Context, Result};
use tokio::sync::OnceCell;

pub use server::{Durability, Server};

static SHARED: OnceCell<Server> = OnceCell::const_new();

/// A new empty database on the server all tests of this process share; its `postgres://…` URL.
///
/// The first call starts the server. It ends, and its files go, when the process ends, however it ends.
pub async fn database() -> Result<String> {
    shared().await?.create_database().await
}

/// A copy of a database that [`database`] made, while nobody is connected to it.
pub async fn copy_database(url: &str) -> Result<String> {
    shared().await?.copy_database(url).await
}

/// Removes a database that [`database`] made before the process ends (each takes 7 MB).
pub async fn drop_database(url: &str) -> Result<()> {
    shared().await?.drop_database(url).await
}

async fn shared() -> Result<&'static Server> {
    SHARED.get_or_try_init(|| Server::start(Durability::Fast)).await
}

/// Runs one SQL statement through `psql` and returns what it prints: rows as lines, columns parted by `|`.
pub async fn sql(url: &str, statement: &str) -> Result<String> {
    let mut psql = install::Installation::find()?.client("psql");
    psql.args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1"]);
    psql.args(["--dbname", url, "--command", statement]);
    install::run(psql).await.with_context(|| format!("SQL failed: {statement}"))
}
