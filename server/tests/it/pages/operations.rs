//! A copy and a restore: what their pages say, and what the target's pages offer meanwhile.

use crate::{harness::House, shell::browser::Browser};
use domain::{EnvironmentId, OperationId};
use service::{backups, environments, imports, operations};
use test_support::{TestDb, both_databases};

both_databases! {
    async fn while_data_is_replaced_pages_offer_no_writes(db: TestDb) {
        let house = House::new(&db).await;
        let (source, target) = two(&house).await;
        let table = house.table(target, "People", &[("Name", "text")]).await;
        let mut browser = Browser::signed_in(&house, "ada@contoso.example").await;
        let pages = [format!("/tables/{table}"), format!("/environments/{target}")];
        let replaced = "What the environment holds is being replaced";
        for page in &pages {
            assert!(!browser.get(page).await.text().contains(replaced), "{page}");
        }
        copy(&house, source, target).await;
        for page in &pages {
            let answer = browser.get(page).await;
            assert!(answer.status == 200 && answer.text().contains(replaced), "{page}: {}", answer.text());
        }
    }

    async fn an_import_that_refused_lines_says_how_many_wherever_it_is_named(db: TestDb) {
        let house = House::new(&db).await;
        let environment = house.environment("Sales", "sandbox").await;
        let table = house.table(environment, "People", &[("Name", "text"), ("Age", "whole_number")]).await;
        let mut upload = imports::begin(&house.portal, &house.admin, table).await.unwrap();
        upload.push(b"Name,Age\nAda,36\nBob,old\n").await.unwrap();
        let id = upload.finish().await.unwrap();
        house.drain().await;
        let mut browser = Browser::signed_in(&house, "ada@contoso.example").await;
        for path in ["/operations".to_owned(), format!("/operations/{id}")] {
            let page = browser.get(&path).await;
            assert!(page.status == 200 && page.text().contains("1 line refused"), "{path}: {}", page.text());
        }
    }

    async fn a_job_says_where_its_data_comes_from_and_that_it_was_cancelled(db: TestDb) {
        let house = House::new(&db).await;
        let (source, target) = two(&house).await;
        let mut browser = Browser::signed_in(&house, "ada@contoso.example").await;
        let id = copy(&house, source, target).await;
        let page = browser.get(&format!("/operations/{id}")).await;
        for text in ["environment Source", "Cancel the operation"] {
            assert!(page.text().contains(text), "{text}: {}", page.text());
        }
        operations::cancel(&house.portal, &house.admin, id).await.unwrap();
        for path in [format!("/operations/{id}"), "/operations".to_owned()] {
            let page = browser.get(&path).await;
            assert!(page.text().contains("<span>Cancelled<!></span>"), "{path}: {}", page.text());
            assert!(!page.text().contains("Failed: ") && !page.text().contains("It failed."), "{path}");
        }

        backups::create(&house.portal, &house.admin, target).await.unwrap();
        house.drain().await;
        let made = backups::overview(&house.portal, &house.admin, target, None, 1).await.unwrap();
        let backup = (target, made.backups.items[0].backup.id);
        let typed = "Target".to_owned();
        let id = environments::restore(&house.portal, &house.admin, backup, target, typed).await.unwrap();
        let page = browser.get(&format!("/operations/{id}")).await;
        assert!(page.text().contains("backup of Target, made on"), "back to where it was made");
    }
}

pub(super) async fn two(house: &House) -> (EnvironmentId, EnvironmentId) {
    (house.environment("Source", "sandbox").await, house.environment("Target", "sandbox").await)
}

pub(super) async fn copy(house: &House, source: EnvironmentId, target: EnvironmentId) -> OperationId {
    let typed = "Target".to_owned();
    environments::copy(&house.portal, &house.admin, source, target, typed).await.unwrap()
}
