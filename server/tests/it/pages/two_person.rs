//! The two-person rule on the pages: the way to the question, what it is told to, and who may not ask.

use crate::{harness::House, shell::browser::Browser};
use domain::{KeyId, approvals::Change, roles::Role};
use service::{environments, keys, tenants};
use test_support::{TestDb, both_databases};

const HOUR: i64 = 3_600;

both_databases! {
    async fn who_approves_a_lock_sees_all_that_it_does(db: TestDb) {
        let (house, first, _) = under_the_rule(&db).await;
        let id = house.environment("Payroll", "sandbox").await;
        environments::apply(&house.portal, &house.admin, id, true, true).await.unwrap();
        house.drain().await;
        house.wait(72 * HOUR);
        keys::ask_approval(&house.portal, &house.admin, first, Change::Lock, true).await.unwrap();
        let mut grace = at_risk(&house, "grace@contoso.example").await;
        let page = grace.get("/encryption-keys/approval").await;
        for text in [
            "Everybody loses access, at once.",
            "1 environment goes offline",
            "<li>Payroll",
            "So are the keys that are Available: second.",
            "After 28 days locked environments are deleted for good.",
        ] {
            assert!(page.text().contains(text), "{text}: {}", page.text());
        }
    }

    async fn who_approves_an_activation_sees_which_key_it_replaces(db: TestDb) {
        let (house, _, second) = under_the_rule(&db).await;
        house.wait(24 * HOUR);
        let mut ada = at_risk(&house, "ada@contoso.example").await;
        let panel = format!("/encryption-keys/{second}");
        let question = format!("{panel}/approval?for=activate");
        let page = ada.get(&panel).await;
        assert!(page.text().contains(&question), "the panel leads to the question: {}", page.text());
        keys::ask_approval(&house.portal, &house.admin, second, Change::Activate, true).await.unwrap();
        let page = ada.get(&panel).await;
        assert!(!page.text().contains(&question), "asked already");
        assert!(page.text().contains("no other administrator has given it yet"), "{}", page.text());
        let mut grace = at_risk(&house, "grace@contoso.example").await;
        let start = grace.get("/").await;
        for text in ["ada@contoso.example asks to activate second.", "It waits until", "Look at it"] {
            assert!(start.text().contains(text), "{text}: {}", start.text());
        }
        let page = grace.get("/encryption-keys/approval").await;
        assert!(page.text().contains("It replaces first as the key of europe."), "{}", page.text());
    }

    async fn after_24_hours_the_bar_asks_for_the_activation_of_the_key_before(db: TestDb) {
        let (house, first, second) = under_the_rule(&db).await;
        let off = tenants::Change { two_person: Some(false), ..tenants::Change::default() };
        house.wait(24 * HOUR);
        set(&house, off).await;
        keys::activate(&house.portal, &house.admin, second, true, true).await.unwrap();
        house.drain().await;
        set(&house, tenants::Change { two_person: Some(true), ..tenants::Change::default() }).await;
        for (hours, change) in [(1, "roll_back"), (24, "activate")] {
            house.wait(hours * HOUR);
            let mut ada = at_risk(&house, "ada@contoso.example").await;
            let page = ada.get("/encryption-keys").await;
            let way = format!("/encryption-keys/{first}/approval?for={change}");
            assert!(page.text().contains(&way), "{way}: {}", page.text());
        }
    }

    async fn who_may_not_ask_is_told_why(db: TestDb) {
        let (house, _, second) = under_the_rule(&db).await;
        house.user(&house.admin, "eve@contoso.example", vec![Role::Auditor]).await;
        let question = format!("/encryption-keys/{second}/approval");
        let (asks, dialog) = (format!("{question}?for=activate"), "Ask for approval</span>");
        let mut ada = at_risk(&house, "ada@contoso.example").await;
        assert!(ada.get(&asks).await.text().contains("<dialog"), "an administrator may");
        for unknown in [question.clone(), format!("{question}?for=rotate")] {
            let page = ada.get(&unknown).await;
            let said = page.text().contains("It is not said what you ask approval for.");
            assert!(said && !page.text().contains("<dialog"), "{unknown}: {}", page.text());
        }
        let mut eve = at_risk(&house, "eve@contoso.example").await;
        let page = eve.get(&asks).await;
        assert!(page.text().contains("Not now.") && !page.text().contains(dialog), "{}", page.text());
        set(&house, tenants::Change { two_person: Some(false), ..tenants::Change::default() }).await;
        let page = ada.get(&asks).await;
        assert!(page.text().contains("nobody has to approve this") && !page.text().contains("<dialog"), "{}", page.text());
    }
}

/// The first key is Active, the second Available, Grace is the other administrator, and the rule is on.
async fn under_the_rule(db: &TestDb) -> (House, KeyId, KeyId) {
    let house = House::new(db).await;
    let first = house.key("first").await;
    house.user(&house.admin, "grace@contoso.example", vec![Role::ServiceAdministrator]).await;
    let second = house.key("second").await;
    set(&house, tenants::Change { two_person: Some(true), ..tenants::Change::default() }).await;
    (house, first, second)
}

async fn set(house: &House, change: tenants::Change) {
    let operator = tenants::operator(&house.portal, house.admin.tenant()).await.unwrap();
    tenants::set(&house.portal, &operator, change).await.unwrap();
}

/// Signed in, with the risk acknowledged.
async fn at_risk(house: &House, email: &str) -> Browser {
    let mut browser = Browser::signed_in(house, email).await;
    browser.post("/encryption-keys/risk", &[]).await;
    browser
}
