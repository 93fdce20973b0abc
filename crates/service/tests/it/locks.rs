//! The order of locks: portal, or ring → key → environment → operation → end of the audit chain.

use crate::house::{House, PASSWORD};
use domain::operations::OperationKind;
use service::{
    OffsetClock, Portal, Settings,
    root_key::{RootKeyFile, RootKeys},
    setup,
};
use std::sync::Arc;
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
