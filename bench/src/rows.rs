//! Sealing and reading rows: what sealing adds to the insert, against a bare insert and AES-256-GCM alone.

use crate::{Options, house::House, house::cells, report};
use domain::RowId;
use service::rows;
use std::time::{Duration, Instant};
use store::{ConnectionTrait, rows::SealedRow};
use test_support::Kind;
use uuid::Uuid;
use vault::{DataKey, Place};

const BATCH: usize = 5_000;

pub(crate) async fn run(kind: Kind, options: &Options) -> anyhow::Result<()> {
    let count = options.rows / BATCH * BATCH;
    report::table(&format!("{count} rows, {kind:?}"), &["what", "time", "rows/s", "MB/s of plaintext"]);
    let plain = encoded()?;
    let bytes = plain.iter().map(Vec::len).sum::<usize>() * (count / BATCH);
    let line = |what: &str, took: Duration| {
        let secs = took.as_secs_f64();
        report::row(&[
            what.to_owned(),
            report::time(took),
            format!("{:.0}", count as f64 / secs),
            format!("{:.1}", bytes as f64 / secs / 1e6),
        ]);
        took
    };
    let house = House::new(kind).await?;
    house.upload("first").await?;
    house.drain().await?;
    let environments = house.self_managed(2).await?;
    let table = house.table(environments[0], 0).await?;
    let scratch = house.table(environments[1], 0).await?;
    let (mut sealed, mut unsealed) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..count / BATCH {
        // In turns, so that both meet the same disk.
        let batch = cells(BATCH);
        let start = Instant::now();
        rows::insert(&house.portal, &house.caller, table, batch).await?;
        sealed += start.elapsed();
        unsealed += insert_plain(&house, scratch, &plain).await?;
    }
    let sealed = line("insert, sealed, checked, audited", sealed);
    let unsealed = line("the same bytes inserted unsealed, nothing else", unsealed);
    let seal = line("AES-256-GCM alone", aes_alone(&plain, count / BATCH));
    let start = Instant::now();
    let mut after = None;
    loop {
        let (_, page) = rows::page(&house.portal, &house.caller, table, after, 1_000).await?;
        anyhow::ensure!(page.items.iter().all(|row| row.cells.is_some()), "a row does not open");
        match page.next {
            Some(next) => after = Some(RowId(next.id)),
            None => break,
        }
    }
    line("read and opened, pages of 1,000, audited", start.elapsed());
    let (sealed, unsealed, seal) = (sealed.as_secs_f64(), unsealed.as_secs_f64(), seal.as_secs_f64());
    let whole = (sealed / unsealed - 1.0) * 100.0;
    report::line(&format!("\nChecking, sealing and auditing add {whole:.0} % to a bare insert."));
    // Nothing else happens while a batch is sealed, so without it the insert takes that much less.
    let share = seal / (sealed - seal) * 100.0;
    report::line(&format!("Sealing adds {share:.1} % to the same insert unsealed; aim: 15 %."));
    Ok(())
}

async fn insert_plain(house: &House, table: domain::TableId, plain: &[Vec<u8>]) -> anyhow::Result<Duration> {
    let start = Instant::now();
    let mut rows = Vec::with_capacity(plain.len());
    for bytes in plain {
        let id = RowId(Uuid::from_bytes(ordered()));
        rows.push(SealedRow { id, generation: 1, has_files: false, sealed: bytes.clone() });
    }
    let tx = house.portal.db().begin().await?;
    store::rows::insert(&tx, table, rows).await?;
    tx.execute_unprepared("SELECT 1").await?;
    tx.commit().await?;
    Ok(start.elapsed())
}

/// Ids that grow, as the portal's do: the B-tree is filled at its end in both cases.
fn ordered() -> [u8; 16] {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut id = [0; 16];
    id[..8].copy_from_slice(&NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    id
}

/// The rows of a batch as the portal seals them.
fn encoded() -> anyhow::Result<Vec<Vec<u8>>> {
    cells(BATCH).iter().map(|row| Ok(serde_json::to_vec(row)?)).collect()
}

fn aes_alone(plain: &[Vec<u8>], times: usize) -> Duration {
    let key = DataKey::generate();
    let place = Place { owner: [1; 16], table: [2; 16], row: [3; 16], generation: 1 };
    let start = Instant::now();
    for _ in 0..times {
        let mut sealer = key.sealer();
        for bytes in plain {
            std::hint::black_box(sealer.seal(&place, bytes));
        }
    }
    start.elapsed()
}
