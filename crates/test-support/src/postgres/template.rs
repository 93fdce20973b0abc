//! The data folder `initdb` makes, made once per machine and copied from then on (`initdb` takes seconds).

use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tokio::process::Command;

use super::install::{Account, Installation, account_for, run};

/// Raise when the arguments of `initdb` change.
const FORMAT: u32 = 1;

/// The template folder of this version, made when missing. Processes that come together wait for the first.
pub(super) async fn ensure(install: &Installation) -> Result<PathBuf> {
    let mut initdb = install.client("initdb");
    initdb.arg("--version");
    let printed = run(initdb).await?;
    let version = printed.split_whitespace().nth(2).context("`initdb --version` names no version")?;
    let template = crate::cache::folder()?.join(format!("postgres-{version}-{FORMAT}"));
    if template.is_dir() {
        return Ok(template);
    }
    let lock = crate::cache::lock_file("postgres-template.lock")?;
    let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await??;
    if !template.is_dir() {
        make(install, &template).await?;
    }
    drop(lock);
    Ok(template)
}

/// `initdb` runs in a temporary folder: the account it runs under need not see our cache.
async fn make(install: &Installation, template: &Path) -> Result<()> {
    let scratch = tempfile::Builder::new().prefix("keystead-initdb-").tempdir()?;
    let account = account_for(scratch.path())?;
    give(scratch.path(), account)?;
    let data = scratch.path().join("data");
    let mut initdb = install.server("initdb", account);
    initdb.arg("--pgdata").arg(&data).args(["--username=keystead", "--auth=trust", "--encoding=UTF8"]);
    // Production databases seldom sort by code point; a test that relies on it should fail here.
    initdb.args(["--locale=C", "--locale-provider=icu", "--icu-locale=en-US"]);
    initdb.args(["--no-sync", "--no-instructions"]);
    run(initdb).await?;

    let partial = template.with_extension("partial");
    if partial.exists() {
        fs::remove_dir_all(&partial)?;
    }
    copy(&data, &partial).await?;
    fs::rename(&partial, template).with_context(|| format!("cannot create {}", template.display()))
}

/// Copies a data folder with its owner and modes.
pub(super) async fn copy(from: &Path, to: &Path) -> Result<()> {
    let mut cp = Command::new("cp");
    cp.arg("-a").arg(from).arg(to);
    run(cp).await.map(drop)
}

/// Makes `folder` the property of the account, if there is one.
pub(super) fn give(folder: &Path, account: Option<Account>) -> Result<()> {
    if let Some(Account { user, group }) = account {
        chown(folder, Some(user), Some(group))?;
    }
    Ok(())
}
