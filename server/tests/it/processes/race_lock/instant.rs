//! The two instants: a lock with its rival and the writers, and an unlock with a deletion.

use super::{
    Tally,
    rivals::{self, asked, told},
    stage::Stage,
    writers::{self, Rows, WRITERS},
};
use crate::processes::api::{Api, answer, confirmed, expect};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tokio::sync::Barrier;

/// One locks, one does something else, some write rows. In the end the lock is there.
pub(super) async fn at_once(
    stage: &Stage,
    (rival, second): (&str, Option<String>),
    tally: &mut Tally,
) -> Rows {
    let (barrier, locked) = (Arc::new(Barrier::new(2 + WRITERS)), Arc::new(AtomicBool::new(false)));
    let writers = writers::start(stage, &barrier, &locked);
    let lock = async {
        barrier.wait().await;
        let outcome = asked(|| rivals::lock(&stage.apis[0], stage)).await;
        if outcome.0 == 202 {
            locked.store(true, Ordering::SeqCst);
        }
        outcome
    };
    let other = async {
        barrier.wait().await;
        asked(|| rivals::request(&stage.apis[1], stage, (rival, second.as_deref()))).await
    };
    let (lock, other) = tokio::join!(lock, other);
    *tally.entry(format!("{rival}: lock {}, it {}", told(rival, &lock), told(rival, &other))).or_default() +=
        1;
    if lock.0 != 202 && !(rival == "another lock" && other.0 == 202) {
        lock_after(stage, rival).await;
    }
    locked.store(true, Ordering::SeqCst);
    writers::join(writers).await
}

/// What came first stands in the way of a lock: it is over soon.
async fn lock_after(stage: &Stage, rival: &str) {
    stage.apis[0].until_idle().await;
    if rival == "activate" {
        // The new key is the Active one now; the file of the story comes back first.
        stage.reactivate().await;
    }
    expect(rivals::lock(&stage.apis[0], stage), 202).await;
}

/// Exactly one of the two happens; whether it was the unlock.
pub(super) async fn unlock_against_delete(apis: &[Api; 3], victim: &str, tally: &mut Tally) -> bool {
    let barrier = Barrier::new(2);
    let name = apis[0].get(&format!("/environments/{victim}")).await["name"].clone();
    let ask = async |api: &Api, what: &str, body: Value| {
        let request = api.request(Method::POST, &format!("/environments/{victim}/{what}")).json(&body);
        barrier.wait().await;
        answer(request).await.unwrap()
    };
    let (deleted, unlocked) = tokio::join!(
        ask(&apis[1], "delete", json!({"typed_name": name, "risk_acknowledged": true})),
        ask(&apis[2], "unlock", confirmed()),
    );
    let won = [deleted.0, unlocked.0].iter().filter(|status| **status == 202).count();
    assert_eq!(won, 1, "{deleted:?} {unlocked:?}");
    *tally.entry(format!("unlock against delete: {} {}", unlocked.0, deleted.0)).or_default() += 1;
    apis[0].until_idle().await;
    unlocked.0 == 202
}
