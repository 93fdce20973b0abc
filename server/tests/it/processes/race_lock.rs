//! A lock against everything else at the same instant, through three servers on one PostgreSQL: nothing deadlocks, no
//! row is written once the lock is answered, and none that was answered is lost.

use super::{
    api::{Api, answer, confirmed, expect, id},
    program::{ADA, Server, bootstrap, serve, token, verify_audit},
};
use crate::harness::FILE_PASSWORD;
use reqwest::{Method, multipart};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use test_support::{Kind, TestDb, pfx};
use tokio::{sync::Barrier, task::JoinSet};

/// So many in the usual run; `KEYSTEAD_ROUNDS` asks for others.
const ROUNDS: usize = 12;
const WRITERS: usize = 6;
const RIVALS: [&str; 6] = ["another lock", "activate", "apply", "restore", "copy", "backup"];
/// What whoever comes too late may hear.
const LATE: [&str; 12] = [
    "KEYS_BLOCKED_BY_LOCK",
    "ENV_LOCKED",
    "ENV_BUSY",
    "ENV_OFFLINE",
    "ENV_STATE",
    "KEY_NOT_ACTIVE",
    "KEY_NOT_AVAILABLE",
    "KEY_UNAVAILABLE",
    "NO_ACTIVE_KEY",
    "ACTIVATION_COOLDOWN",
    "ACTIVATION_IN_PROGRESS",
    "CONFLICT",
];

#[test]
fn a_lock_against_everything_else_through_three_servers() {
    test_support::both::run(Kind::Postgres, |db| async move { race(&db).await });
}

struct Stage {
    key: String,
    table: String,
    environment: String,
    twin: String,
    plain: String,
    backup: String,
}

/// What was seen, by rival and answer.
type Tally = BTreeMap<String, usize>;

async fn race(db: &TestDb) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    bootstrap(db, folder, &[]);
    let mut servers = Vec::new();
    for _ in 0..3 {
        servers.push(serve(db, folder, &["--dev-clock"]).await);
    }
    let mut apis = sign_in(db, folder, &servers);
    let stage = prepare(&apis).await;
    let rounds = std::env::var("KEYSTEAD_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(ROUNDS);
    let (mut tally, mut written, mut survivors) = (Tally::new(), 0, Vec::new());
    for round in 0..rounds {
        if round % 50 == 49 {
            apis = sign_in(db, folder, &servers);
        }
        let rival = RIVALS[round % RIVALS.len()];
        let victim = own(&apis[0], &format!("Victim {round}")).await;
        let second = match rival {
            // Names are for ever, the file may be the same: a lock has deleted the key of the round before.
            "activate" => Some(apis[0].upload(&format!("second-{round}"), second_file()).await),
            _ => None,
        };
        for (at, api) in apis.iter().enumerate() {
            api.wait(if at == 0 { 72 * 3_600 + 1 } else { 1 }).await;
        }
        let (answered, unanswered) = at_once(&apis, &stage, (rival, second), &mut tally).await;
        nothing_is_written(&apis, &stage).await;
        apis[0].until_idle().await;
        come_back(&apis, &stage, &mut survivors).await;
        if unlock_against_delete(&apis, &victim, &mut tally).await {
            survivors.push(victim);
        }
        let there = count(&apis[2], &stage.table).await;
        let least = written + answered;
        assert!(
            (least..=least + unanswered).contains(&there),
            "round {round}: {there} rows, {least} of them answered and {unanswered} by nobody"
        );
        written = there;
    }
    println!("{rounds} rounds, {written} rows written meanwhile: {tally:#?}");
    verify_audit(db, folder);
}

fn sign_in(db: &TestDb, folder: &Path, servers: &[Server]) -> [Api; 3] {
    std::array::from_fn(|at| Api::new(servers[at].listen, token(db, folder, ADA)).without_keep_alive())
}

async fn own(api: &Api, name: &str) -> String {
    let id = api.environment(name).await;
    api.post(&format!("/environments/{id}/apply"), confirmed(), 202).await;
    api.until_idle().await;
    id
}

async fn prepare(apis: &[Api; 3]) -> Stage {
    let api = &apis[0];
    let key = api.upload("okapi", pfx::modern("okapi", FILE_PASSWORD).unwrap()).await;
    api.until_idle().await;
    let environment = own(api, "Ledger").await;
    let columns = json!([{"name": "Name", "type": "text"}]);
    let table = json!({"name": "People", "columns": columns});
    let table = id(&api.post(&format!("/environments/{environment}/tables"), table, 201).await);
    let (twin, plain) = (own(api, "Twin").await, api.environment("Plain").await);
    api.post(&format!("/environments/{twin}/backups"), json!({}), 202).await;
    api.until_idle().await;
    let backup = id(&api.get(&format!("/environments/{twin}/backups")).await["items"][0]);
    Stage { key, table, environment, twin, plain, backup }
}

fn second_file() -> Vec<u8> {
    pfx::modern("second", FILE_PASSWORD).unwrap()
}

fn lock_form() -> multipart::Form {
    let file = multipart::Part::bytes(pfx::modern("okapi", FILE_PASSWORD).unwrap()).file_name("okapi.pfx");
    multipart::Form::new()
        .part("file", file)
        .text("password", FILE_PASSWORD)
        .text("risk_acknowledged", "true")
        .text("typed_text", "LOCK EUROPE")
        .text("confirmed", "true")
}

/// One locks, one does something else, some write rows; returns how many rows were answered, and how many by nobody.
async fn at_once(
    apis: &[Api; 3],
    stage: &Stage,
    (rival, second): (&str, Option<String>),
    tally: &mut Tally,
) -> (usize, usize) {
    let (barrier, answered) = (Arc::new(Barrier::new(2 + WRITERS)), Arc::new(AtomicBool::new(false)));
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let (barrier, answered) = (barrier.clone(), answered.clone());
        let (api, path) = (apis[writer % 3].clone(), format!("/tables/{}/rows", stage.table));
        writers.spawn(async move {
            barrier.wait().await;
            let mut rows = (0, 0);
            loop {
                let late = answered.load(Ordering::SeqCst);
                let row = json!({"rows": [{"cells": {"Name": format!("writer {writer}")}}]});
                // A lock closes connections; what was just being sent is answered by nobody, and asked again.
                let Ok((status, body)) = answer(api.request(Method::POST, &path).json(&row)).await else {
                    rows.1 += 1;
                    continue;
                };
                match status {
                    201 if late => panic!("a row was written after the lock was answered"),
                    201 => rows.0 += 1,
                    _ => {
                        assert!(LATE.contains(&body["code"].as_str().unwrap()), "{status} {body}");
                        if late {
                            return rows;
                        }
                    }
                }
            }
        });
    }
    let lock = {
        let (barrier, answered) = (barrier.clone(), answered.clone());
        let (api, path) = (apis[0].clone(), format!("/keys/{}/lock", stage.key));
        let request = move || api.request(Method::POST, &path).multipart(lock_form());
        tokio::spawn(async move {
            barrier.wait().await;
            let outcome = asked(request).await;
            if outcome.0 == 202 {
                answered.store(true, Ordering::SeqCst);
            }
            outcome
        })
    };
    let request = || rival_request(&apis[1], stage, (rival, second.clone()));
    barrier.wait().await;
    let other = asked(request).await;
    let locked = lock.await.unwrap();
    let code = |(status, body): &(u16, Value)| match body["code"].as_str() {
        Some(code) => {
            assert!(LATE.contains(&code), "{rival}: {body}");
            code.to_owned()
        }
        None => status.to_string(),
    };
    let seen = format!("{rival}: lock {}, it {}", code(&locked), code(&other));
    *tally.entry(seen).or_default() += 1;
    if locked.0 != 202 && !(rival == "another lock" && other.0 == 202) {
        // What came first stands in the way of a lock: it is over soon.
        apis[0].until_idle().await;
        if rival == "activate" {
            // The new key is the Active one now; the file of the story comes back first.
            reactivate(apis, stage).await;
        }
        expect(
            apis[0].request(Method::POST, &format!("/keys/{}/lock", stage.key)).multipart(lock_form()),
            202,
        )
        .await;
    }
    answered.store(true, Ordering::SeqCst);
    let mut rows = (0, 0);
    while let Some(written) = writers.join_next().await {
        let (answered, unanswered) = written.unwrap();
        rows = (rows.0 + answered, rows.1 + unanswered);
    }
    rows
}

async fn reactivate(apis: &[Api; 3], stage: &Stage) {
    apis[0].wait(24 * 3_600 + 1).await;
    apis[0].post(&format!("/keys/{}/activate", stage.key), confirmed(), 202).await;
    apis[0].until_idle().await;
    apis[0].wait(72 * 3_600 + 1).await;
    for api in &apis[1..] {
        api.wait(1).await;
    }
}

/// Asks until somebody answers: when a lock begins, connections end with what they answer, and a request that comes at
/// that moment is taken by nobody.
async fn asked(request: impl Fn() -> reqwest::RequestBuilder) -> (u16, Value) {
    for _ in 0..5 {
        if let Ok(answered) = answer(request()).await {
            return answered;
        }
    }
    panic!("nobody answers");
}

fn rival_request(
    api: &Api,
    stage: &Stage,
    (rival, second): (&str, Option<String>),
) -> reqwest::RequestBuilder {
    let post = |path: String, body: Value| api.request(Method::POST, &path).json(&body);
    match (rival, second) {
        ("another lock", _) => {
            api.request(Method::POST, &format!("/keys/{}/lock", stage.key)).multipart(lock_form())
        }
        ("activate", Some(second)) => post(format!("/keys/{second}/activate"), confirmed()),
        ("apply", _) => post(format!("/environments/{}/apply", stage.plain), confirmed()),
        ("restore", _) => {
            let body = json!({"target_id": stage.twin, "typed_name": "Twin"});
            post(format!("/environments/{}/backups/{}/restore", stage.twin, stage.backup), body)
        }
        ("copy", _) => {
            let body = json!({"target_id": stage.twin, "typed_name": "Twin"});
            post(format!("/environments/{}/copy", stage.environment), body)
        }
        _ => post(format!("/environments/{}/backups", stage.environment), json!({})),
    }
}

/// Through every server, from the answer on.
async fn nothing_is_written(apis: &[Api; 3], stage: &Stage) {
    for api in apis {
        let row = json!({"rows": [{"cells": {"Name": "late"}}]});
        let path = format!("/tables/{}/rows", stage.table);
        let (status, body) = asked(|| api.request(Method::POST, &path).json(&row)).await;
        assert_ne!(status, 201, "{body}");
        let (status, _) = asked(|| api.request(Method::GET, &path)).await;
        assert_ne!(status, 200, "rows are read under a lock");
    }
}

/// The key with its file, and every environment but the victim.
async fn come_back(apis: &[Api; 3], stage: &Stage, survivors: &mut Vec<String>) {
    for (at, api) in apis.iter().enumerate() {
        api.wait(if at == 0 { 3_601 } else { 1 }).await;
    }
    let file = multipart::Part::bytes(pfx::modern("okapi", FILE_PASSWORD).unwrap()).file_name("okapi.pfx");
    let form = multipart::Form::new()
        .part("file", file)
        .text("password", FILE_PASSWORD)
        .text("risk_acknowledged", "true");
    expect(apis[0].request(Method::POST, &format!("/keys/{}/unlock", stage.key)).multipart(form), 202).await;
    apis[0].until_idle().await;
    for id in [&stage.environment, &stage.twin, &stage.plain] {
        let request = apis[0].request(Method::POST, &format!("/environments/{id}/unlock")).json(&confirmed());
        let (status, body) = answer(request).await.unwrap();
        // The plain one is locked only if its key was applied in time.
        assert!(status == 202 || (id == &stage.plain && status == 409), "{body}");
    }
    apis[0].until_idle().await;
    // Victims of rounds before, which were unlocked then: nothing may stay locked.
    for id in survivors.drain(..) {
        let name = apis[0].get(&format!("/environments/{id}")).await["name"].clone();
        let form = json!({"typed_name": name, "risk_acknowledged": true});
        apis[0].post(&format!("/environments/{id}/delete"), form, 202).await;
    }
    let plain = apis[0].get(&format!("/environments/{}", stage.plain)).await;
    if plain["state"] == "self_managed" {
        apis[0].post(&format!("/environments/{}/return", stage.plain), returned(), 202).await;
        apis[0].until_idle().await;
    }
}

fn returned() -> Value {
    json!({"typed_name": "Plain", "confirmed": true, "risk_acknowledged": true})
}

/// Exactly one of the two happens; whether it was the unlock.
async fn unlock_against_delete(apis: &[Api; 3], victim: &str, tally: &mut Tally) -> bool {
    let barrier = Arc::new(Barrier::new(2));
    let name = apis[0].get(&format!("/environments/{victim}")).await["name"].clone();
    let ask = |api: &Api, what: &str, body: Value| {
        let request = api.request(Method::POST, &format!("/environments/{victim}/{what}")).json(&body);
        let barrier = barrier.clone();
        tokio::spawn(async move {
            barrier.wait().await;
            answer(request).await.unwrap()
        })
    };
    let delete = ask(&apis[1], "delete", json!({"typed_name": name, "risk_acknowledged": true}));
    let unlock = ask(&apis[2], "unlock", confirmed());
    let (deleted, unlocked) = (delete.await.unwrap(), unlock.await.unwrap());
    let won = [deleted.0, unlocked.0].iter().filter(|status| **status == 202).count();
    assert_eq!(won, 1, "{deleted:?} {unlocked:?}");
    *tally.entry(format!("unlock against delete: {} {}", unlocked.0, deleted.0)).or_default() += 1;
    apis[0].until_idle().await;
    unlocked.0 == 202
}

/// How many rows the table has, through the pages of the API.
async fn count(api: &Api, table: &str) -> usize {
    let export = api.request(Method::GET, &format!("/tables/{table}/export")).send().await.unwrap();
    assert_eq!(export.status().as_u16(), 200);
    export.text().await.unwrap().lines().count() - 1
}
