//! `kill -9` of the program itself, at moments that nobody chose: what was asked for happens once and whole.
//! Where to stop exactly is tried in-process, at each kill point (`service`, `crash.rs`).

use super::{
    api::{Api, answer, confirmed, id},
    program::{ADA, Server, bootstrap, serve, token, verify_audit},
};
use crate::harness::FILE_PASSWORD;
use reqwest::{Method, RequestBuilder, multipart};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt::Write as _, path::Path, time::Duration};
use test_support::{
    TestDb, both_databases, pfx,
    smtp::{Security, Sink},
};

const ROWS: usize = 8_000;
/// So often each step is killed before it may end.
const KILLS: usize = 5;
/// The longest time between a request and the kill.
const LATEST: u64 = 400;
/// Longer than a lease: what the dead process held is free.
const LEASE: i64 = 31;

struct Drill<'d> {
    server: Server,
    api: Api,
    db: &'d TestDb,
    folder: &'d Path,
    environment: String,
    table: String,
    kills: usize,
}

both_databases! {
    async fn killed_at_any_moment_it_finishes_once_and_whole(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let sink = Sink::start(Security::Plain).await.unwrap();
        bootstrap(&db, folder, &[]);
        let port = sink.address().port().to_string();
        let mail = ["--smtp-host", "localhost", "--smtp-port", &port, "--smtp-tls", "none", "--smtp-from", "k@contoso.example"];
        let server = serve(&db, folder, &[&["--dev-clock"][..], &mail].concat()).await;
        let api = Api::new(server.listen, token(&db, folder, ADA));
        let environment = api.environment("Payroll").await;
        let columns = json!({"name": "People", "columns": [{"name": "Name", "type": "text"}]});
        let table = id(&api.post(&format!("/environments/{environment}/tables"), columns, 201).await);
        let mut drill = Drill { server, api, db: &db, folder, environment, table, kills: 0 };

        drill.through(async |at| at.done("row_import").await, import).await;
        drill.through(async |at| at.key("first").await.is_some_and(|key| key.1 == "active"), |at| upload(at, "first")).await;
        drill.through(async |at| at.done("environment_apply").await, apply).await;
        drill.through(async |at| at.key("second").await.is_some(), |at| upload(at, "second")).await;
        drill.api.wait(24 * 3_600 + 1).await;
        let second = drill.key("second").await.unwrap().0;
        let activate = move |at: &Drill<'_>| at.api.request(Method::POST, &format!("/keys/{second}/activate")).json(&confirmed());
        drill.through(async |at| at.key("second").await.is_some_and(|key| key.1 == "active") && at.done("key_rewrap").await, activate).await;
        drill.through(async |at| at.done("environment_return").await, give_back).await;
        drill.judge(&sink).await;
    }
}

impl Drill<'_> {
    /// Asks with `ask` until `done`, and kills the server in the middle of the first attempts. While an operation
    /// is under way nothing is asked for: an import asked for again would rightly be a second one.
    async fn through(&mut self, done: impl AsyncFn(&Self) -> bool, ask: impl Fn(&Self) -> RequestBuilder) {
        for _ in 0..KILLS {
            // In this order: an operation that ends in between is seen as done.
            let busy = self.api.busy().await;
            if done(self).await {
                return;
            }
            self.kill_during((!busy).then(|| ask(self))).await;
        }
        // No more kills: whoever is at work gets on.
        self.api.until_idle().await;
        if !done(self).await {
            let (status, said) = answer(ask(self)).await.unwrap();
            assert!((200..300).contains(&status), "{said}");
            self.api.until_idle().await;
        }
        assert!(done(self).await, "not done: {}", self.api.get("/operations").await);
    }

    async fn kill_during(&mut self, request: Option<RequestBuilder>) {
        let [byte, other] = vault::random::bytes::<2>();
        let delay = (u64::from(byte) << 8 | u64::from(other)) % LATEST;
        let asked = request.map(|request| tokio::spawn(answer(request)));
        tokio::time::sleep(Duration::from_millis(delay)).await;
        self.server.process.restart().unwrap();
        self.kills += 1;
        let said = match asked {
            Some(asked) => {
                asked.await.unwrap().map_or("no answer".to_owned(), |(status, _)| status.to_string())
            }
            None => "nothing asked, an operation was under way".to_owned(),
        };
        println!("kill {} after {delay} ms; {said}", self.kills);
        self.server.until_answering().await;
        self.api.wait(LEASE).await;
    }

    /// Whether a job of this kind has succeeded.
    async fn done(&self, kind: &str) -> bool {
        let all = self.api.get("/operations").await;
        let mut items = all["items"].as_array().unwrap().iter();
        items.any(|job| job["kind"] == kind && job["state"] == "succeeded")
    }

    /// Id and state of the key of this name.
    async fn key(&self, name: &str) -> Option<(String, String)> {
        let list = self.api.get("/regions/europe/keys").await;
        let key = list["items"].as_array().unwrap().iter().find(|key| key["name"] == name)?.clone();
        Some((id(&key), key["state"].as_str().unwrap().to_owned()))
    }

    /// Nothing lost, nothing twice, nothing half done.
    async fn judge(&self, sink: &Sink) {
        println!("{} kills", self.kills);
        assert!(self.kills >= 6, "each of the six steps was killed at least once");
        let details = self.api.get(&format!("/environments/{}", self.environment)).await;
        assert_eq!((&details["state"], &details["online"]), (&json!("platform_managed"), &json!(true)));
        let export = self.api.request(Method::GET, &format!("/tables/{}/export", self.table));
        let export = export.send().await.unwrap().text().await.unwrap();
        assert!(
            export.lines().eq(csv().lines()),
            "every row, once, in order; there are {}",
            export.lines().count()
        );
        assert_eq!(self.key("first").await.unwrap().1, "available");
        assert_eq!(self.key("second").await.unwrap().1, "active");
        let jobs = self.api.get("/operations").await;
        let mut count = BTreeMap::new();
        for job in jobs["items"].as_array().unwrap() {
            assert_eq!(job["state"], "succeeded", "{job}");
            *count.entry(job["kind"].as_str().unwrap().to_owned()).or_insert(0) += 1;
        }
        let kinds = ["environment_apply", "environment_return", "key_install", "key_rewrap", "row_import"];
        assert_eq!(
            count.into_iter().collect::<Vec<_>>(),
            kinds.map(|kind| (kind.to_owned(), if kind == "key_install" { 2 } else { 1 }))
        );
        self.judge_mails(sink).await;
        verify_audit(self.db, self.folder);
    }

    /// One mail for each event, and each arrived.
    async fn judge_mails(&self, sink: &Sink) {
        let mut messages: Vec<Value> = Vec::new();
        for _ in 0..600 {
            messages = self.api.get("/messages").await["items"].as_array().unwrap().clone();
            if messages.iter().all(|message| message["state"] == "sent") {
                break;
            }
            self.api.wait(60).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let mut subjects: Vec<String> =
            messages.iter().map(|message| message["subject"].as_str().unwrap().to_owned()).collect();
        subjects.sort();
        assert!(messages.iter().all(|message| message["state"] == "sent"), "{messages:?}");
        assert_eq!(
            subjects,
            [
                "[Keystead] Encryption key first is now active",
                "[Keystead] Encryption key first was added",
                "[Keystead] Encryption key second is being activated",
                "[Keystead] Encryption key second is now active",
                "[Keystead] Encryption key second was added",
                "[Keystead] Payroll is back on standard encryption",
                "[Keystead] Payroll is now encrypted with your own key",
            ]
        );
        let mut arrived: Vec<_> = sink.messages().iter().map(|mail| mail.message_id().unwrap()).collect();
        arrived.sort();
        arrived.dedup();
        assert_eq!(
            arrived.len(),
            subjects.len(),
            "each arrived, some perhaps twice with the same Message-ID"
        );
    }
}

fn csv() -> String {
    let mut csv = "Name\r\n".to_owned();
    (0..ROWS).for_each(|n| write!(csv, "person {n}\r\n").unwrap());
    csv
}

fn import(at: &Drill<'_>) -> RequestBuilder {
    let request = at.api.request(Method::POST, &format!("/tables/{}/imports", at.table));
    request.header("content-type", "text/csv").body(csv())
}

fn upload(at: &Drill<'_>, name: &str) -> RequestBuilder {
    let file = pfx::modern(name, FILE_PASSWORD).unwrap();
    let form = multipart::Form::new()
        .text("name", name.to_owned())
        .part("file", multipart::Part::bytes(file).file_name("key.pfx"))
        .text("password", FILE_PASSWORD)
        .text("risk_acknowledged", "true");
    at.api.request(Method::POST, "/regions/europe/keys").multipart(form)
}

fn apply(at: &Drill<'_>) -> RequestBuilder {
    at.api.request(Method::POST, &format!("/environments/{}/apply", at.environment)).json(&confirmed())
}

fn give_back(at: &Drill<'_>) -> RequestBuilder {
    let mut form = confirmed();
    form["typed_name"] = json!("Payroll");
    at.api.request(Method::POST, &format!("/environments/{}/return", at.environment)).json(&form)
}
