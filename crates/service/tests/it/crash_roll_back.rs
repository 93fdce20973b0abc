//! The plug is pulled while a scheduled roll-back begins and is installed: it happens, once, in the next process.

use crate::{
    activation::since_activation,
    drill::{AT_FIRST, Drill, Plugs, in_child},
    house::{FILE_PASSWORD, House},
};
use domain::{KeyId, events::Event, operations::OperationKind};
use service::{keys, timers};
use std::path::Path;
use test_support::Kind;

const DAY: i64 = 24 * 3_600;
const DRILL: Drill =
    Drill { child: "crash_roll_back::child", plugs: PLUGS, ahead: [AT_FIRST + DAY, 50 * 3_600] };
/// The timer's act; the installation's.
const PLUGS: Plugs = &[
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

/// Two activations, and the roll-back to the first key scheduled; the first key.
async fn before(house: &House, files: &Path) -> KeyId {
    let mut ids = Vec::new();
    for name in ["first", "second"] {
        let file = std::fs::read(files.join(name)).unwrap();
        ids.push(house.upload_file(name, file, FILE_PASSWORD).await.unwrap().id);
        house.drain().await;
    }
    since_activation(house, DAY).await;
    house.activate(ids[1]).await.unwrap();
    house.drain().await;
    keys::schedule_roll_back(&house.portal, &house.admin, house.ring, true).await.unwrap();
    ids[0]
}

async fn verify(house: &House, first: KeyId, at: &str) {
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
}

fn every_plug(kind: Kind) {
    DRILL.every_plug(kind, before, async |house, &first, _, at| verify(house, first, at).await);
}

#[test]
fn a_crash_in_a_scheduled_roll_back_ends_well_sqlite() {
    every_plug(Kind::Sqlite);
}

#[test]
fn a_crash_in_a_scheduled_roll_back_ends_well_postgres() {
    every_plug(Kind::Postgres);
}
