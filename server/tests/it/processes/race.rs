//! Two administrators, two servers, one database, one instant.

use super::{
    api::{Api, answer, confirmed},
    deadlocks,
    program::{ADA, bootstrap, done, password_file, serve, token, verify_audit},
};
use reqwest::Method;
use serde_json::Value;
use std::{collections::BTreeMap, path::Path, sync::Arc};
use test_support::{Kind, TestDb, postgres::sql};
use tokio::sync::Barrier;

const ROUNDS: usize = 1_000;
/// Tokens are good for 366 days, and a round takes a day.
const ROUNDS_PER_TOKEN: usize = 300;
/// What the loser may hear. The last, when a slow machine lets the winner's key be installed before the
/// other request gets the ring's lock: then PP-083 is what refuses it.
const LOST: [&str; 3] = ["ACTIVATION_IN_PROGRESS", "CONFLICT", "ACTIVATION_COOLDOWN"];
const BOB: &str = "bob@contoso.example";

/// PP-046, PP-083: exactly one wins, a thousand times out of a thousand.
#[test]
fn of_two_activations_at_one_instant_through_two_servers_exactly_one_wins() {
    test_support::both::run(Kind::Postgres, |db| async move { race(&db).await });
}

async fn race(db: &TestDb) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    bootstrap(db, folder, &[]);
    let file = password_file(folder);
    let mut add = vec!["admin", "user", "add", "--name", "Bob", "--email", BOB, "--password-file", &file];
    add.extend(["--role", "global-administrator"]);
    done(db, folder, &add);
    let mut servers = [serve(db, folder, &["--dev-clock"]).await, serve(db, folder, &["--dev-clock"]).await];
    let sign_in = || {
        let api = |at: usize, email| Api::new(servers[at].listen, token(db, folder, email));
        [api(0, ADA), api(1, BOB)]
    };

    let mut apis = sign_in();
    let mut active = apis[0].upload_key("first").await;
    let mut waiting = [apis[0].upload_key("second").await, apis[1].upload_key("third").await];
    apis[0].until_idle().await;
    let environment = apis[0].environment("Payroll").await;
    apis[0].post(&format!("/environments/{environment}/apply"), confirmed(), 202).await;
    apis[0].until_idle().await;

    let (mut wins, mut codes) = ([0; 2], BTreeMap::new());
    for round in 0..ROUNDS {
        if round % ROUNDS_PER_TOKEN == ROUNDS_PER_TOKEN - 1 {
            apis = sign_in();
        }
        a_day_later(&apis).await;
        let answers = at_once(&apis, &waiting, round).await;
        let winner = judge(round, &answers, &mut codes);
        wins[winner] += 1;
        apis[1 - winner].until_idle().await;
        std::mem::swap(&mut active, &mut waiting[winner]);
        only_active(round, &apis, &active).await;
    }
    println!("{ROUNDS} rounds; wins per server {wins:?}; refusals {codes:?}");
    assert_eq!(wins[0] + wins[1], ROUNDS);
    finish(db, folder).await;
    deadlocks::none_until_stopped(db, &mut servers).await;
}

/// Both servers are a day and a second ahead. The second reads what the first wrote when it moves the
/// clock itself, so neither waits for its next look at the shared offset.
async fn a_day_later(apis: &[Api; 2]) {
    apis[0].wait(24 * 3_600 + 1).await;
    apis[1].wait(1).await;
}

/// Each asks its own server for its own key; both leave when both are ready. They are started in turns.
async fn at_once(apis: &[Api; 2], keys: &[String; 2], round: usize) -> [(u16, Value); 2] {
    let barrier = Arc::new(Barrier::new(2));
    let ask = |at: usize| {
        let path = format!("/keys/{}/activate", keys[at]);
        let request = apis[at].request(Method::POST, &path).json(&confirmed());
        let barrier = barrier.clone();
        tokio::spawn(async move {
            barrier.wait().await;
            answer(request).await.unwrap()
        })
    };
    let turn = round % 2;
    let (one, other) = (ask(turn), ask(1 - turn));
    let (one, other) = (one.await.unwrap(), other.await.unwrap());
    if turn == 0 { [one, other] } else { [other, one] }
}

/// Which of the two won; the other must have been refused for that.
fn judge(round: usize, answers: &[(u16, Value); 2], codes: &mut BTreeMap<String, usize>) -> usize {
    let accepted: Vec<usize> = (0..2).filter(|&at| answers[at].0 == 202).collect();
    assert_eq!(accepted.len(), 1, "round {round}: {answers:?}");
    let (status, problem) = &answers[1 - accepted[0]];
    let code = problem["code"].as_str().unwrap();
    assert_eq!(*status, 409, "round {round}: {problem}");
    assert!(LOST.contains(&code), "round {round}: {problem}");
    *codes.entry(code.to_owned()).or_default() += 1;
    accepted[0]
}

/// Both servers show the winner's key as the only Active one.
async fn only_active(round: usize, apis: &[Api; 2], active: &str) {
    for api in apis {
        for (id, state) in api.keys().await {
            let expected = if id == active { "active" } else { "available" };
            assert_eq!(state, expected, "round {round}: {id}");
        }
    }
}

/// The trail is whole, and each activation was mailed once to each administrator (PP-033).
async fn finish(db: &TestDb, folder: &Path) {
    verify_audit(db, folder);
    let count = "SELECT address, COUNT(*) FROM messages WHERE event = 'key_activated' GROUP BY address ORDER BY address";
    // The region's first key activated itself before the first round.
    let each = ROUNDS + 1;
    assert_eq!(sql(&db.url, count).await.unwrap(), format!("{ADA}|{each}\n{BOB}|{each}"));
}
