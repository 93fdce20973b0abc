//! The plug is pulled at every kill point of backup, copy, restore and reset: it ends in the right state by itself, in
//! the next process.

use crate::{
    backups::assert_swept,
    drill::{AT_FIRST, Drill, Plugs, in_child},
    house::House,
};
use domain::{
    EnvironmentId,
    backups::BackupState,
    operations::{OperationKind, OperationState},
};
use service::{
    backups, environments,
    outbox::{self, Smtp},
    tables,
};
use std::{collections::BTreeSet, path::Path};
use store::{environments::Filter, environments::Sort};
use test_support::{Kind, smtp::Sink};

const ROWS: usize = 1_500;
const DRILL: Drill = Drill { child: "crash_backups::child", plugs: PLUGS, ahead: [AT_FIRST, 3_600] };
pub(crate) const PLUGS: Plugs = &[
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

async fn before(house: &House, _: &Path) -> (EnvironmentId, EnvironmentId) {
    let payroll = house.environment("Payroll", "production").await;
    house.import(house.table(payroll).await, ROWS).await;
    let twin = house.environment("Twin", "sandbox").await;
    house.import(house.table(twin).await, 5).await;
    (payroll, twin)
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
    assert_swept(house).await;
    let mails: BTreeSet<_> =
        sink.messages().iter().map(|mail| (mail.subject().unwrap(), mail.to.join(","))).collect();
    // Twin and Payroll replaced, Twin reset: three, to five each.
    assert_eq!(mails.len(), 15, "{at}: {mails:?}");
}

fn every_plug(kind: Kind) {
    DRILL.every_plug(kind, before, async |house, &places, sink, at| verify(house, places, sink, at).await);
}

#[test]
fn a_crash_in_backup_copy_restore_or_reset_ends_well_sqlite() {
    every_plug(Kind::Sqlite);
}

#[test]
fn a_crash_in_backup_copy_restore_or_reset_ends_well_postgres() {
    every_plug(Kind::Postgres);
}
