//! The plug is pulled at every kill point of upload, activation, apply, key change, return, import and
//! mail. A child process runs the journey and aborts; the next process carries on from the database.

use crate::{
    drill::{self, AT_FIRST, Drill, Plugs, in_child},
    house::{FILE_PASSWORD, House},
};
use domain::{EnvironmentId, TableId, environments::EnvironmentState, keys::KeyState};
use service::{
    environments, keys,
    outbox::{self, Smtp},
};
use std::collections::BTreeMap;
use store::{environments::Filter, environments::Sort};
use test_support::{Kind, smtp::Sink};

const ROWS: usize = 2_000;
const DRILL: Drill = Drill { child: "crash::child", plugs: PLUGS, ahead: [AT_FIRST, 26 * 3_600] };
const PLUGS: Plugs = &[
    ("act.before_commit", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    ("act.after_commit", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    ("install.started", &[1, 2]),
    ("install.wrapped", &[1, 2]),
    ("rewrap.batch", &[1]),
    ("rewrap.before_retire", &[1]),
    ("reseal.key_made", &[1, 2]),
    ("reseal.batch", &[1, 2, 4, 5]),
    ("reseal.checked", &[1, 2]),
    ("reseal.switched", &[1, 2]),
    ("import.piece", &[1]),
    ("import.batch", &[1, 2, 3]),
    ("import.before_finish", &[1]),
    ("mail.before_send", &[1, 4]),
    ("mail.after_send", &[1, 4]),
];

/// How far someone came, read from the database: what is done is not done again.
async fn journey(house: &House, smtp: &Smtp) {
    house.drain().await;
    let (environment, table) = place(house).await;
    if house.all_rows(&house.portal, table).await.unwrap().is_empty() {
        house.import(table, ROWS).await;
    }
    let first = key(house, "first").await;
    house.drain().await;
    let history = history(house, environment).await;
    if !history.contains(&"environment_apply") {
        house.apply(environment).await.unwrap();
        house.drain().await;
    }
    let second = key(house, "second").await;
    assert_ne!(first, second);
    if store::keys::get(house.portal.db().read(), second).await.unwrap().unwrap().activated_at.is_none() {
        house.wait(24 * 3600 + 1);
        house.activate(second).await.unwrap();
        house.drain().await;
    }
    if !history.contains(&"environment_return") {
        house.give_back(environment, "Payroll").await.unwrap();
        house.drain().await;
    }
    while outbox::step(&house.portal, smtp, "journey").await.unwrap() > 0 {}
}

async fn place(house: &House) -> (EnvironmentId, TableId) {
    let page = environments::list(&house.portal, &house.admin, Filter::default(), Sort::Name, None, 2)
        .await
        .unwrap();
    let id = page.items[0].environment.id;
    let tables = service::tables::list(&house.portal, &house.admin, id).await.unwrap();
    (id, tables[0].id)
}

async fn key(house: &House, name: &str) -> domain::KeyId {
    let overview = keys::overview(&house.portal, &house.admin, house.ring).await.unwrap();
    match overview.keys.iter().find(|listed| listed.key.name == name) {
        Some(listed) => listed.key.id,
        None => house.upload_file(name, drill::file(name), FILE_PASSWORD).await.unwrap().id,
    }
}

async fn history(house: &House, environment: EnvironmentId) -> Vec<&'static str> {
    let filter = store::operations::Filter { environment: Some(environment), ..Default::default() };
    let page = service::operations::list(&house.portal, &house.admin, filter, None, 100).await.unwrap();
    page.items.iter().map(|operation| operation.kind.as_str()).collect()
}

/// Only as a child of the tests below: without their variables it has nothing to do.
#[test]
fn child() {
    in_child(async |house, smtp| journey(&house, &smtp).await);
}

async fn verify(house: &House, (environment, table): (EnvironmentId, TableId), sink: &Sink, at: &str) {
    let db = house.portal.db().read();
    let rows = house.all_rows(&house.portal, table).await.unwrap();
    assert_eq!(rows.len(), ROWS, "{at}: no row lost, none twice");
    for (n, cells) in rows.iter().enumerate() {
        assert_eq!(cells[0].text(), format!("person-secret-{n}"), "{at}");
    }
    let row = store::environments::get(db, environment).await.unwrap().unwrap();
    assert_eq!((row.state, row.generation), (EnvironmentState::PlatformManaged, 3), "{at}");
    for generation in [1, 2, 4] {
        assert!(store::data_keys::get(db, environment.0, generation).await.unwrap().is_none(), "{at}");
    }
    let states: Vec<&str> =
        store::keys::list(db, house.ring).await.unwrap().iter().map(|k| k.state.as_str()).collect();
    assert_eq!(states, ["available", KeyState::Active { since: domain::Timestamp(0) }.as_str()], "{at}");
    let mut count = BTreeMap::new();
    for mail in sink.messages() {
        *count.entry((mail.subject().unwrap(), mail.to.join(","))).or_insert(0) += 1;
    }
    // Added and activated twice, activation asked for once, applied, returned: seven, to five each.
    assert_eq!(count.len(), 35, "{at}: a mail is missing: {count:?}");
    let repeated: i32 = count.values().map(|n| n - 1).sum();
    assert!(repeated <= 8, "{at}: more repeats than were under way: {count:?}");
}

/// Every kill point is in one of the journeys.
#[test]
fn no_kill_point_is_without_a_test() {
    let tried = PLUGS
        .iter()
        .chain(crate::crash_lock::PLUGS)
        .chain(crate::crash_backups::PLUGS)
        .chain(crate::crash_roll_back::PLUGS)
        .chain(crate::crash_rotation::PLUGS)
        .map(|(place, _)| *place);
    let tried: Vec<&str> = tried.collect();
    assert!(tried.iter().all(|place| service::KILL_POINTS.contains(place)));
    let missing: Vec<&&str> = service::KILL_POINTS.iter().filter(|place| !tried.contains(place)).collect();
    assert!(missing.is_empty(), "kill points without a test: {missing:?}");
}

fn every_plug(kind: Kind) {
    let before = async |house: &House, _: &std::path::Path| {
        let environment = house.environment("Payroll", "production").await;
        (environment, house.table(environment).await)
    };
    DRILL.every_plug(kind, before, async |house, &place, sink, at| verify(house, place, sink, at).await);
}

#[test]
fn after_a_crash_at_every_kill_point_everything_ends_well_sqlite() {
    every_plug(Kind::Sqlite);
}

#[test]
fn after_a_crash_at_every_kill_point_everything_ends_well_postgres() {
    every_plug(Kind::Postgres);
}
