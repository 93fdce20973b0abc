//! Refusals leave their row in the trail, reads too; and what is refused leaves no other.

use crate::house::{FILE_PASSWORD, House, add_user, caller, code};
use domain::roles::Role;
use service::{Caller, audit, environments, imports, keys, messages, rows};
use store::audit::{Filter, StoredEntry};
use test_support::{TestDb, both_databases, pfx};

async fn person(house: &House, role: Role) -> Caller {
    let id = add_user(&house.portal, house.admin.user(), "somebody", role).await;
    caller(&house.portal, id).await
}

/// The newest rows of the trail, without the house's own.
async fn trail(house: &House, limit: usize) -> Vec<StoredEntry> {
    let db = house.portal.db().read();
    store::audit::list(db, house.admin.tenant(), &Filter::default(), None, limit as u64).await.unwrap()
}

both_databases! {
    async fn what_a_role_may_not_is_on_record(db: TestDb) {
        let house = House::new(&db).await;
        let environment = house.environment("Payroll", "sandbox").await;
        let table = house.table(environment).await;
        let auditor = person(&house, Role::Auditor).await;
        let elsewhere = house.environment("Sales", "sandbox").await;
        let system = add_user(&house.portal, house.admin.user(), "sys", Role::SystemAdministrator(elsewhere)).await;
        let system = caller(&house.portal, system).await;
        let portal = &house.portal;
        let refused = [
            ("row.export", code(rows::export_page(portal, &auditor, table, None).await)),
            ("row.import", code(imports::begin(portal, &auditor, table).await.map(drop))),
            ("key.read", code(keys::overview(portal, &system, house.ring).await.map(drop))),
            ("message.read", code(messages::list(portal, &system, None, 10).await.map(drop))),
            ("audit.read", code(audit::list(portal, &system, &Filter::default(), None, 10).await.map(drop))),
            ("environment.read", code(environments::get(portal, &system, environment).await.map(drop))),
            ("row.read", code(rows::page(portal, &system, table, None, 10).await.map(drop))),
        ];
        let entries = trail(&house, refused.len()).await;
        for ((action, code), entry) in refused.iter().rev().zip(&entries) {
            assert_eq!((entry.action.as_str(), entry.outcome.as_str()), (*action, "refused"));
            assert!(entry.details.contains(code), "{action}: {}", entry.details);
            assert!(["FORBIDDEN", "NOT_FOUND"].contains(code), "{action}: {code}");
        }
    }

    async fn a_refused_file_leaves_one_row_and_it_says_refused(db: TestDb) {
        let house = House::new(&db).await;
        let before = trail(&house, 1).await[0].seq;
        house.upload_file("a", b"nothing".to_vec(), "x").await.map(drop).unwrap_err();
        let rows = trail(&house, 5).await;
        assert_eq!((rows[0].seq, rows[0].outcome.as_str()), (before + 1, "refused"));
        house.upload("a").await.unwrap();
        let added: Vec<_> = trail(&house, 5).await.into_iter().filter(|row| row.action == "key.add").collect();
        assert_eq!(added.iter().map(|row| row.outcome.as_str()).collect::<Vec<_>>(), ["succeeded", "refused"]);
    }

    async fn passwords_of_key_files_are_not_for_guessing(db: TestDb) {
        let house = House::new(&db).await;
        let file = || pfx::modern("a", FILE_PASSWORD).unwrap();
        for _ in 0..9 {
            assert_eq!(code(house.upload_file("a", file(), "guess").await), "KEY_FILE_BAD_PASSWORD");
        }
        // A file that opens forgets them.
        house.upload_file("b", pfx::modern("b", FILE_PASSWORD).unwrap(), FILE_PASSWORD).await.unwrap();
        for _ in 0..10 {
            assert_eq!(code(house.upload_file("a", file(), "guess").await), "KEY_FILE_BAD_PASSWORD");
        }
        assert_eq!(code(house.upload_file("a", file(), FILE_PASSWORD).await), "TOO_MANY_ATTEMPTS");
        house.wait(599);
        assert_eq!(code(house.upload_file("a", file(), FILE_PASSWORD).await), "TOO_MANY_ATTEMPTS");
        house.wait(1);
        house.upload_file("a", file(), FILE_PASSWORD).await.unwrap();
    }
}
