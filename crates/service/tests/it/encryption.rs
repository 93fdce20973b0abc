//! The proof that the encryption is real.

use crate::house::{FILE_PASSWORD, House, code};
use domain::{EnvironmentId, RingKeyId, TableId, environments::EnvironmentState};
use store::{ConnectionTrait, ring_keys::WrappedBy};
use test_support::{TestDb, both_databases, pfx};
use vault::{DataKey, DataKeyPlace, Kek, Password, Place};

const ROWS: usize = 2_500;

async fn applied(db: &TestDb) -> (House, EnvironmentId, TableId) {
    let house = House::new(db).await;
    let environment = house.environment("Payroll", "production").await;
    let table = house.table(environment).await;
    house.import(table, ROWS).await;
    house.upload("contoso-2026").await.unwrap();
    house.drain().await;
    house.apply(environment).await.unwrap();
    house.drain().await;
    (house, environment, table)
}

async fn state(house: &House, id: EnvironmentId) -> EnvironmentState {
    store::environments::get(house.portal.db().read(), id).await.unwrap().unwrap().state
}

/// The data key as someone with `kek` and the database would get it, if they can.
async fn data_key_with(house: &House, kek: &Kek, environment: EnvironmentId) -> Option<DataKey> {
    let db = house.portal.db().read();
    let current = store::environments::get(db, environment).await.unwrap().unwrap().generation;
    let row = store::data_keys::get(db, environment.0, current).await.unwrap().unwrap();
    let place = DataKeyPlace { owner: *environment.0.as_bytes(), generation: current };
    for ring_key in store::ring_keys::of_ring(db, house.ring).await.unwrap() {
        // The root key is in the thief's hands too.
        let wrapped = house.portal.keyring().wrapped_ring_key(&ring_key).unwrap();
        if let Ok(opened) = kek.unwrap(&wrapped)
            && let Ok(key) = opened.unwrap(&row.wrapped, &place)
        {
            return Some(key);
        }
    }
    None
}

fn customer_key() -> Kek {
    let file = pfx::modern("contoso-2026", FILE_PASSWORD).unwrap();
    vault::pfx::read(&file, &Password::new(FILE_PASSWORD.to_owned())).map_err(|e| e.to_string()).unwrap().kek
}

both_databases! {
    async fn applied_data_opens_with_the_customers_key_alone(db: TestDb) {
        let (house, environment, table) = applied(&db).await;
        let before = house.all_rows(&house.portal, table).await.unwrap();
        assert_eq!(before.len(), ROWS);
        assert_eq!(before[7][0].text(), "person-secret-7");

        // Everything but the customer's sealed material: root key, platform keys, all rows.
        let sql = "UPDATE protection_keys SET material = NULL, state = 'locked'";
        house.portal.db().write().execute_unprepared(sql).await.unwrap();
        let neighbour = house.neighbour(&db).await;
        assert_eq!(code(house.all_rows(&neighbour, table).await), "KEY_UNAVAILABLE");
        for ring_key in store::ring_keys::of_ring(neighbour.db().read(), house.ring).await.unwrap() {
            let opened = neighbour.keyring().ring_key(neighbour.db().read(), ring_key.id).await;
            match ring_key.wrapped_by {
                WrappedBy::Protection(_) => assert_eq!(code(opened), "KEY_UNAVAILABLE"),
                WrappedBy::Platform(_) => {
                    let row = store::data_keys::get(neighbour.db().read(), environment.0, 2).await.unwrap().unwrap();
                    let place = DataKeyPlace { owner: *environment.0.as_bytes(), generation: 2 };
                    assert!(opened.unwrap().unwrap(&row.wrapped, &place).is_err());
                }
            }
        }

        // Given the file, every row opens again.
        let key = data_key_with(&house, &customer_key(), environment).await.expect("the file opens the data key");
        let page = store::rows::page(house.portal.db().read(), table, None, ROWS).await.unwrap();
        assert_eq!(page.items.len(), ROWS);
        for (row, cells) in page.items.iter().zip(&before) {
            let place = Place {
                owner: *environment.0.as_bytes(),
                table: *table.0.as_bytes(),
                row: *row.id.0.as_bytes(),
                generation: 2,
            };
            let plain = key.open(&place, &row.sealed).unwrap();
            assert_eq!(serde_json::to_vec(cells).unwrap(), plain.to_vec());
        }
    }

    async fn a_ring_key_that_somebody_wrote_into_the_database_is_not_used(test_db: TestDb) {
        let (house, environment, _) = applied(&test_db).await;
        // Whoever can write SQL knows the public key, wraps a ring key of their own and puts it in place.
        let db = house.portal.db().write();
        let ring = store::rings::get(db, house.admin.tenant(), house.ring).await.unwrap().unwrap();
        let id = RingKeyId(ring.active_ring_key.unwrap());
        let row = store::ring_keys::get(db, id).await.unwrap().unwrap();
        let planted = customer_key().wrap(&vault::RingKey::generate());
        store::data_keys::delete(db, environment.0, 2).await.unwrap();
        store::rings::set_activated(db, house.ring, RingKeyId(ring.platform_ring_key), house.portal.clock().now()).await.unwrap();
        store::ring_keys::delete(db, id).await.unwrap();
        store::ring_keys::insert(db, store::ring_keys::RingKeyRow { wrapped: planted, ..row }).await.unwrap();
        let neighbour = house.neighbour(&test_db).await;
        assert!(neighbour.keyring().ring_key(neighbour.db().read(), id).await.is_err());
    }

    async fn after_return_the_customers_key_opens_nothing(db: TestDb) {
        let (house, environment, table) = applied(&db).await;
        let before = house.all_rows(&house.portal, table).await.unwrap();
        house.give_back(environment, "Payroll").await.unwrap();
        assert_eq!(state(&house, environment).await, EnvironmentState::Returning);
        assert_eq!(code(house.all_rows(&house.portal, table).await), "ENV_OFFLINE");
        house.drain().await;
        assert_eq!(state(&house, environment).await, EnvironmentState::PlatformManaged);
        assert_eq!(house.all_rows(&house.portal, table).await.unwrap(), before);
        assert!(data_key_with(&house, &customer_key(), environment).await.is_none());
    }

    async fn a_fresh_data_key_is_made_and_the_old_one_is_gone(db: TestDb) {
        let (house, environment, _) = applied(&db).await;
        let read = house.portal.db().read();
        assert!(store::data_keys::get(read, environment.0, 1).await.unwrap().is_none());
        assert!(store::data_keys::get(read, environment.0, 2).await.unwrap().is_some());
        assert_eq!(store::environments::get(read, environment).await.unwrap().unwrap().generation, 2);
    }

    async fn a_row_that_does_not_open_undoes_the_apply(db: TestDb) {
        let house = House::new(&db).await;
        let environment = house.environment("Payroll", "sandbox").await;
        let table = house.table(environment).await;
        house.import(table, ROWS).await;
        house.upload("contoso-2026").await.unwrap();
        house.drain().await;
        let write = house.portal.db().write();
        let page = store::rows::page(write, table, None, ROWS).await.unwrap();
        let mut broken = page.items[ROWS - 3].clone();
        let end = broken.sealed.len() - 1;
        broken.sealed[end] ^= 1;
        store::rows::reseal(write, table, vec![broken.clone()]).await.unwrap();

        house.apply(environment).await.unwrap();
        house.drain().await;

        let row = store::environments::get(house.portal.db().read(), environment).await.unwrap().unwrap();
        assert_eq!((row.state, row.generation), (EnvironmentState::PlatformManaged, 1));
        assert!(row.error.unwrap().contains("does not open"));
        assert!(store::data_keys::get(house.portal.db().read(), environment.0, 2).await.unwrap().is_none());
        broken.sealed[end] ^= 1;
        store::rows::reseal(house.portal.db().write(), table, vec![broken]).await.unwrap();
        assert_eq!(house.all_rows(&house.portal, table).await.unwrap().len(), ROWS);
    }

    async fn pp_077_a_key_change_rewraps_online_and_retires_the_old_ring_key(db: TestDb) {
        let (house, environment, table) = applied(&db).await;
        let before = house.all_rows(&house.portal, table).await.unwrap();
        let second = house.upload("contoso-2027").await.unwrap();
        assert!(!second.activating, "PP-071: later uploads wait for an explicit activation");
        house.wait(24 * 3600);
        house.activate(second.id).await.unwrap();
        service::worker::step(&house.portal, "test").await.unwrap();
        // Active, but nothing re-wrapped yet: reads go on (PP-077).
        assert_eq!(house.all_rows(&house.portal, table).await.unwrap(), before);
        house.drain().await;
        assert_eq!(house.all_rows(&house.portal, table).await.unwrap(), before);
        assert!(data_key_with(&house, &customer_key(), environment).await.is_none());
        let ring = store::rings::get(house.portal.db().read(), house.admin.tenant(), house.ring).await.unwrap().unwrap();
        let own: Vec<RingKeyId> = store::ring_keys::of_ring(house.portal.db().read(), house.ring)
            .await
            .unwrap()
            .into_iter()
            .filter(|key| matches!(key.wrapped_by, WrappedBy::Protection(_)))
            .map(|key| key.id)
            .collect();
        assert_eq!(own, vec![RingKeyId(ring.active_ring_key.unwrap())]);
    }
}

#[test]
fn no_plaintext_of_any_row_is_in_the_database_file_or_its_log() {
    test_support::both::run(test_support::Kind::Sqlite, |db: TestDb| async move {
        let (house, _, table) = applied(&db).await;
        assert_eq!(house.all_rows(&house.portal, table).await.unwrap().len(), ROWS);
        let path = db.url.trim_start_matches("sqlite://").split('?').next().unwrap().to_owned();
        let root = std::fs::read(&house.root).unwrap();
        let mut searched = 0;
        for file in [path.clone(), format!("{path}-wal")] {
            let Ok(bytes) = std::fs::read(&file) else { continue };
            searched += bytes.len();
            for secret in ["person-secret-", FILE_PASSWORD, crate::house::PASSWORD] {
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "{secret} is in {file}");
            }
            assert!(!bytes.windows(32).any(|window| window == root), "the root key is in {file}");
        }
        assert!(searched > ROWS * 50, "the files hold the rows");
    });
}
