//! The plug is pulled while a scheduled roll-back begins and is installed: it happens, once, in the next process, and the
//! environment under the key follows.

use crate::{
    activation::since_activation,
    drill::{AT_FIRST, Drill, Plugs, in_child},
    house::{FILE_PASSWORD, House},
};
use domain::{EnvironmentId, KeyId, TableId, events::Event, operations::OperationKind};
use service::{keys, timers};
use std::path::Path;
use store::ring_keys::WrappedBy;
use test_support::Kind;

const ROWS: usize = 200;
const DAY: i64 = 24 * 3_600;
const DRILL: Drill =
    Drill { child: "crash_roll_back::child", plugs: PLUGS, ahead: [AT_FIRST + DAY, 50 * 3_600] };
/// The timer's act; the installation's.
pub(crate) const PLUGS: Plugs = &[
    ("act.before_commit", &[1, 2]),
    ("act.after_commit", &[1, 2]),
    ("install.started", &[1]),
    ("install.wrapped", &[1]),
    ("rewrap.batch", &[1]),
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

/// What a roll-back must find again.
struct Before {
    first: KeyId,
    environment: EnvironmentId,
    table: TableId,
}

/// Two activations, an environment under them, and the roll-back to the first key scheduled.
async fn before(house: &House, files: &Path) -> Before {
    let upload = async |name: &str| {
        let file = std::fs::read(files.join(name)).unwrap();
        let id = house.upload_file(name, file, FILE_PASSWORD).await.unwrap().id;
        house.drain().await;
        id
    };
    let first = upload("first").await;
    let environment = house.environment("Payroll", "production").await;
    let table = house.table(environment).await;
    house.import(table, ROWS).await;
    house.apply(environment).await.unwrap();
    house.drain().await;
    let second = upload("second").await;
    since_activation(house, DAY).await;
    house.activate(second).await.unwrap();
    house.drain().await;
    keys::schedule_roll_back(&house.portal, &house.admin, house.ring, true).await.unwrap();
    Before { first, environment, table }
}

async fn verify(house: &House, &Before { first, environment, table }: &Before, at: &str) {
    let read = house.portal.db().read();
    let rows = house.all_rows(&house.portal, table).await.unwrap();
    assert_eq!(rows.len(), ROWS, "{at}");
    assert!((0..ROWS).all(|n| rows[n][0].text() == format!("person-secret-{n}")), "{at}");
    let generation = store::environments::get(read, environment).await.unwrap().unwrap().generation;
    let data_key = store::data_keys::get(read, environment.0, generation).await.unwrap().unwrap();
    let ring_key = store::ring_keys::get(read, data_key.ring_key).await.unwrap().unwrap();
    assert_eq!(ring_key.wrapped_by, WrappedBy::Protection(first), "{at}: the environment has not followed");
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
    DRILL.every_plug(kind, before, async |house, before, _, at| verify(house, before, at).await);
}

#[test]
fn a_crash_in_a_scheduled_roll_back_ends_well_sqlite() {
    every_plug(Kind::Sqlite);
}

#[test]
fn a_crash_in_a_scheduled_roll_back_ends_well_postgres() {
    every_plug(Kind::Postgres);
}
