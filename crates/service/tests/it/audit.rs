//! The trail: every use case leaves a row, refusals too; any change to it is found.

use crate::house::{House, code};
use service::audit::{self, Verdict};
use store::{ConnectionTrait, audit::Filter};
use test_support::{TestDb, both_databases};

both_databases! {
    async fn a_refusal_leaves_its_row_with_its_code(db: TestDb) {
        let house = House::new(&db).await;
        assert_eq!(code(house.upload("no good").await), "KEY_NAME_INVALID");
        let filter = Filter { outcome: Some("refused".to_owned()), ..Filter::default() };
        let entries = audit::list(&house.portal, &house.admin, &filter, None, 10).await.unwrap();
        assert_eq!(entries[0].action, "key.add");
        assert!(entries[0].details.contains("KEY_NAME_INVALID"));
        assert_eq!(entries[0].address.as_deref(), Some("192.0.2.7"));
    }

    async fn reads_of_rows_are_on_record_before_they_are_answered(db: TestDb) {
        let house = House::new(&db).await;
        let table = house.table(house.environment("Sales", "sandbox").await).await;
        house.all_rows(&house.portal, table).await.unwrap();
        let filter = Filter { action: Some("row.read".to_owned()), ..Filter::default() };
        let entries = audit::list(&house.portal, &house.admin, &filter, None, 10).await.unwrap();
        assert_eq!(entries.len(), 1);
        let filter = Filter { action: Some("table".to_owned()), target: Some("Sal".to_owned()), ..Filter::default() };
        let entries = audit::list(&house.portal, &house.admin, &filter, None, 10).await.unwrap();
        let found: Vec<(&str, &str)> = entries.iter().map(|e| (e.action.as_str(), e.target.as_str())).collect();
        assert_eq!(found, [("table.create", "environment Sales")]);
        // Without its row in the trail there is no answer.
        house.portal.db().write().execute_unprepared("DROP TABLE audit_entries").await.unwrap();
        assert!(house.all_rows(&house.portal, table).await.is_err());
    }

    async fn every_change_to_the_trail_is_found(db: TestDb) {
        let house = House::new(&db).await;
        let table = house.table(house.environment("Sales", "sandbox").await).await;
        house.import(table, 10).await;
        let (db, tenant) = (house.portal.db(), house.admin.tenant());
        let Verdict::Intact { entries, .. } = audit::verify(db, tenant).await.unwrap() else {
            panic!("the chain is broken")
        };
        assert!(entries >= 6);
        let write = house.portal.db().write();
        for (change, undo) in [
            ("UPDATE audit_entries SET actor = 'x' || actor WHERE seq = 3", "UPDATE audit_entries SET actor = substr(actor, 2) WHERE seq = 3"),
            ("UPDATE audit_entries SET at = at + 1 WHERE seq = 2", "UPDATE audit_entries SET at = at - 1 WHERE seq = 2"),
            ("UPDATE audit_heads SET seq = seq - 1", "UPDATE audit_heads SET seq = seq + 1"),
        ] {
            write.execute_unprepared(change).await.unwrap();
            assert!(matches!(audit::verify(db, tenant).await.unwrap(), Verdict::Broken { .. }), "{change}");
            write.execute_unprepared(undo).await.unwrap();
            assert!(matches!(audit::verify(db, tenant).await.unwrap(), Verdict::Intact { .. }), "{undo}");
        }
        write.execute_unprepared("DELETE FROM audit_entries WHERE seq = 4").await.unwrap();
        assert_eq!(
            audit::verify(db, tenant).await.unwrap(),
            Verdict::Broken { seq: 4, why: "an entry is missing" }
        );
    }
}
