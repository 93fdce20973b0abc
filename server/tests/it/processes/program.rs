//! The program: started as a server, run as a command.

use std::{ffi::OsStr, fmt::Debug, fs, net::SocketAddr, path::Path, process::Command, time::Duration};
use test_support::{TestDb, ports::free_address, process::Process};

/// How long a start or an end may take on a slow machine.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// A running `keystead serve`.
pub(crate) struct Server {
    pub process: Process,
    pub listen: SocketAddr,
    pub ops: SocketAddr,
}

/// Starts a server with its data folder there; `more` arguments beside its addresses.
pub(crate) async fn serve(db: &TestDb, folder: &Path, more: &[&str]) -> Server {
    let (listen, ops) = (free_address().unwrap(), free_address().unwrap());
    let mut command = program(&db.url, folder);
    command.arg("serve").args(more);
    command.args(["--listen", &listen.to_string(), "--ops-listen", &ops.to_string()]);
    let process = Process::start(command, folder.join("log")).unwrap();
    let mut server = Server { process, listen, ops };
    server.until_answering().await;
    server
}

impl Server {
    /// Waits until both listeners answer.
    pub(crate) async fn until_answering(&mut self) {
        self.process.wait_until_answering(self.listen, LIMIT).await.unwrap();
        self.process.wait_until_answering(self.ops, LIMIT).await.unwrap();
    }
}

/// The program on this database, not started yet.
pub(crate) fn program(url: &str, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keystead"));
    command.env_clear().args(["--database-url", url, "--data-dir", folder.to_str().unwrap()]);
    command
}

/// Runs a command that must work; returns what it printed.
#[track_caller]
pub(crate) fn done<A: AsRef<OsStr> + Debug>(db: &TestDb, folder: &Path, arguments: &[A]) -> String {
    let output = program(&db.url, folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a command that must not work; returns what it said.
#[track_caller]
pub(crate) fn refused<A: AsRef<OsStr> + Debug>(db: &TestDb, folder: &Path, arguments: &[A]) -> String {
    let output = program(&db.url, folder).args(arguments).output().unwrap();
    assert!(!output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

/// Contoso with the region `europe`, where managing keys is on, and the Global administrator Ada.
pub(crate) fn bootstrap(db: &TestDb, folder: &Path, more: &[&str]) {
    let file = password_file(folder);
    let mut arguments =
        vec!["admin", "bootstrap", "--tenant", "Contoso", "--regions", "europe", "--name", "Ada"];
    arguments.extend(["--email", ADA, "--password-file", &file, "--seats", "1001"]);
    arguments.extend(more);
    done(db, folder, &arguments);
}

/// The Global administrator.
pub(crate) const ADA: &str = "ada@contoso.example";

/// A file with the password of every person.
pub(crate) fn password_file(folder: &Path) -> String {
    let file = folder.join("password");
    fs::write(&file, format!("{}\n", crate::harness::PASSWORD)).unwrap();
    file.display().to_string()
}

/// A fresh token of this person, good as long as tokens can be.
pub(crate) fn token(db: &TestDb, folder: &Path, email: &str) -> String {
    let arguments =
        ["admin", "token", "add", "--dev-clock", "--email", email, "--name", "tests", "--days", "366"];
    done(db, folder, &arguments).trim().to_owned()
}

/// Every organisation's audit chain is whole.
#[track_caller]
pub(crate) fn verify_audit(db: &TestDb, folder: &Path) {
    let text = done(db, folder, &["audit", "verify"]);
    assert!(text.contains("Contoso: intact"), "{text}");
    println!("{}", text.trim());
}
