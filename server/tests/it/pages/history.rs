//! The encryption history of an environment: what happened to its key, and nothing else.

use crate::{harness::House, shell::browser::Browser};
use service::{environments, keys};
use test_support::{TestDb, both_databases};

const DAY: i64 = 24 * 3_600;

both_databases! {
    async fn after_a_reset_key_changes_are_no_longer_its_own(db: TestDb) {
        let house = House::new(&db).await;
        house.key("first").await;
        let id = house.environment("Trial", "sandbox").await;
        environments::apply(&house.portal, &house.admin, id, true, true).await.unwrap();
        house.drain().await;
        let second = house.key("second").await;
        house.wait(DAY);
        keys::activate(&house.portal, &house.admin, second, true, true).await.unwrap();
        house.drain().await;
        house.wait(1);
        environments::reset(&house.portal, &house.admin, id, "Trial".to_owned(), true).await.unwrap();
        house.drain().await;
        let third = house.key("third").await;
        house.wait(DAY);
        keys::activate(&house.portal, &house.admin, third, true, true).await.unwrap();
        house.drain().await;
        let mut browser = Browser::signed_in(&house, "ada@contoso.example").await;
        browser.post("/encryption-keys/risk", &[]).await;
        let page = browser.get(&format!("/environments/{id}/encryption")).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let text = page.text();
        let (_, history) = text.split_once("<section id=\"history\"").unwrap();
        let (history, _) = history.split_once("</section>").unwrap();
        for text in ["Apply your own key", "Re-encrypt", "Reset", "second"] {
            assert!(history.contains(text), "{text} is missing");
        }
        assert!(!history.contains("third"), "the platform's key encrypts it since the reset");
    }
}
