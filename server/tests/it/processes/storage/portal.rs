//! A portal on an embedded database, to be started behind faults and judged after them.

use super::visitor::Visitor;
use crate::processes::{
    api::{Api, answer, id},
    program::{ADA, bootstrap, program, token, verify_audit},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    net::SocketAddr,
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
pub(super) struct Portal {
    pub(super) db: TestDb,
    pub(super) folder: PathBuf,
    _home: tempfile::TempDir,
    api: Option<Api>,
    token: String,
    pub(super) table: String,
    pub(super) process: Option<Process>,
    listen: Option<SocketAddr>,
    /// The rows that were answered with 201.
    pub(super) answered: BTreeSet<String>,
}

impl Portal {
    pub(super) async fn new() -> Self {
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
            listen: None,
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
    pub(super) async fn start(&mut self, before: &[&str]) {
        let (listen, ops) = (free_address().unwrap(), free_address().unwrap());
        self.start_at(before, listen, ops, &self.folder.clone(), &self.db.url.clone()).await;
    }

    pub(super) async fn start_at(
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
        self.listen = Some(listen);
        self.api = Some(Api::new(listen, self.token.clone()));
    }

    pub(super) fn api(&self) -> Api {
        self.api.clone().unwrap()
    }

    /// The program goes the hard way, and whatever traced it.
    pub(super) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let children =
                Command::new("pkill").args(["-9", "-P", &process.id().unwrap().to_string()]).status();
            assert!(children.is_ok());
            process.kill9().unwrap();
        }
    }

    /// Writes a row; what is not 201 must be a clear problem.
    pub(super) async fn write(&mut self, name: &str, size: usize) -> Result<(), Value> {
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

    pub(super) async fn visitor(&self) -> Visitor {
        Visitor::sign_in(self.listen.unwrap()).await
    }

    /// The fault is gone: the same process takes rows again, and shows every one that it has answered.
    pub(super) async fn comes_back(&mut self, size: usize) {
        let ends = Instant::now() + RECOVERY;
        while self.write("after", size).await.is_err() {
            assert!(Instant::now() < ends, "it does not come back");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let rows = self.rows().await;
        let missing: Vec<&String> = self.answered.difference(&rows).collect();
        assert!(missing.is_empty(), "answered and not there: {missing:?}");
    }

    /// Every row, by its name.
    pub(super) async fn rows(&self) -> BTreeSet<String> {
        let request = self.api().request(Method::GET, &format!("/tables/{}/export", self.table));
        let text = request.send().await.unwrap().text().await.unwrap();
        text.lines()
            .skip(1)
            .map(|line| line.split(' ').next().unwrap().trim_matches('"').to_owned())
            .collect()
    }

    /// Nothing that was answered is missing, the file is sound, the trail is whole.
    pub(super) async fn judge(&mut self, fault: &str) {
        self.kill();
        self.start(&[]).await;
        let rows = self.rows().await;
        let missing: Vec<&String> = self.answered.difference(&rows).collect();
        assert!(missing.is_empty(), "{fault}: answered and not there: {missing:?}");
        self.sound(fault).await;
    }

    pub(super) async fn sound(&mut self, fault: &str) {
        self.kill();
        let db = store::Db::connect(&self.db.url).await.unwrap();
        let check = sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, "PRAGMA integrity_check");
        let row = store::ConnectionTrait::query_one_raw(db.read(), check).await.unwrap().unwrap();
        assert_eq!(row.try_get::<String>("", "integrity_check").unwrap(), "ok", "{fault}");
        verify_audit(&self.db, &self.folder);
    }
}
