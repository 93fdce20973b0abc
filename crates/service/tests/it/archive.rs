//! The portal's own backup holds every table, and nothing that was there is missing after it.

use crate::house::{FILE_PASSWORD, House};
use service::archive;
use std::collections::BTreeSet;
use store::{Db, archive as tables};
use test_support::{Kind, TestDb, both_databases, pfx};
use vault::Password;

fn passphrase() -> Password {
    Password::new("a passphrase of the operator".to_owned())
}

/// An empty database with the present schema.
async fn fresh(kind: Kind) -> (TestDb, Db) {
    use migrations::MigratorTrait;
    let test = TestDb::create(kind).await.unwrap();
    let db = Db::connect(&test.url).await.unwrap();
    migrations::Migrator::up(db.write(), None).await.unwrap();
    (test, db)
}

both_databases! {
    async fn no_table_is_forgotten(db: TestDb) {
        let house = House::new(&db).await;
        let there: BTreeSet<String> = tables::tables(house.portal.db().read()).await.unwrap().into_iter().collect();
        let named = tables::TABLES.iter().chain(tables::LEFT_OUT).map(|name| (*name).to_owned());
        assert_eq!(there, named.collect::<BTreeSet<String>>());
    }

    async fn a_backup_of_a_backup_is_the_same(db: TestDb) {
        let house = House::new(&db).await;
        house.upload_file("contoso", pfx::modern("contoso", FILE_PASSWORD).unwrap(), FILE_PASSWORD).await.unwrap();
        house.drain().await;
        let environment = house.environment("Payroll", "production").await;
        let table = house.table(environment).await;
        house.import(table, 1_200).await;
        house.apply(environment).await.unwrap();
        house.drain().await;
        let now = house.portal.clock().now();
        let (first, header, counts) = archive::write(house.portal.db(), &passphrase(), Vec::new(), now).await.unwrap();
        assert_eq!(counts["data_rows"], 1_200);
        for kind in [Kind::Sqlite, Kind::Postgres] {
            let (_test, other) = fresh(kind).await;
            let restored = archive::load(&other, &passphrase(), first.as_slice(), now).await.unwrap();
            assert_eq!((&restored.header, &restored.counts), (&header, &counts));
            let (second, _, again) = archive::write(&other, &passphrase(), Vec::new(), now).await.unwrap();
            // Making and restoring it are on record, each once in the one organisation's trail.
            let mut expected = counts.clone();
            *expected.get_mut("audit_entries").unwrap() += 1;
            assert_eq!(again, expected, "{kind:?}");
            assert_eq!(archive::verify(second.as_slice(), &passphrase()).unwrap().counts, expected);
            let refused = archive::load(&other, &passphrase(), second.as_slice(), now).await.unwrap_err();
            assert!(refused.to_string().contains("not empty"), "{refused}");
        }
    }

    async fn what_does_not_open_leaves_an_empty_database(db: TestDb) {
        let house = House::new(&db).await;
        let environment = house.environment("Payroll", "production").await;
        let table = house.table(environment).await;
        house.import(table, 30_000).await;
        let now = house.portal.clock().now();
        let (mut file, ..) = archive::write(house.portal.db(), &passphrase(), Vec::new(), now).await.unwrap();
        let (_test, other) = fresh(db.kind).await;
        // The last chunk of several: everything before it was inserted by then.
        assert!(file.len() > 2 << 20, "{} bytes", file.len());
        let at = file.len() - 100;
        file[at] ^= 1;
        let error = archive::load(&other, &passphrase(), file.as_slice(), now).await.unwrap_err();
        assert!(error.to_string().contains("does not open"), "{error}");
        for table in tables::TABLES {
            let columns = tables::columns(other.read(), table).await.unwrap();
            let tx = other.snapshot().await.unwrap();
            use futures::StreamExt as _;
            let rows = tables::rows(&tx, table, &columns).await.unwrap().count().await;
            assert_eq!(rows, 0, "{table}");
        }
    }
}
