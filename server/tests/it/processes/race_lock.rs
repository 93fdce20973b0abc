//! A lock against everything else at the same instant, through three servers on one PostgreSQL: nothing deadlocks, no
//! row is written once the lock is answered, and none that was answered is lost.

mod instant;
mod rivals;
mod stage;
mod writers;

use super::{
    deadlocks,
    program::{bootstrap, serve, verify_audit},
};
use stage::Stage;
use std::{collections::BTreeMap, time::Instant};
use test_support::{Kind, TestDb};

/// So many in the usual run; `KEYSTEAD_ROUNDS` asks for others.
const ROUNDS: usize = 12;

/// What was seen, by rival and answer.
type Tally = BTreeMap<String, usize>;

#[test]
fn a_lock_against_everything_else_through_three_servers() {
    test_support::both::run(Kind::Postgres, |db| async move { race(&db).await });
}

async fn race(db: &TestDb) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    bootstrap(db, folder, &[]);
    let mut servers = Vec::new();
    for _ in 0..3 {
        servers.push(serve(db, folder, &["--dev-clock"]).await);
    }
    let mut stage = Stage::prepare(stage::sign_in(db, folder, &servers)).await;
    let rounds = std::env::var("KEYSTEAD_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(ROUNDS);
    let (mut tally, mut written, mut refused) = (Tally::new(), 0, 0);
    let begun = Instant::now();
    for round in 0..rounds {
        if round % 50 == 49 {
            // Sessions end with the days that the story skips.
            stage.apis = stage::sign_in(db, folder, &servers);
        }
        let rows = one(&mut stage, round, &mut tally).await;
        let there = stage.count().await;
        let least = written + rows.answered;
        assert!(
            (least..=least + rows.unanswered).contains(&there),
            "round {round}: {there} rows, {least} of them answered and {} by nobody",
            rows.unanswered
        );
        (written, refused) = (there, refused + rows.refused);
    }
    println!(
        "{rounds} rounds in {} s, {written} rows written meanwhile and {refused} refused: {tally:?}",
        begun.elapsed().as_secs()
    );
    verify_audit(db, folder);
    deadlocks::none_until_stopped(db, &mut servers).await;
}

/// A lock and its rival, and the way back: the key first, then the environments; one of them is deleted instead.
async fn one(stage: &mut Stage, round: usize, tally: &mut Tally) -> writers::Rows {
    let rival = rivals::NAMES[round % rivals::NAMES.len()];
    let victim = stage.own(&format!("Victim {round}")).await;
    let second = match rival {
        // Names are for ever, the file may be the same: a lock has deleted the key of the round before.
        "activate" => Some(stage.apis[0].upload(&format!("second-{round}"), stage::second_file()).await),
        _ => None,
    };
    stage.wait(72 * 3_600 + 1).await;
    let rows = instant::at_once(stage, (rival, second), tally).await;
    stage.nothing_is_written().await;
    stage.apis[0].until_idle().await;
    stage.come_back().await;
    if instant::unlock_against_delete(&stage.apis, &victim, tally).await {
        stage.survivors.push(victim);
    }
    rows
}
