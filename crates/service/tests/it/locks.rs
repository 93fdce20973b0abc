//! The order of locks: portal, or ring → key → environment → operation → end of the audit chain.

use crate::house::{House, PASSWORD, code};
use domain::{cells::Cell, operations::OperationKind};
use service::{
    OffsetClock, Portal, Settings,
    root_key::{RootKeyFile, RootKeys},
    rows, setup,
};
use std::sync::Arc;
use store::ConnectionTrait as _;
use test_support::{Kind, TestDb, both_databases};
use vault::Password;

/// On SQLite transactions that write follow one another: nobody else holds a ring meanwhile.
#[test]
fn queuing_an_operation_does_not_wait_for_the_ring() {
    test_support::both::run(Kind::Postgres, queue_beside_a_decision);
}

/// A return or an import locks its environment and then queues an operation, which refers to the
/// ring: that must not wait for whoever holds the ring and waits for the environment.
async fn queue_beside_a_decision(db: TestDb) {
    let house = House::new(&db).await;
    let environment = house.environment("Sales", "sandbox").await;
    let deciding = house.portal.db().begin().await.unwrap();
    store::rings::lock(&deciding, house.ring).await.unwrap();
    let returning = house.portal.db().begin().await.unwrap();
    store::environments::lock(&returning, environment).await.unwrap();
    store::ConnectionTrait::execute_unprepared(&returning, "SET LOCAL lock_timeout = '10s'").await.unwrap();
    let operation = store::operations::NewOperation {
        address: None,
        id: domain::OperationId(uuid::Uuid::from_bytes(vault::random::bytes())),
        tenant_id: house.admin.tenant(),
        kind: OperationKind::EnvironmentReturn,
        ring_id: house.ring,
        environment_id: Some(environment),
        key_id: None,
        import_id: None,
        source_id: None,
        backup_id: None,
        total: 0,
        created_by: house.admin.user(),
        created_at: house.portal.clock().now(),
    };
    store::operations::insert(&returning, operation).await.unwrap();
    returning.rollback().await.unwrap();
    deciding.rollback().await.unwrap();
}

/// On SQLite the write would wait for the whole transaction to begin.
#[test]
fn a_write_that_waits_for_a_restore_is_not_taken_for_done() {
    test_support::both::run(Kind::Postgres, write_beside_a_switch);
}

/// A restore, a copy or a reset hides the tables that somebody has looked at and is about to write into: what is
/// answered must be in a table that people see.
async fn write_beside_a_switch(db: TestDb) {
    let house = House::new(&db).await;
    let environment = house.environment("Sales", "sandbox").await;
    let table = house.table(environment).await;
    let cells = || vec![Cell::Text("Zoë".to_owned()), Cell::WholeNumber(12), Cell::WholeNumber(41)];
    let (portal, admin) = (&house.portal, &house.admin);
    let ids = rows::insert(portal, admin, table, vec![cells(), cells()]).await.unwrap();
    let switching = portal.db().begin().await.unwrap();
    store::environments::lock(&switching, environment).await.unwrap();
    let hide = async {
        waiting(portal, 3).await;
        let operation = domain::OperationId(uuid::Uuid::from_bytes(vault::random::bytes()));
        store::tables::hide_all(&switching, environment, operation).await.unwrap();
        switching.commit().await.unwrap();
    };
    let (added, changed, deleted, ()) = tokio::join!(
        rows::insert(portal, admin, table, vec![cells()]),
        rows::update(portal, admin, table, ids[0], cells()),
        rows::delete(portal, admin, table, ids[1]),
        hide,
    );
    assert_eq!([code(added), code(changed), code(deleted)], ["NOT_FOUND"; 3]);
    let left = store::rows::page(portal.db().read(), table, None, 10).await.unwrap();
    assert_eq!(left.items.len(), 2, "and nothing is changed in what is hidden");
}

/// Until so many transactions wait for a lock.
async fn waiting(portal: &Portal, transactions: i64) {
    let sql = "SELECT COUNT(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let db = portal.db().read();
    loop {
        let statement = sea_orm::Statement::from_string(db.get_database_backend(), sql);
        let row = db.query_one_raw(statement).await.unwrap().unwrap();
        if row.try_get::<i64>("", "n").unwrap() >= transactions {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

both_databases! {
    async fn of_two_set_ups_at_once_one_wins(db: TestDb) {
        use migrations::MigratorTrait;
        let store = store::Db::connect(&db.url).await.unwrap();
        migrations::Migrator::up(store.write(), None).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = RootKeyFile::own(folder.path().join("root.key"));
        let roots = RootKeys::open(&store, file).await.unwrap();
        let portal = Portal::new(store, Arc::new(OffsetClock::default()), roots, Settings::default());
        let form = |n: usize| setup::Install {
            tenant: format!("Contoso {n}"),
            regions: vec!["europe".to_owned()],
            name: "Ada Admin".to_owned(),
            email: format!("ada-{n}@contoso.example"),
            password: Password::new(PASSWORD.to_owned()),
            enable: None,
        };
        let (one, two) = tokio::join!(setup::install(&portal, form(1)), setup::install(&portal, form(2)));
        let refused = match (one, two) {
            (Ok(_), Err(error)) | (Err(error), Ok(_)) => error,
            (one, two) => panic!("one of two must win: {one:?} and {two:?}"),
        };
        assert_eq!(refused.refusal().map(|refusal| refusal.code), Some(domain::Code::AlreadyInstalled));
        assert_eq!(store::tenants::list(portal.db().read()).await.unwrap().len(), 1);
    }
}
