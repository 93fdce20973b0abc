//! The plug is pulled at every kill point of backup, copy, restore and reset: it ends in the right state by itself, in
//! the next process.

use crate::{
    backups::assert_swept,
    crash::{AT_FIRST, Run, in_child, try_all},
    house::House,
};
use domain::{
    EnvironmentId,
    backups::BackupState,
    operations::{OperationKind, OperationState},
};
use service::{
    audit::{self, Verdict},
    backups, environments,
    outbox::{self, Smtp},
    tables,
};
use std::{collections::BTreeSet, path::Path};
use store::{environments::Filter, environments::Sort};
use test_support::{
    Kind, TestDb,
    smtp::{Security, Sink},
};

const ROWS: usize = 1_500;
/// The second process comes when every lease of the first has run out.
const AT_LAST: i64 = 3_600;
pub(crate) const PLUGS: &[(&str, &[u32])] = &[
    ("act.before_commit", &[1, 2, 3, 4, 5, 6, 7, 8]),
    ("act.after_commit", &[1, 2, 3, 4, 5, 6, 7, 8]),
    ("backup.opened", &[1]),
    ("backup.piece", &[1]),
    ("backup.before_finish", &[1]),
    ("replace.opened", &[1, 2]),
    ("replace.batch", &[1, 2, 3, 4]),
    ("replace.filled", &[1, 2]),
    ("replace.switched", &[1, 2]),
    ("replace.removed", &[1, 2, 3]),
    ("replace.cleared", &[1, 2]),
];

async fn place(house: &House, name: &str) -> EnvironmentId {
    let filter = Filter { search: Some(name.to_owned()), ..Filter::default() };
    let page = environments::list(&house.portal, &house.admin, filter, Sort::Name, None, 2).await.unwrap();
    page.items[0].environment.id
}

/// Whether a job of the kind has succeeded.
async fn done(house: &House, kind: OperationKind) -> bool {
    house.drain().await;
    let all = store::operations::Filter::default();
    let page = service::operations::list(&house.portal, &house.admin, all, None, 100).await.unwrap();
    page.items.iter().any(|job| job.kind == kind && job.state == OperationState::Succeeded)
}

/// Goes on from where the database says that someone came.
async fn journey(house: &House, smtp: &Smtp) {
    let (portal, admin) = (&house.portal, &house.admin);
    let (payroll, twin) = (place(house, "Payroll").await, place(house, "Twin").await);
    if !done(house, OperationKind::EnvironmentBackup).await {
        backups::create(portal, admin, payroll).await.unwrap();
        house.drain().await;
    }
    if !done(house, OperationKind::EnvironmentCopy).await {
        environments::copy(portal, admin, payroll, twin, "Twin".to_owned()).await.unwrap();
        house.drain().await;
    }
    if !done(house, OperationKind::EnvironmentRestore).await {
        let overview = backups::overview(portal, admin, payroll, None, 10).await.unwrap();
        let backup = (payroll, overview.backups.items[0].backup.id);
        environments::restore(portal, admin, backup, payroll, "Payroll".to_owned()).await.unwrap();
        house.drain().await;
    }
    if !done(house, OperationKind::EnvironmentReset).await {
        assert_eq!(tables::list(portal, admin, twin).await.unwrap()[0].row_count, ROWS as u64, "copied");
        environments::reset(portal, admin, twin, "Twin".to_owned(), false).await.unwrap();
        house.drain().await;
    }
    while outbox::step(portal, smtp, "journey").await.unwrap() > 0 {}
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
    let payroll = house.environment("Payroll", "production").await;
    let table = house.table(payroll).await;
    house.import(table, ROWS).await;
    let twin = house.environment("Twin", "sandbox").await;
    let table = house.table(twin).await;
    house.import(table, 5).await;
    let sink = Sink::start(Security::Plain).await.unwrap();
    let port = sink.address().port();
    let run = Run { test: "crash_backups::child", url: &db.url, root: house.root.clone(), port, files };
    let reached = !run.child(Some(at.clone()), AT_FIRST);
    assert!(run.child(None, AT_LAST), "{at}: the next process did not finish");
    house.wait(2 * AT_LAST);
    verify(&house, (payroll, twin), &sink, &at).await;
    if kind == Kind::Postgres {
        drop(house);
        test_support::postgres::drop_database(&db.url).await.unwrap();
    }
    reached
}

async fn verify(house: &House, (payroll, twin): (EnvironmentId, EnvironmentId), sink: &Sink, at: &str) {
    let (portal, admin) = (&house.portal, &house.admin);
    let found = tables::list(portal, admin, payroll).await.unwrap();
    assert_eq!(found.len(), 1, "{at}");
    let rows = house.all_rows(portal, found[0].id).await.unwrap();
    assert_eq!(rows.len(), ROWS, "{at}: no row lost, none twice");
    for (n, cells) in rows.iter().enumerate() {
        assert_eq!(cells[0].text(), format!("person-secret-{n}"), "{at}");
    }
    assert!(tables::list(portal, admin, twin).await.unwrap().is_empty(), "{at}");
    let overview = backups::overview(portal, admin, payroll, None, 10).await.unwrap();
    let states: Vec<BackupState> = overview.backups.items.iter().map(|listed| listed.backup.state).collect();
    assert_eq!(states, [BackupState::Complete], "{at}");
    let open = store::operations::Filter { open_only: true, ..Default::default() };
    let open = service::operations::list(portal, admin, open, None, 10).await.unwrap();
    assert!(open.items.is_empty(), "{at}: jobs left open");
    assert_swept(house).await;
    let verdict = audit::verify(portal.db(), admin.tenant()).await.unwrap();
    assert!(matches!(verdict, Verdict::Intact { .. }), "{at}: {verdict:?}");
    let mails: BTreeSet<_> =
        sink.messages().iter().map(|mail| (mail.subject().unwrap(), mail.to.join(","))).collect();
    // Twin and Payroll replaced, Twin reset: three, to five each.
    assert_eq!(mails.len(), 15, "{at}: {mails:?}");
}

fn every_plug(kind: Kind) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let files = tempfile::tempdir().unwrap();
    try_all(kind, PLUGS, |place, occurrence| {
        runtime.block_on(pull_the_plug(kind, place, occurrence, files.path()))
    });
}

#[test]
fn a_crash_in_backup_copy_restore_or_reset_ends_well_sqlite() {
    every_plug(Kind::Sqlite);
}

#[test]
fn a_crash_in_backup_copy_restore_or_reset_ends_well_postgres() {
    every_plug(Kind::Postgres);
}
