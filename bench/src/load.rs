//! Requests of one page again and again: how many a second, and how long the slow ones take.

use crate::report;
use anyhow::{Result, ensure};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// What a run came to.
pub(crate) struct Run {
    pub per_second: f64,
    pub p50: Duration,
    pub p99: Duration,
    pub bytes: usize,
}

impl Run {
    pub(crate) fn cells(&self) -> [String; 3] {
        [format!("{:.0}", self.per_second), report::time(self.p50), report::time(self.p99)]
    }
}

/// Asks for `url` `count` times over `clients` connections; every answer is 200 and holds `wanted`
/// table rows at least.
pub(crate) async fn run(
    client: &reqwest::Client,
    url: &str,
    clients: usize,
    count: usize,
    wanted: usize,
) -> Result<Run> {
    ask(client, url, wanted).await?;
    let (left, began) = (Arc::new(AtomicUsize::new(count)), Instant::now());
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..clients {
        let (client, url, left) = (client.clone(), url.to_owned(), left.clone());
        tasks.spawn(async move {
            let mut times = Vec::new();
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)).is_ok() {
                let start = Instant::now();
                let bytes = ask(&client, &url, wanted).await?;
                times.push((start.elapsed(), bytes));
            }
            anyhow::Ok(times)
        });
    }
    let mut all = Vec::with_capacity(count);
    while let Some(times) = tasks.join_next().await {
        all.extend(times??);
    }
    let took = began.elapsed();
    let bytes = all.last().map_or(0, |(_, bytes)| *bytes);
    let mut times: Vec<Duration> = all.into_iter().map(|(time, _)| time).collect();
    times.sort_unstable();
    Ok(Run {
        per_second: count as f64 / took.as_secs_f64(),
        p50: report::percentile(&times, 50.0),
        p99: report::percentile(&times, 99.0),
        bytes,
    })
}

async fn ask(client: &reqwest::Client, url: &str, wanted: usize) -> Result<usize> {
    let answer = client.get(url).send().await?;
    let status = answer.status();
    let body = answer.bytes().await?;
    ensure!(status == 200, "{url} answered {status}");
    if wanted > 0 {
        let rows = body.windows(3).filter(|window| window == b"<tr").count();
        ensure!(rows >= wanted, "{url} shows {rows} rows, not {wanted}");
    }
    Ok(body.len())
}
