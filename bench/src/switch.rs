//! Activating a key over many self-managed environments, against re-wrapping each data key with RSA.

use crate::{Options, house::House, memory::Peak, report};
use domain::TableId;
use service::{keys, rows};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use test_support::Kind;
use vault::{Kek, RingKey};

pub(crate) async fn run(kind: Kind, options: &Options) -> anyhow::Result<()> {
    let columns = [
        "environments",
        "switched in",
        "RSA private ops",
        "peak memory",
        "naive RSA re-wrap",
        "faster",
        "reads failed",
        "read p99 idle",
        "read p99 meanwhile",
    ];
    report::table(&format!("Activating a key, {kind:?}"), &columns);
    let naive = naive()?;
    for &count in &options.environments {
        measure(kind, count, naive).await?;
    }
    Ok(())
}

async fn measure(kind: Kind, count: usize, naive: Duration) -> anyhow::Result<()> {
    let house = House::new(kind).await?;
    house.upload("first").await?;
    house.drain().await?;
    let environments = house.self_managed(count).await?;
    let table = house.table(environments[count / 2], 50).await?;
    let idle = reads(&house, table, Until::Count(300)).await?;
    let second = house.upload("second").await?;
    house.wait_a_day();

    let stop = Arc::new(AtomicBool::new(false));
    let reader = reads(&house, table, Until::Stopped(stop.clone()));
    let switch = async {
        let (private, peak, start) = (vault::counters::rsa_private(), Peak::start(), Instant::now());
        keys::activate(&house.portal, &house.caller, second, true, false).await?;
        house.drain().await?;
        let took = start.elapsed();
        stop.store(true, Ordering::SeqCst);
        anyhow::Ok((took, vault::counters::rsa_private() - private, peak.stop()?))
    };
    let (reading, switched) = tokio::join!(reader, switch);
    let ((failed, busy), (took, private, peak)) = (reading?, switched?);
    let naive = naive * u32::try_from(count)?;
    report::row(&[
        count.to_string(),
        report::time(took),
        private.to_string(),
        format!("{peak:.1} MiB"),
        report::time(naive),
        format!("{:.0}×", naive.as_secs_f64() / took.as_secs_f64()),
        failed.to_string(),
        report::time(report::percentile(&idle.1, 99.0)),
        format!("{} ({} reads)", report::time(report::percentile(&busy, 99.0)), busy.len()),
    ]);
    Ok(())
}

enum Until {
    Count(usize),
    Stopped(Arc<AtomicBool>),
}

/// Reads a page of rows again and again: failures, and the sorted times.
async fn reads(house: &House, table: TableId, until: Until) -> anyhow::Result<(usize, Vec<Duration>)> {
    let (mut failed, mut times) = (0, Vec::new());
    loop {
        let start = Instant::now();
        let page = rows::page(&house.portal, &house.caller, table, None, 50).await;
        if !page.is_ok_and(|(_, page)| page.items.iter().all(|row| row.cells.is_some())) {
            failed += 1;
        }
        times.push(start.elapsed());
        let done = match &until {
            Until::Count(count) => times.len() >= *count,
            Until::Stopped(stop) => stop.load(Ordering::SeqCst),
        };
        if done {
            times.sort_unstable();
            return Ok((failed, times));
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// One RSA unwrap and one wrap, the cost of each environment in the naive design: the mean of 2,000.
fn naive() -> anyhow::Result<Duration> {
    let (old, new) = (Kek::generate()?, Kek::generate()?);
    let wrapped = old.wrap(&RingKey::generate());
    let start = Instant::now();
    for _ in 0..2_000 {
        std::hint::black_box(new.wrap(&old.unwrap(&wrapped)?));
    }
    Ok(start.elapsed() / 2_000)
}
