//! Storage that fails under the embedded database: fsync that answers EIO, a disk that is full, a log that was torn. What
//! was answered is there afterwards, what is told is clear, and the portal comes back by itself when the fault is gone.

use super::{
    api::{Api, answer, id},
    program::{ADA, bootstrap, program, token, verify_audit},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    fs::{self, OpenOptions},
    net::SocketAddr,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use test_support::{Kind, TestDb, ports::free_address, process::Process};
use tokio::time::Instant;

const LIMIT: Duration = Duration::from_secs(90);
/// So long the portal may take to come back once the fault is gone.
const RECOVERY: Duration = Duration::from_secs(60);

/// A portal that was set up, with a table, in a folder of its own.
struct Portal {
    db: TestDb,
    folder: PathBuf,
    _home: tempfile::TempDir,
    api: Option<Api>,
    token: String,
    table: String,
    process: Option<Process>,
    /// The rows that were answered with 201.
    answered: BTreeSet<String>,
}

impl Portal {
    async fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().to_owned();
        let db = TestDb::create(Kind::Sqlite).await.unwrap();
        bootstrap(&db, &folder, &[]);
        let token = token(&db, &folder, ADA);
        let mut portal = Self {
            db,
            folder,
            _home: home,
            api: None,
            token,
            table: String::new(),
            process: None,
            answered: BTreeSet::new(),
        };
        portal.start(&[]).await;
        let api = portal.api();
        let environment = api.environment("Payroll").await;
        let columns = json!({"name": "People", "columns": [{"name": "Name", "type": "text"}]});
        portal.table = id(&api.post(&format!("/environments/{environment}/tables"), columns, 201).await);
        portal.kill();
        portal
    }

    /// Starts the program, behind these words.
    async fn start(&mut self, before: &[&str]) {
        let (listen, ops) = (free_address().unwrap(), free_address().unwrap());
        self.start_at(before, listen, ops, &self.folder.clone(), &self.db.url.clone()).await;
    }

    async fn start_at(
        &mut self,
        before: &[&str],
        listen: SocketAddr,
        ops: SocketAddr,
        folder: &Path,
        url: &str,
    ) {
        let inner = program(url, folder);
        let mut command = match before.split_first() {
            Some((first, rest)) => {
                let mut command = Command::new(first);
                command.args(rest).arg(inner.get_program());
                command
            }
            None => Command::new(inner.get_program()),
        };
        command.args(inner.get_args()).args(["serve", "--dev-clock"]);
        command.args(["--listen", &listen.to_string(), "--ops-listen", &ops.to_string()]);
        let mut process = Process::start(command, self.folder.join("log")).unwrap();
        process.wait_until_answering(listen, LIMIT).await.unwrap();
        self.process = Some(process);
        self.api = Some(Api::new(listen, self.token.clone()));
    }

    fn api(&self) -> Api {
        self.api.clone().unwrap()
    }

    /// The program goes the hard way, and whatever traced it.
    fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let children =
                Command::new("pkill").args(["-9", "-P", &process.id().unwrap().to_string()]).status();
            assert!(children.is_ok());
            process.kill9().unwrap();
        }
    }

    /// Writes a row; what is not 201 must be a clear problem.
    async fn write(&mut self, name: &str, size: usize) -> Result<(), Value> {
        let text = format!("{name} {}", "x".repeat(size));
        let row = json!({"rows": [{"cells": {"Name": text}}]});
        let path = format!("/tables/{}/rows", self.table);
        let (status, body) = answer(self.api().request(Method::POST, &path).json(&row)).await.unwrap();
        if status == 201 {
            self.answered.insert(name.to_owned());
            return Ok(());
        }
        assert_eq!((status, body["code"].as_str()), (503, Some("STORAGE_UNAVAILABLE")), "{body}");
        assert!(body["remedy"].as_str().unwrap().contains("operator"), "{body}");
        Err(body)
    }

    /// Every row, by its name.
    async fn rows(&self) -> BTreeSet<String> {
        let request = self.api().request(Method::GET, &format!("/tables/{}/export", self.table));
        let text = request.send().await.unwrap().text().await.unwrap();
        text.lines()
            .skip(1)
            .map(|line| line.split(' ').next().unwrap().trim_matches('"').to_owned())
            .collect()
    }

    /// Nothing that was answered is missing, the file is sound, the trail is whole.
    async fn judge(&mut self, fault: &str) {
        self.kill();
        self.start(&[]).await;
        let rows = self.rows().await;
        let missing: Vec<&String> = self.answered.difference(&rows).collect();
        assert!(missing.is_empty(), "{fault}: answered and not there: {missing:?}");
        self.sound(fault).await;
    }

    async fn sound(&mut self, fault: &str) {
        self.kill();
        let db = store::Db::connect(&self.db.url).await.unwrap();
        let check = sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, "PRAGMA integrity_check");
        let row = store::ConnectionTrait::query_one_raw(db.read(), check).await.unwrap().unwrap();
        assert_eq!(row.try_get::<String>("", "integrity_check").unwrap(), "ok", "{fault}");
        verify_audit(&self.db, &self.folder);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_fsync_that_fails_is_never_taken_for_done() {
    for nth in [1, 2, 3, 5, 8] {
        let fault = format!("EIO at fsync {nth} of each thread");
        let mut portal = Portal::new().await;
        let inject = format!("inject=fsync,fdatasync:error=EIO:when={nth}");
        let strace =
            ["strace", "-f", "-qqq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", &inject];
        portal.start(&strace).await;
        let mut refused = 0;
        for n in 0..60 {
            refused += usize::from(portal.write(&format!("row-{n}"), 100).await.is_err());
        }
        println!("{fault}: {} rows answered, {refused} refused", portal.answered.len());
        assert!(portal.answered.len() >= 30, "{fault}: it comes back by itself");
        portal.judge(&fault).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fsync_fails_until_the_disk_is_mended() {
    let mut portal = Portal::new().await;
    // From the 4th on, for as long as the tracer is there.
    let inject = "inject=fsync,fdatasync:error=EIO:when=4+";
    let strace = ["strace", "-f", "-qqq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", inject];
    portal.start(&strace).await;
    let mut refused = 0;
    for n in 0..40 {
        refused += usize::from(portal.write(&format!("row-{n}"), 100).await.is_err());
    }
    println!(
        "EIO from the 4th fsync of each thread on: {} answered, {refused} refused",
        portal.answered.len()
    );
    assert!(refused > 0);
    portal.judge("EIO for good").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_and_passes() {
    let mut portal = Portal::new().await;
    let disk = portal.folder.join("disk");
    fs::create_dir(&disk).unwrap();
    // A file system of 24 MiB that only this process sees; it goes with it.
    let script = format!(
        "mount -t tmpfs -o size=24m tmpfs {disk} && cp -a {folder}/root.key {disk}/ && \
         for end in '' -wal -shm; do [ ! -e {file}$end ] || cp {file}$end {disk}/keystead.db$end; done && exec \"$@\"",
        disk = disk.display(),
        folder = portal.folder.display(),
        file = portal.db.files().unwrap()[0].display(),
    );
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut unshare = vec!["unshare", "--mount"];
    if !root {
        unshare.push("--map-root-user");
    }
    unshare.extend(["sh", "-c", &script, "sh"]);
    let url = format!("sqlite://{}?mode=rwc", disk.join("keystead.db").display());
    let (listen, ops) = (free_address().unwrap(), free_address().unwrap());
    portal.start_at(&unshare, listen, ops, &disk, &url).await;
    // The program's own view of the disk.
    let id = portal.process.as_ref().unwrap().id().unwrap();
    let inside = PathBuf::from(format!("/proc/{id}/root{}", disk.display()));
    portal.write("before", 1_000).await.unwrap();
    let filler = inside.join("filler");
    fill(&filler);
    let mut refused = 0;
    for n in 0..40 {
        refused += usize::from(portal.write(&format!("row-{n}"), 40_000).await.is_err());
    }
    println!("full: {} rows answered, {refused} refused", portal.answered.len());
    assert!(refused > 0, "the disk is full");
    fs::remove_file(&filler).unwrap();
    let ends = Instant::now() + RECOVERY;
    while portal.write("after", 40_000).await.is_err() {
        assert!(Instant::now() < ends, "it does not come back");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let rows = portal.rows().await;
    let missing: Vec<&String> = portal.answered.difference(&rows).collect();
    assert!(missing.is_empty(), "answered and not there: {missing:?}");
    // What lies on the small disk goes with it: its copy is judged.
    for end in ["", "-wal"] {
        let to = format!("{}{end}", portal.db.files().unwrap()[0].display());
        let _ = fs::remove_file(&to);
        if let Ok(bytes) = fs::read(inside.join(format!("keystead.db{end}"))) {
            fs::write(to, bytes).unwrap();
        }
    }
    portal.judge("a full disk").await;
}

/// Takes what room there is.
fn fill(filler: &Path) {
    let file = OpenOptions::new().create(true).write(true).truncate(true).open(filler).unwrap();
    for size in [1 << 20, 1 << 14, 1 << 12] {
        let block = vec![1_u8; size];
        while file.write_all_at(&block, file.metadata().unwrap().len()).is_ok() {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_log_opens_to_what_was_whole() {
    for cut in [1, 24, 4_096, 5_000] {
        let fault = format!("the log lost its last {cut} bytes");
        let mut portal = Portal::new().await;
        portal.start(&[]).await;
        for n in 0..20 {
            portal.write(&format!("row-{n}"), 2_000).await.unwrap();
        }
        portal.kill();
        let wal = portal.db.files().unwrap()[1].clone();
        let length = fs::metadata(&wal).unwrap().len();
        assert!(length > cut, "{length} bytes of log");
        OpenOptions::new().write(true).open(&wal).unwrap().set_len(length - cut).unwrap();
        portal.start(&[]).await;
        let rows = portal.rows().await;
        let lost: Vec<&String> = portal.answered.difference(&rows).collect();
        // A disk that loses what it has confirmed loses the end, never a row before it.
        let first_lost = (0..20).find(|n| !rows.contains(&format!("row-{n}"))).unwrap_or(20);
        assert_eq!(rows.len(), first_lost, "{fault}: {lost:?}");
        assert!(first_lost >= 17, "{fault}: {lost:?}");
        println!("{fault}: {first_lost} of 20 rows");
        portal.write("later", 100).await.unwrap();
        portal.sound(&fault).await;
    }
}
