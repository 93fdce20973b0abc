//! Where PostgreSQL's programs are and as whom they run.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};
use tokio::process::Command;

/// The newest PostgreSQL of this machine.
#[derive(Clone, Debug)]
pub(super) struct Installation {
    bin: PathBuf,
}

/// The account PostgreSQL's programs run under when the tests run as root, which PostgreSQL refuses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account {
    pub(super) user: u32,
    pub(super) group: u32,
}

impl Installation {
    /// Debian's and Ubuntu's folders (highest version first), then the folders of `PATH`.
    pub(super) fn find() -> Result<Self> {
        let mut versions: Vec<(u32, PathBuf)> = Vec::new();
        for entry in fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten() {
            if let Some(version) = entry.file_name().to_str().and_then(|name| name.parse().ok()) {
                versions.push((version, entry.path().join("bin")));
            }
        }
        versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = versions.into_iter().map(|(_, bin)| bin).chain(env::split_paths(&path));
        match folders.into_iter().find(|bin| bin.join("initdb").is_file() && bin.join("psql").exists()) {
            Some(bin) => Ok(Self { bin }),
            None => bail!("PostgreSQL is not installed, the tests need it: apt-get install postgresql"),
        }
    }

    /// One of its programs under our own account, without the caller's `PG…` variables.
    pub(super) fn client(&self, program: &str) -> Command {
        clean(Command::new(self.bin.join(program)))
    }

    /// The words that run `program` under the account that may: ours, or `postgres` when we are root.
    pub(super) fn words(&self, program: &str, account: Option<Account>) -> Vec<String> {
        let program = self.bin.join(program).display().to_string();
        let Some(Account { user, group }) = account else { return vec![program] };
        vec![
            "setpriv".into(),
            format!("--reuid={user}"),
            format!("--regid={group}"),
            "--clear-groups".into(),
            program,
        ]
    }

    /// One of its server programs under the account that may run it.
    pub(super) fn server(&self, program: &str, account: Option<Account>) -> Command {
        let words = self.words(program, account);
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]);
        clean(command)
    }
}

/// `None` when `folder`, which we have just made, says that we are not root.
pub(super) fn account_for(folder: &Path) -> Result<Option<Account>> {
    if fs::metadata(folder)?.uid() != 0 {
        return Ok(None);
    }
    let passwd = fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
    let line = passwd.lines().find_map(|line| line.strip_prefix("postgres:"));
    let mut fields = line.into_iter().flat_map(|line| line.split(':').skip(1));
    let (Some(Ok(user)), Some(Ok(group))) = (fields.next().map(str::parse), fields.next().map(str::parse))
    else {
        bail!("root may not run PostgreSQL and there is no user `postgres`: apt-get install postgresql")
    };
    Ok(Some(Account { user, group }))
}

fn clean(mut command: Command) -> Command {
    let path = env::var_os("PATH").unwrap_or_default();
    command.env_clear().env("PATH", path).env("LC_ALL", "C").current_dir("/").stdin(Stdio::null());
    command
}

/// Runs to the end; its standard output without the last line break, or an error that says what it complained about.
pub(super) async fn run(mut command: Command) -> Result<String> {
    let program = command.as_std().get_program().to_owned();
    let program = Path::new(&program).file_name().and_then(OsStr::to_str).unwrap_or("a program").to_owned();
    let output = command.output().await.with_context(|| format!("cannot run {program}"))?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{program} failed ({}): {}", output.status, complaint.trim());
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}
