//! Backup and restore of an environment against the same copy of plaintext: the same rows read, framed and inserted in
//! the same pieces and transactions, without a key anywhere.

use crate::{Options, house::House, house::cells, report};
use domain::{BackupId, EnvironmentId, RowId, TableId};
use service::{backups, environments, rows};
use std::time::{Duration, Instant};
use store::rows::SealedRow;
use test_support::Kind;
use uuid::Uuid;

const BATCH: usize = 5_000;
/// As the portal's.
const PIECE: usize = 1 << 20;
const PAGE: usize = 1_000;

pub(crate) async fn run(kind: Kind, options: &Options) -> anyhow::Result<()> {
    let count = options.rows / BATCH * BATCH;
    report::table(
        &format!("Backup of {count} rows, {kind:?}"),
        &["what", "time", "rows/s", "MB/s", "of plaintext"],
    );
    let house = House::new(kind).await?;
    house.upload("first").await?;
    house.drain().await?;
    let environment = house.self_managed(1).await?[0];
    let table = house.table(environment, 0).await?;
    for _ in 0..count / BATCH {
        rows::insert(&house.portal, &house.caller, table, cells(BATCH)).await?;
    }
    let bytes = sealed_bytes(&house, table).await?;
    let line = |what: &str, took: Duration, plain: Duration| {
        let secs = took.as_secs_f64();
        report::row(&[
            what.to_owned(),
            report::time(took),
            format!("{:.0}", count as f64 / secs),
            format!("{:.1}", bytes as f64 / secs / 1e6),
            format!("{:.2}×", secs / plain.as_secs_f64()),
        ]);
    };
    // In turns, the better of each: so that neither finds more in memory than the other.
    plain_backup(&house, table).await?;
    let mut backup = timed_backup(&house, environment).await?;
    let mut plain = plain_backup(&house, table).await?;
    backup = backup.min(timed_backup(&house, environment).await?);
    let again = plain_backup(&house, table).await?;
    plain.0 = plain.0.min(again.0);
    line("backup, opened and sealed", backup, plain.0);
    line("the same pieces of plaintext", plain.0, plain.0);
    let restore = timed_restore(&house, environment).await?;
    let copied = plain_restore(&house, environment, "Scratch", (plain.1, plain.2)).await?;
    let restore = restore.min(timed_restore(&house, environment).await?);
    let copied = copied.min(plain_restore(&house, environment, "Again", (plain.1, plain.2)).await?);
    line("restore, opened and sealed, until the rows are there", restore, copied);
    line("the same rows of plaintext", copied, copied);
    Ok(())
}

async fn sealed_bytes(house: &House, table: TableId) -> anyhow::Result<u64> {
    let (mut after, mut bytes) = (None, 0);
    loop {
        let page = store::rows::page(house.portal.db().read(), table, after, PAGE).await?;
        bytes += page.items.iter().map(|row| row.sealed.len() as u64).sum::<u64>();
        after = page.items.last().map(|row| row.id);
        if page.next.is_none() {
            return Ok(bytes);
        }
    }
}

async fn timed_backup(house: &House, environment: EnvironmentId) -> anyhow::Result<Duration> {
    backups::create(&house.portal, &house.caller, environment).await?;
    let start = Instant::now();
    house.drain().await?;
    Ok(start.elapsed())
}

/// Until the switch: what was there before is removed afterwards, which the peer does not do.
async fn timed_restore(house: &House, environment: EnvironmentId) -> anyhow::Result<Duration> {
    let made = backups::overview(&house.portal, &house.caller, environment, None, 1).await?;
    let backup = made.backups.items.first().map(|listed| listed.backup.id);
    let backup = backup.ok_or_else(|| anyhow::anyhow!("no backup"))?;
    let name = environments::get(&house.portal, &house.caller, environment).await?.facts.name;
    environments::restore(&house.portal, &house.caller, (environment, backup), environment, name).await?;
    let start = Instant::now();
    let drained = house.drain();
    let switched = async {
        loop {
            tokio::time::sleep(Duration::from_millis(5)).await;
            let row = store::environments::get(house.portal.db().read(), environment).await?;
            if row.is_some_and(|row| row.replaced_by.is_none()) {
                return anyhow::Ok(start.elapsed());
            }
        }
    };
    let (drained, switched) = tokio::join!(drained, switched);
    drained?;
    switched
}

/// Reads every row and writes it into pieces; returns how long that took, their id and their number.
async fn plain_backup(house: &House, table: TableId) -> anyhow::Result<(Duration, BackupId, i64)> {
    let id = BackupId(Uuid::from_bytes(vault::random::bytes()));
    let start = Instant::now();
    let snapshot = house.portal.db().snapshot().await?;
    let (mut after, mut piece, mut pieces) = (None, Vec::with_capacity(PIECE), 0);
    loop {
        let page = store::rows::page(&snapshot, table, after, PAGE).await?;
        after = page.items.last().map(|row| row.id);
        for row in page.items {
            if piece.len() + row.sealed.len() + 20 > PIECE {
                store_piece(house, id, pieces, std::mem::replace(&mut piece, Vec::with_capacity(PIECE)))
                    .await?;
                pieces += 1;
            }
            piece.extend_from_slice(row.id.0.as_bytes());
            piece.extend_from_slice(&u32::try_from(row.sealed.len())?.to_be_bytes());
            piece.extend_from_slice(&row.sealed);
        }
        if page.next.is_none() {
            break;
        }
    }
    store_piece(house, id, pieces, piece).await?;
    Ok((start.elapsed(), id, pieces + 1))
}

async fn store_piece(house: &House, id: BackupId, seq: i64, piece: Vec<u8>) -> anyhow::Result<()> {
    let tx = house.portal.db().begin().await?;
    store::backup_pieces::insert(&tx, id, seq, piece).await?;
    Ok(tx.commit().await?)
}

/// Reads the pieces and inserts their rows into a table of the environment's.
async fn plain_restore(
    house: &House,
    environment: EnvironmentId,
    name: &str,
    (id, pieces): (BackupId, i64),
) -> anyhow::Result<Duration> {
    let table = house.table_called(environment, name).await?;
    let start = Instant::now();
    for seq in 0..pieces {
        let piece = store::backup_pieces::get(house.portal.db().read(), id, seq).await?;
        let piece = piece.ok_or_else(|| anyhow::anyhow!("no piece"))?;
        let (mut rest, mut rows) = (piece.as_slice(), Vec::new());
        while let Some((header, more)) = rest.split_first_chunk::<20>() {
            let (id, length) = header.split_at(16);
            let (sealed, more) = more.split_at(u32::from_be_bytes(length.try_into()?) as usize);
            let id = RowId(Uuid::from_slice(id)?);
            rows.push(SealedRow { id, generation: 1, has_files: false, sealed: sealed.to_vec() });
            rest = more;
        }
        let tx = house.portal.db().begin().await?;
        let count = i64::try_from(rows.len())?;
        store::rows::insert(&tx, table, rows).await?;
        store::tables::count(&tx, table, count, 0).await?;
        tx.commit().await?;
    }
    Ok(start.elapsed())
}
