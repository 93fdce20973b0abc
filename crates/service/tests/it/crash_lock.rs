//! The plug is pulled at every kill point of lock, key unlock, environment unlock and deletion: it ends in the
//! right state by itself, in the next process.

use crate::{
    drill::{AT_FIRST, Drill, Plugs, file, in_child},
    house::{FILE_PASSWORD, House},
};
use domain::{EnvironmentId, TableId, environments::EnvironmentState, keys::KeyState};
use service::{
    environments, keys,
    outbox::{self, Smtp},
};
use std::{collections::BTreeSet, path::Path};
use store::{environments::Filter, environments::Sort};
use test_support::{Kind, smtp::Sink};
use vault::Password;

const ROWS: usize = 1_500;
const DRILL: Drill = Drill { child: "crash_lock::child", plugs: PLUGS, ahead: [AT_FIRST, 100 * 3_600] };
pub(crate) const PLUGS: Plugs = &[
    ("act.before_commit", &[1, 2, 3, 4, 5, 6, 7, 8]),
    ("act.after_commit", &[1, 2, 3, 4, 5, 6, 7, 8]),
    ("lock.started", &[1]),
    ("lock.forgotten", &[1]),
    ("lock.batch", &[1]),
    ("root.announced", &[1]),
    ("root.sealed", &[1]),
    ("root.swapped", &[1]),
    ("root.adopted", &[1]),
    ("lock.before_finish", &[1]),
    ("unlock_key.opened", &[1]),
    ("unlock.opened", &[1]),
    ("unlock.checked", &[1]),
    ("delete.batch", &[1]),
];

fn password() -> Password {
    Password::new(FILE_PASSWORD.to_owned())
}

/// Goes on from where the database says that someone came.
async fn journey(house: &House, smtp: &Smtp) {
    house.drain().await;
    let all = store::operations::Filter::default();
    let operations = service::operations::list(&house.portal, &house.admin, all, None, 100).await.unwrap();
    let locked_once =
        operations.items.iter().any(|job| job.kind == domain::operations::OperationKind::KeyLock);
    if !locked_once {
        house.wait(72 * 3600);
        let form = keys::Lock {
            file: file("first"),
            password: password(),
            typed_text: "LOCK EUROPE".to_owned(),
            confirmed: true,
            risk_acknowledged: false,
        };
        keys::lock(&house.portal, &house.admin, first(house).await.0, form).await.unwrap();
        house.drain().await;
    }
    if let (id, KeyState::Locked { .. }) = first(house).await {
        house.wait(3600);
        let form = keys::Unlock { file: file("first"), password: password(), risk_acknowledged: false };
        keys::unlock(&house.portal, &house.admin, id, form).await.unwrap();
        house.drain().await;
    }
    if let Some(id) = locked(house, "Payroll").await {
        environments::unlock(&house.portal, &house.admin, id, true, false).await.unwrap();
        house.drain().await;
    }
    if let Some(id) = locked(house, "Gone").await {
        environments::delete(&house.portal, &house.admin, id, "Gone".to_owned(), false).await.unwrap();
        house.drain().await;
    }
    while outbox::step(&house.portal, smtp, "journey").await.unwrap() > 0 {}
}

async fn first(house: &House) -> (domain::KeyId, KeyState) {
    let overview = keys::overview(&house.portal, &house.admin, house.ring).await.unwrap();
    let key = overview.keys.iter().find(|listed| listed.key.name == "first").unwrap();
    (key.key.id, key.key.state)
}

async fn locked(house: &House, name: &str) -> Option<EnvironmentId> {
    let filter = Filter { state: Some(EnvironmentState::Locked), ..Default::default() };
    let page = environments::list(&house.portal, &house.admin, filter, Sort::Name, None, 5).await.unwrap();
    page.items.iter().map(|listed| &listed.environment).find(|e| e.name == name).map(|e| e.id)
}

/// Only as a child of the tests below: without their variables it has nothing to do.
#[test]
fn child() {
    in_child(async |house, smtp| journey(&house, &smtp).await);
}

/// A key that is active and applied to both environments, and one that is Available; the environments' tables.
async fn before(house: &House, files: &Path) -> (TableId, TableId) {
    let read = |name: &str| std::fs::read(files.join(name)).unwrap();
    house.upload_file("first", read("first"), FILE_PASSWORD).await.unwrap();
    house.drain().await;
    house.upload_file("second", read("second"), FILE_PASSWORD).await.unwrap();
    (applied(house, "Payroll").await, applied(house, "Gone").await)
}

async fn applied(house: &House, name: &str) -> TableId {
    let environment = house.environment(name, "production").await;
    let table = house.table(environment).await;
    house.import(table, ROWS).await;
    house.apply(environment).await.unwrap();
    house.drain().await;
    table
}

async fn verify(house: &House, (kept, gone): (TableId, TableId), sink: &Sink, at: &str) {
    let db = house.portal.db().read();
    let rows = house.all_rows(&house.portal, kept).await.unwrap();
    assert_eq!(rows.len(), ROWS, "{at}: no row lost, none twice");
    for (n, cells) in rows.iter().enumerate() {
        assert_eq!(cells[0].text(), format!("person-secret-{n}"), "{at}");
    }
    assert!(store::rows::page(db, gone, None, 1).await.unwrap().items.is_empty(), "{at}");
    assert!(!service::root_key::is_due(db).await.unwrap(), "{at}: a backup from before the lock opens");
    assert_eq!(store::portal::get(db).await.unwrap().unwrap().root_next, None, "{at}");
    let roots = std::fs::read_dir(house.root.parent().unwrap()).unwrap().count();
    assert_eq!(roots, 1, "{at}: a root key is left over");
    let keys = store::keys::list(db, house.ring).await.unwrap();
    let states: Vec<(&str, &str)> = keys.iter().map(|k| (k.name.as_str(), k.state.as_str())).collect();
    assert_eq!(states, [("first", "active")], "{at}");
    let mails: BTreeSet<_> =
        sink.messages().iter().map(|mail| (mail.subject().unwrap(), mail.to.join(","))).collect();
    // Two keys added, one activated, two environments applied; locked, unlocking, unlocked; one environment
    // unlocked, one deleted: ten, to five each.
    assert_eq!(mails.len(), 50, "{at}: {mails:?}");
}

fn every_plug(kind: Kind) {
    DRILL.every_plug(kind, before, async |house, &tables, sink, at| verify(house, tables, sink, at).await);
}

#[test]
fn a_crash_in_lock_unlock_or_deletion_ends_well_sqlite() {
    every_plug(Kind::Sqlite);
}

#[test]
fn a_crash_in_lock_unlock_or_deletion_ends_well_postgres() {
    every_plug(Kind::Postgres);
}
