//! The plug is pulled while a scheduled roll-back begins and is installed: it happens, once, in the next process.

use crate::{
    activation::since_activation,
    crash::{AT_FIRST, Run, in_child, try_all},
    house::House,
};
use domain::{events::Event, operations::OperationKind};
use service::{
    audit::{self, Verdict},
    keys, timers,
};
use test_support::{
    Kind, TestDb,
    smtp::{Security, Sink},
};

/// The second process comes when every lease of the first has run out.
const AT_LAST: i64 = 50 * 3_600;
/// The timer's act; the installation's.
const PLUGS: &[(&str, &[u32])] = &[
    ("act.before_commit", &[1, 2]),
    ("act.after_commit", &[1, 2]),
    ("install.started", &[1]),
    ("install.wrapped", &[1]),
    ("rewrap.before_retire", &[1]),
];

/// Only as a child of the tests below: without their variables it has nothing to do.
#[test]
fn child() {
    in_child(async |house, _| {
        timers::run_once(&house.portal).await.unwrap();
        house.drain().await;
    });
}

async fn pull_the_plug(kind: Kind, place: &str, occurrence: u32) -> bool {
    let at = format!("{place}:{occurrence}");
    let db = TestDb::create(kind).await.unwrap();
    let house = House::new(&db).await;
    let first = house.upload("first").await.unwrap().id;
    house.drain().await;
    let second = house.upload("second").await.unwrap().id;
    since_activation(&house, 24 * 3_600).await;
    house.activate(second).await.unwrap();
    house.drain().await;
    keys::schedule_roll_back(&house.portal, &house.admin, house.ring, true).await.unwrap();
    let ahead = house.clock.offset() / 1_000_000;
    let (files, sink) = (tempfile::tempdir().unwrap(), Sink::start(Security::Plain).await.unwrap());
    let port = sink.address().port();
    let run = Run {
        test: "crash_roll_back::child",
        url: &db.url,
        root: house.root.clone(),
        port,
        files: files.path(),
    };
    let reached = !run.child(Some(at.clone()), AT_FIRST + ahead + 24 * 3_600);
    assert!(run.child(None, AT_LAST + ahead), "{at}: the next process did not finish");
    house.wait(200 * 3600);
    let read = house.portal.db().read();
    assert_eq!(store::keys::active(read, house.ring).await.unwrap().unwrap().id, first, "{at}");
    assert!(store::rings::facts(read, house.ring).await.unwrap().roll_back.is_none(), "{at}");
    let all = store::operations::Filter::default();
    let jobs = service::operations::list(&house.portal, &house.admin, all, None, 100).await.unwrap();
    let installs = jobs.items.iter().filter(|job| job.kind == OperationKind::KeyInstall).count();
    assert_eq!(installs, 3, "{at}: two activations and one roll-back");
    let mails = store::messages::list(read, house.admin.tenant(), None, 1_000).await.unwrap();
    let count = |event| mails.items.iter().filter(|mail| mail.event == event).count();
    assert_eq!((count(Event::KeyActivated), count(Event::RollBackScheduled)), (15, 5), "{at}");
    let verdict = audit::verify(house.portal.db(), house.admin.tenant()).await.unwrap();
    assert!(matches!(verdict, Verdict::Intact { .. }), "{at}: {verdict:?}");
    if kind == Kind::Postgres {
        drop(house);
        test_support::postgres::drop_database(&db.url).await.unwrap();
    }
    reached
}

fn every_plug(kind: Kind) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    try_all(kind, PLUGS, |place, occurrence| runtime.block_on(pull_the_plug(kind, place, occurrence)));
}

#[test]
fn a_crash_in_a_scheduled_roll_back_ends_well_sqlite() {
    every_plug(Kind::Sqlite);
}

#[test]
fn a_crash_in_a_scheduled_roll_back_ends_well_postgres() {
    every_plug(Kind::Postgres);
}
