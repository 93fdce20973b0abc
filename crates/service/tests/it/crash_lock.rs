//! The plug is pulled at every kill point of lock, key unlock, environment unlock and deletion: it ends in the
//! right state by itself, in the next process.

use crate::{
    crash::{AT_FIRST, Run, in_child, try_all},
    house::{FILE_PASSWORD, House},
};
use domain::{EnvironmentId, TableId, environments::EnvironmentState, keys::KeyState};
use service::{
    audit::{self, Verdict},
    environments, keys,
    outbox::{self, Smtp},
};
use std::{collections::BTreeSet, path::Path};
use store::{environments::Filter, environments::Sort};
use test_support::{
    Kind, TestDb, pfx,
    smtp::{Security, Sink},
};
use vault::Password;

const ROWS: usize = 1_500;
/// The second process comes when every lease of the first has run out, even those it took after waiting.
const AT_LAST: i64 = 100 * 3_600;
pub(crate) const PLUGS: &[(&str, &[u32])] = &[
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

fn file() -> Vec<u8> {
    std::fs::read(Path::new(&std::env::var("KEYSTEAD_TEST_FILES").unwrap()).join("first")).unwrap()
}

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
            file: file(),
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
        let form = keys::Unlock { file: file(), password: password(), risk_acknowledged: false };
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

async fn pull_the_plug(kind: Kind, place: &str, occurrence: u32, files: &Path) -> bool {
    let at = format!("{place}:{occurrence}");
    let db = TestDb::create(kind).await.unwrap();
    let house = House::new(&db).await;
    let file = std::fs::read(files.join("first")).unwrap();
    house.upload_file("first", file, FILE_PASSWORD).await.unwrap();
    house.drain().await;
    let second = std::fs::read(files.join("second")).unwrap();
    house.upload_file("second", second, FILE_PASSWORD).await.unwrap();
    let mut tables = Vec::new();
    for name in ["Payroll", "Gone"] {
        let environment = house.environment(name, "production").await;
        let table = house.table(environment).await;
        house.import(table, ROWS).await;
        house.apply(environment).await.unwrap();
        house.drain().await;
        tables.push(table);
    }
    let sink = Sink::start(Security::Plain).await.unwrap();
    let port = sink.address().port();
    let run = Run { test: "crash_lock::child", url: &db.url, root: house.root.clone(), port, files };
    let reached = !run.child(Some(at.clone()), AT_FIRST);
    assert!(run.child(None, AT_LAST), "{at}: the next process did not finish");
    house.wait(200 * 3600);
    verify(&house, (tables[0], tables[1]), &sink, &at).await;
    if kind == Kind::Postgres {
        drop(house);
        test_support::postgres::drop_database(&db.url).await.unwrap();
    }
    reached
}

async fn verify(house: &House, (kept, gone): (TableId, TableId), sink: &Sink, at: &str) {
    let db = house.portal.db().read();
    let rows = house.all_rows(&house.portal, kept).await.unwrap();
    assert_eq!(rows.len(), ROWS, "{at}: no row lost, none twice");
    for (n, cells) in rows.iter().enumerate() {
        assert_eq!(cells[0].text(), format!("person-secret-{n}"), "{at}");
    }
    assert!(store::rows::page(db, gone, None, 1).await.unwrap().items.is_empty(), "{at}");
    let open = store::operations::Filter { open_only: true, ..Default::default() };
    let open = service::operations::list(&house.portal, &house.admin, open, None, 10).await.unwrap();
    assert!(open.items.is_empty(), "{at}: jobs left open");
    assert!(!service::root_key::is_due(db).await.unwrap(), "{at}: a backup from before the lock opens");
    assert_eq!(store::portal::get(db).await.unwrap().unwrap().root_next, None, "{at}");
    let roots = std::fs::read_dir(house.root.parent().unwrap()).unwrap().count();
    assert_eq!(roots, 1, "{at}: a root key is left over");
    let keys = store::keys::list(db, house.ring).await.unwrap();
    let states: Vec<(&str, &str)> = keys.iter().map(|k| (k.name.as_str(), k.state.as_str())).collect();
    assert_eq!(states, [("first", "active")], "{at}");
    let verdict = audit::verify(house.portal.db(), house.admin.tenant()).await.unwrap();
    assert!(matches!(verdict, Verdict::Intact { .. }), "{at}: {verdict:?}");
    let mails: BTreeSet<_> =
        sink.messages().iter().map(|mail| (mail.subject().unwrap(), mail.to.join(","))).collect();
    // Two keys added, one activated, two environments applied; locked, unlocking, unlocked; one environment
    // unlocked, one deleted: ten, to five each.
    assert_eq!(mails.len(), 50, "{at}: {mails:?}");
}

fn every_plug(kind: Kind) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let files = tempfile::tempdir().unwrap();
    for name in ["first", "second"] {
        std::fs::write(files.path().join(name), pfx::modern(name, FILE_PASSWORD).unwrap()).unwrap();
    }
    try_all(kind, PLUGS, |place, occurrence| {
        runtime.block_on(pull_the_plug(kind, place, occurrence, files.path()))
    });
}

#[test]
fn a_crash_in_lock_unlock_or_deletion_ends_well_sqlite() {
    every_plug(Kind::Sqlite);
}

#[test]
fn a_crash_in_lock_unlock_or_deletion_ends_well_postgres() {
    every_plug(Kind::Postgres);
}
