//! Every job ends: what can never succeed fails with its reason, and the environment is usable again.

use crate::house::House;
use domain::{
    EnvironmentId, RingKeyId, TableId,
    environments::EnvironmentState,
    operations::{OperationKind, OperationState},
};
use service::imports;
use store::{ConnectionTrait, operations::Operation, rows::SealedRow};
use test_support::{TestDb, both_databases};

const ROWS: usize = 30;

/// A key that is Active and an environment with rows under the platform's key.
async fn ready(db: &TestDb) -> (House, EnvironmentId, TableId) {
    let house = House::new(db).await;
    let environment = house.environment("Payroll", "sandbox").await;
    let table = house.table(environment).await;
    house.import(table, ROWS).await;
    house.upload("contoso-2026").await.unwrap();
    house.drain().await;
    (house, environment, table)
}

pub(crate) async fn sql(house: &House, sql: &str) {
    house.portal.db().write().execute_unprepared(sql).await.unwrap();
}

async fn newest(house: &House) -> Operation {
    let filter = store::operations::Filter::default();
    let tenant = house.admin.tenant();
    store::operations::list(house.portal.db().read(), tenant, &filter, None, 1).await.unwrap().items.remove(0)
}

/// The newest job failed with this in its reason, and so says the trail.
async fn failed(house: &House, kind: OperationKind, why: &str) {
    let operation = newest(house).await;
    assert_eq!((operation.kind, operation.state), (kind, OperationState::Failed));
    let error = operation.error.unwrap();
    assert!(error.contains(why), "{error}");
    let filter = store::audit::Filter { outcome: Some("failed".to_owned()), ..Default::default() };
    let db = house.portal.db().read();
    let trail = store::audit::list(db, house.admin.tenant(), &filter, None, 10).await.unwrap();
    assert!(trail[0].details.contains(why), "{}", trail[0].details);
}

async fn environment(house: &House, id: EnvironmentId) -> store::environments::Environment {
    store::environments::get(house.portal.db().read(), id).await.unwrap().unwrap()
}

async fn mails(house: &House) -> Vec<String> {
    let page = store::messages::list(house.portal.db().read(), house.admin.tenant(), None, 5).await.unwrap();
    page.items.into_iter().map(|message| message.subject).collect()
}

both_databases! {
    async fn an_apply_whose_data_key_does_not_open_fails_and_the_environment_is_online(db: TestDb) {
        let (house, id, table) = ready(&db).await;
        let row = store::data_keys::get(house.portal.db().read(), id.0, 1).await.unwrap().unwrap();
        sql(&house, &format!("UPDATE data_keys SET wrapped = {} WHERE generation = 1", blob(&db, &[7; 60]))).await;
        house.apply(id).await.unwrap();
        house.drain().await;
        failed(&house, OperationKind::EnvironmentApply, "does not open").await;
        let found = environment(&house, id).await;
        assert_eq!((found.state, found.generation), (EnvironmentState::PlatformManaged, 1));
        assert!(mails(&house).await.iter().all(|subject| subject.contains("could not be changed")));

        // The operator brings the row back from a backup: all is as before, and a second try goes through.
        let back = blob(&db, &row.wrapped);
        sql(&house, &format!("UPDATE data_keys SET wrapped = {back} WHERE generation = 1")).await;
        assert_eq!(house.all_rows(&house.portal, table).await.unwrap().len(), ROWS);
        house.apply(id).await.unwrap();
        house.drain().await;
        assert_eq!(environment(&house, id).await.state, EnvironmentState::SelfManaged);
        assert_eq!(house.all_rows(&house.portal, table).await.unwrap().len(), ROWS);
    }

    async fn rows_that_open_under_neither_key_are_kept_with_it_and_reported(db: TestDb) {
        let (house, id, table) = ready(&db).await;
        let write = house.portal.db().write();
        let page = store::rows::page(write, table, None, ROWS).await.unwrap();
        let broken = SealedRow { generation: 2, sealed: vec![9; 80], ..page.items[3].clone() };
        store::rows::reseal(write, table, vec![broken.clone()]).await.unwrap();
        house.apply(id).await.unwrap();
        house.drain().await;
        failed(&house, OperationKind::EnvironmentApply, &format!("/tables/{table}/rows/{}", broken.id)).await;
        let found = environment(&house, id).await;
        assert_eq!((found.state, found.generation), (EnvironmentState::PlatformManaged, 1));
        assert!(found.error.unwrap().contains("1 rows cannot be opened; they and their key were kept."));
        assert!(store::data_keys::get(write, id.0, 2).await.unwrap().is_some());

        // Without the broken row the next try takes up the same data key and ends well.
        service::rows::delete(&house.portal, &house.admin, table, broken.id).await.unwrap();
        assert_eq!(house.all_rows(&house.portal, table).await.unwrap().len(), ROWS - 1);
        house.apply(id).await.unwrap();
        house.drain().await;
        assert_eq!(environment(&house, id).await.generation, 2);
        assert_eq!(house.all_rows(&house.portal, table).await.unwrap().len(), ROWS - 1);
    }

    async fn a_data_key_that_does_not_open_keeps_its_ring_key_and_holds_up_no_other(db: TestDb) {
        let (house, id, table) = ready(&db).await;
        let other = house.environment("Sales", "sandbox").await;
        for environment in [id, other] {
            house.apply(environment).await.unwrap();
            house.drain().await;
        }
        let good = store::data_keys::get(house.portal.db().read(), other.0, 2).await.unwrap().unwrap();
        let bad = blob(&db, &[7; 60]);
        let owner = blob(&db, other.0.as_bytes());
        let owner = if db.kind == test_support::Kind::Postgres { format!("'{other}'") } else { owner };
        sql(&house, &format!("UPDATE data_keys SET wrapped = {bad} WHERE owner_id = {owner}")).await;
        let second = house.upload("contoso-2027").await.unwrap();
        house.wait(24 * 3600);
        house.activate(second.id).await.unwrap();
        house.drain().await;
        failed(&house, OperationKind::KeyRewrap, "1 environments do not open").await;
        let moved = store::data_keys::get(house.portal.db().read(), id.0, 2).await.unwrap().unwrap();
        let kept = store::data_keys::get(house.portal.db().read(), other.0, 2).await.unwrap().unwrap();
        assert_ne!(moved.ring_key, good.ring_key);
        assert_eq!(kept.ring_key, good.ring_key);
        assert_eq!(house.all_rows(&house.portal, table).await.unwrap().len(), ROWS);

        // The ring key before is still there for it, and the next change takes both along.
        let back = blob(&db, &good.wrapped);
        sql(&house, &format!("UPDATE data_keys SET wrapped = {back} WHERE owner_id = {owner}")).await;
        let third = house.upload("contoso-2028").await.unwrap();
        house.wait(24 * 3600);
        house.activate(third.id).await.unwrap();
        house.drain().await;
        let ring = store::rings::get(house.portal.db().read(), house.admin.tenant(), house.ring).await.unwrap();
        let active = RingKeyId(ring.unwrap().active_ring_key.unwrap());
        for environment in [id, other] {
            let row = store::data_keys::get(house.portal.db().read(), environment.0, 2).await.unwrap().unwrap();
            assert_eq!(row.ring_key, active);
        }
    }

    async fn an_import_whose_file_does_not_open_fails_and_the_environment_is_free(db: TestDb) {
        let (house, id, table) = ready(&db).await;
        let mut upload = imports::begin(&house.portal, &house.admin, table).await.unwrap();
        upload.push(b"Name,Salary,Age\nAda,1.00,30\n").await.unwrap();
        upload.finish().await.unwrap();
        sql(&house, &format!("UPDATE import_pieces SET sealed = {}", blob(&db, &[7; 60]))).await;
        house.drain().await;
        failed(&house, OperationKind::RowImport, "does not open").await;
        house.apply(id).await.unwrap();
        house.drain().await;
        assert_eq!(environment(&house, id).await.state, EnvironmentState::SelfManaged);
    }

    async fn what_never_gets_further_is_given_up_and_undone(db: TestDb) {
        let (house, id, table) = ready(&db).await;
        house.apply(id).await.unwrap();
        // As after ten processes that died of it.
        sql(&house, "UPDATE operations SET attempts = 10 WHERE state = 'queued'").await;
        house.drain().await;
        failed(&house, OperationKind::EnvironmentApply, "10 attempts").await;
        assert_eq!(environment(&house, id).await.state, EnvironmentState::PlatformManaged);
        assert_eq!(house.all_rows(&house.portal, table).await.unwrap().len(), ROWS);

        let second = house.upload("contoso-2027").await.unwrap();
        house.wait(24 * 3600);
        house.activate(second.id).await.unwrap();
        sql(&house, "UPDATE operations SET attempts = 10 WHERE state = 'queued'").await;
        house.drain().await;
        failed(&house, OperationKind::KeyInstall, "10 attempts").await;
        let key = store::keys::get(house.portal.db().read(), second.id).await.unwrap().unwrap();
        assert_eq!(key.state.as_str(), "available");
    }

    async fn files_that_no_import_reads_are_removed_after_a_day(db: TestDb) {
        let (house, _, table) = ready(&db).await;
        let mut broken_off = imports::begin(&house.portal, &house.admin, table).await.unwrap();
        broken_off.push(&vec![b'x'; 600 * 1024]).await.unwrap();
        drop(broken_off);
        assert_eq!(pieces(&house).await, 2);
        house.wait(24 * 3600 - 1);
        service::upkeep::run_once(&house.portal).await;
        assert_eq!(pieces(&house).await, 2);
        house.wait(2);
        service::upkeep::run_once(&house.portal).await;
        assert_eq!(pieces(&house).await, 0);
    }
}

/// How many pieces of files lie in the database.
async fn pieces(house: &House) -> i64 {
    let db = house.portal.db().read();
    let statement =
        sea_orm::Statement::from_string(db.get_database_backend(), "SELECT COUNT(*) AS n FROM import_pieces");
    db.query_one_raw(statement).await.unwrap().unwrap().try_get("", "n").unwrap()
}

/// Bytes as the database writes them in a statement.
pub(crate) fn blob(db: &TestDb, bytes: &[u8]) -> String {
    let hex = service::keys::hex(bytes);
    match db.kind {
        test_support::Kind::Postgres => format!("'\\x{hex}'::bytea"),
        test_support::Kind::Sqlite => format!("x'{hex}'"),
    }
}
