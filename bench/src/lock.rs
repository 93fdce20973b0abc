//! Locking many environments: until none can be read, until every one is marked; and the way back of one.

use crate::{
    Options,
    house::{House, PASSWORD},
    report,
};
use domain::{KeyId, TableId};
use service::{environments, keys, rows};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use store::ConnectionTrait as _;
use test_support::{Kind, pfx};
use vault::Password;

pub(crate) async fn run(kind: Kind, options: &Options) -> anyhow::Result<()> {
    let columns = [
        "environments",
        "lock answered",
        "last row read after",
        "operation done",
        "one bare UPDATE",
        "of it",
        "unlock of the key",
        "unlock of one environment, 50 rows",
    ];
    report::table(&format!("Locking, {kind:?}"), &columns);
    for &count in &options.environments {
        measure(kind, count).await?;
    }
    Ok(())
}

async fn measure(kind: Kind, count: usize) -> anyhow::Result<()> {
    let house = House::new(kind).await?;
    let key = house.upload("first").await?;
    house.drain().await?;
    let made = house.self_managed(count).await?;
    let environment = made[count / 2];
    let table = house.table(environment, 50).await?;
    (0..3).for_each(|_| house.wait_a_day());
    let bare = bare_update(&house).await?;

    let stop = Arc::new(AtomicBool::new(false));
    let start = Instant::now();
    let reader = last_read(&house, table, start, stop.clone());
    let lock = async {
        lock(&house, key).await?;
        let answered = start.elapsed();
        house.drain().await?;
        let done = start.elapsed();
        stop.store(true, Ordering::SeqCst);
        anyhow::Ok((answered, done))
    };
    let (last, locked) = tokio::join!(reader, lock);
    let (answered, done) = locked?;

    house.wait_a_day();
    let start = Instant::now();
    let unlock =
        keys::Unlock { file: file()?, password: Password::new(PASSWORD.to_owned()), risk_acknowledged: true };
    keys::unlock(&house.portal, &house.caller, key, unlock).await?;
    house.drain().await?;
    let key_back = start.elapsed();
    let start = Instant::now();
    environments::unlock(&house.portal, &house.caller, environment, true, true).await?;
    house.drain().await?;
    let back = start.elapsed();
    let (_, page) = rows::page(&house.portal, &house.caller, table, None, 50).await?;
    anyhow::ensure!(page.items.iter().all(|row| row.cells.is_some()), "rows do not open after the unlock");
    report::row(&[
        count.to_string(),
        report::time(answered),
        report::time(last),
        report::time(done),
        report::time(bare),
        format!("{:.1}×", done.as_secs_f64() / bare.as_secs_f64()),
        report::time(key_back),
        report::time(back),
    ]);
    Ok(())
}

fn file() -> anyhow::Result<Vec<u8>> {
    pfx::modern("first", PASSWORD)
}

async fn lock(house: &House, key: KeyId) -> anyhow::Result<()> {
    let form = keys::Lock {
        file: file()?,
        password: Password::new(PASSWORD.to_owned()),
        typed_text: "LOCK EUROPE".to_owned(),
        confirmed: true,
        risk_acknowledged: true,
    };
    keys::lock(&house.portal, &house.caller, key, form).await?;
    Ok(())
}

/// Reads again and again; when the last read that succeeded had ended, after `start`.
async fn last_read(house: &House, table: TableId, start: Instant, stop: Arc<AtomicBool>) -> Duration {
    let mut last = Duration::ZERO;
    while !stop.load(Ordering::SeqCst) {
        if rows::page(&house.portal, &house.caller, table, None, 50).await.is_ok() {
            last = start.elapsed();
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    last
}

/// The limit: the same rows marked by one statement, without anything else; not kept.
async fn bare_update(house: &House) -> anyhow::Result<Duration> {
    let tx = house.portal.db().begin().await?;
    let start = Instant::now();
    tx.execute_unprepared("UPDATE environments SET state = 'locked', state_since = 1").await?;
    let took = start.elapsed();
    tx.rollback().await?;
    Ok(took)
}
