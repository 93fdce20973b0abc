//! What pages say while a key change is reported, and who can clear that.

use crate::{harness::House, shell::browser::Browser};
use domain::roles::Role;
use test_support::{TestDb, both_databases};

const OPERATOR: &str = "keystead admin region clear-report europe";
const CLEAR: &str = "/encryption-keys/clear-report?region=europe";

both_databases! {
    async fn while_a_change_is_reported_no_page_asks_or_offers_what_is_stopped(db: TestDb) {
        let house = House::new(&db).await;
        house.key("first").await;
        house.user(&house.admin, "grace@contoso.example", vec![Role::ServiceAdministrator]).await;
        let mut grace = at_risk(&house, "grace@contoso.example").await;
        let report = "/encryption-keys/report?region=europe";
        let page = grace.get(report).await;
        assert!(page.text().contains(OPERATOR), "who made the change is the only one: {}", page.text());
        assert!(grace.get("/").await.text().contains("Was this authorised?"));

        let fields = [("region", "europe"), ("confirmed", "on")];
        let answer = grace.post("/encryption-keys/report", &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let page = grace.get("/").await;
        for text in ["was reported as not authorised.", "grace@contoso.example did not know of it", "Not before the report is cleared"] {
            assert!(page.text().contains(text), "{text}: {}", page.text());
        }
        assert!(!page.text().contains("Was this authorised?") && !page.text().contains(CLEAR), "{}", page.text());
        let page = grace.get("/encryption-keys").await;
        assert!(page.text().contains(OPERATOR) && page.text().contains("Not now"), "{}", page.text());

        house.user(&house.admin, "ivy@contoso.example", vec![Role::GlobalAdministrator]).await;
        let page = grace.get("/encryption-keys").await;
        assert!(!page.text().contains(OPERATOR), "somebody else is there now: {}", page.text());
        let mut ivy = at_risk(&house, "ivy@contoso.example").await;
        let page = ivy.get("/").await;
        assert!(page.text().contains("Look at it, then clear it") && page.text().contains(CLEAR), "{}", page.text());
        assert_eq!(ivy.post("/encryption-keys/clear-report", &fields).await.status, 303);
        assert!(grace.get("/").await.text().contains("Was this authorised?"), "the 72 hours go on");
        let page = grace.get(report).await;
        assert!(!page.text().contains(OPERATOR), "Ivy can clear it: {}", page.text());
    }
}

/// Signed in, with the risk acknowledged.
async fn at_risk(house: &House, email: &str) -> Browser {
    let mut browser = Browser::signed_in(house, email).await;
    browser.post("/encryption-keys/risk", &[]).await;
    browser
}
