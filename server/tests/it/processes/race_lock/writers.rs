//! Who writes rows while the lock comes, through all three servers.

use super::{rivals::LATE, stage::Stage};
use crate::processes::api::{Api, answer};
use reqwest::Method;
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tokio::{sync::Barrier, task::JoinSet};

pub(super) const WRITERS: usize = 6;

/// How many rows were answered, how many by nobody, and how many refused.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) answered: usize,
    pub(super) unanswered: usize,
    pub(super) refused: usize,
}

/// Each writes until it is refused after `locked` was set; none may succeed after it.
pub(super) fn start(stage: &Stage, barrier: &Arc<Barrier>, locked: &Arc<AtomicBool>) -> JoinSet<Rows> {
    let path = format!("/tables/{}/rows", stage.table);
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let (api, path) = (stage.apis[writer % 3].clone(), path.clone());
        let (barrier, locked) = (barrier.clone(), locked.clone());
        writers.spawn(async move {
            barrier.wait().await;
            write(&api, &path, &format!("writer {writer}"), &locked).await
        });
    }
    writers
}

async fn write(api: &Api, path: &str, name: &str, locked: &AtomicBool) -> Rows {
    let mut rows = Rows::default();
    loop {
        let late = locked.load(Ordering::SeqCst);
        let row = json!({"rows": [{"cells": {"Name": name}}]});
        // A lock closes connections; what was just being sent is answered by nobody, and asked again.
        let Ok((status, body)) = answer(api.request(Method::POST, path).json(&row)).await else {
            rows.unanswered += 1;
            continue;
        };
        if status == 201 {
            assert!(!late, "a row was written after the lock was answered");
            rows.answered += 1;
            continue;
        }
        assert!(LATE.contains(&body["code"].as_str().unwrap()), "{status} {body}");
        rows.refused += 1;
        if late {
            return rows;
        }
    }
}

/// What all of them saw.
pub(super) async fn join(mut writers: JoinSet<Rows>) -> Rows {
    let mut all = Rows::default();
    while let Some(rows) = writers.join_next().await {
        let rows = rows.unwrap();
        all.answered += rows.answered;
        all.unanswered += rows.unanswered;
        all.refused += rows.refused;
    }
    all
}
