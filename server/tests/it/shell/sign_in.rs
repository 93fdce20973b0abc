//! Signing in: the same answer to every failure, the throttle, the trail.

use super::browser::Browser;
use crate::harness::{House, PASSWORD};
use domain::roles::Role;
use service::{audit, users};
use store::audit::StoredEntry;
use test_support::{TestDb, both_databases};

const ADA: &str = "ada@contoso.example";
const WRONG: &str = "The address or the password is wrong.";

async fn trail(house: &House, action: &str) -> Vec<StoredEntry> {
    let filter = store::audit::Filter { action: Some(action.to_owned()), ..Default::default() };
    audit::list(&house.portal, &house.admin, &filter, None, 200).await.unwrap()
}

/// A page's text without what is drawn anew for each request.
fn stable(text: &str, email: &str) -> String {
    let mut parts = text.split("nonce=\"");
    let first = parts.next().unwrap().to_owned();
    let page = parts.fold(first, |page, part| page + part.split_once('"').map_or(part, |(_, rest)| rest));
    page.replace(email, "somebody")
}

both_databases! {
    async fn unknown_disabled_and_wrong_get_the_same_answer(db: TestDb) {
        let house = House::new(&db).await;
        let eve = house.user(&house.admin, "eve@contoso.example", vec![Role::Auditor]).await;
        users::disable(&house.portal, &house.admin, eve).await.unwrap();
        let mut pages = Vec::new();
        for (email, password) in [(ADA, "wrong"), ("nobody@contoso.example", PASSWORD), ("eve@contoso.example", PASSWORD), ("", "")] {
            let mut browser = Browser::new(&house.router);
            let answer = browser.sign_in(email, password).await;
            assert_eq!(answer.status, 401, "{email}");
            assert!(answer.text().contains(WRONG), "{email}");
            if !email.is_empty() {
                pages.push(stable(answer.text(), email));
            }
        }
        assert!(pages.windows(2).all(|pair| pair[0] == pair[1]));
    }

    async fn letter_case_of_the_address_does_not_matter(db: TestDb) {
        let house = House::new(&db).await;
        assert_eq!(Browser::new(&house.router).sign_in(" ADA@Contoso.example", PASSWORD).await.status, 303);
    }

    async fn ten_failures_block_the_account_for_ten_minutes(db: TestDb) {
        let house = House::new(&db).await;
        for n in 0..10_u8 {
            // From everywhere: it is the account that is guessed at.
            let mut browser = Browser::new(&house.router);
            browser.peer.set_ip([198, 51, 100, n].into());
            assert_eq!(browser.sign_in(ADA, "wrong").await.status, 401, "{n}");
        }
        let mut browser = Browser::new(&house.router);
        let blocked = browser.sign_in(ADA, PASSWORD).await;
        assert_eq!(blocked.status, 429);
        assert!(blocked.text().contains("Try again in 10 min"), "{}", blocked.text());
        assert!(!blocked.text().contains(PASSWORD));
        house.wait(10 * 60 - 1);
        assert_eq!(browser.sign_in(ADA, PASSWORD).await.status, 429);
        house.wait(1);
        assert_eq!(browser.sign_in(ADA, PASSWORD).await.status, 303);
    }

    async fn ten_failures_block_the_address_they_come_from(db: TestDb) {
        let house = House::new(&db).await;
        let mut guesser = Browser::new(&house.router);
        for n in 0..10 {
            assert_eq!(guesser.sign_in(&format!("user{n}@contoso.example"), "wrong").await.status, 401);
        }
        assert_eq!(guesser.sign_in(ADA, PASSWORD).await.status, 429);
        let mut other = Browser::new(&house.router);
        other.peer.set_ip([198, 51, 100, 9].into());
        assert_eq!(other.sign_in(ADA, PASSWORD).await.status, 303);
    }

    async fn unknown_accounts_are_throttled_like_known_ones(db: TestDb) {
        let house = House::new(&db).await;
        for n in 0..11_u8 {
            let mut browser = Browser::new(&house.router);
            browser.peer.set_ip([198, 51, 100, n].into());
            let expected = if n < 10 { 401 } else { 429 };
            assert_eq!(browser.sign_in("nobody@contoso.example", "wrong").await.status, expected, "{n}");
        }
    }

    async fn failures_are_forgotten_after_ten_minutes_and_after_a_success(db: TestDb) {
        let house = House::new(&db).await;
        let mut browser = Browser::new(&house.router);
        let fail = async |browser: &mut Browser, times| {
            for n in 0..times {
                browser.peer.set_ip([203, 0, 113, n].into());
                assert_eq!(browser.sign_in(ADA, "wrong").await.status, 401, "{n}");
            }
        };
        fail(&mut browser, 9).await;
        assert_eq!(browser.sign_in(ADA, PASSWORD).await.status, 303);
        fail(&mut browser, 9).await;
        house.wait(10 * 60);
        fail(&mut browser, 9).await;
        assert_eq!(browser.sign_in(ADA, PASSWORD).await.status, 303);
    }

    async fn successes_and_failures_are_on_record(db: TestDb) {
        let house = House::new(&db).await;
        let mut browser = Browser::new(&house.router);
        browser.sign_in(ADA, "wrong").await;
        browser.sign_in("nobody@contoso.example", "wrong").await;
        browser.sign_in(ADA, PASSWORD).await;
        browser.post("/sign-out", &[]).await;
        let entries = trail(&house, "session.sign_in").await;
        let seen: Vec<_> = entries.iter().map(|e| (e.outcome.as_str(), e.actor.as_str(), e.address.as_deref())).collect();
        assert_eq!(seen, [("succeeded", ADA, Some("192.0.2.7")), ("refused", ADA, Some("192.0.2.7"))]);
        assert!(entries[1].details.contains("SIGN_IN_FAILED"));
        assert!(entries.iter().all(|entry| !entry.details.contains(PASSWORD)));
        assert_eq!(trail(&house, "session.sign_out").await.len(), 1);
        let verdict = audit::verify(house.portal.db(), house.admin.tenant()).await.unwrap();
        assert!(matches!(verdict, audit::Verdict::Intact { .. }));
    }

    async fn the_row_of_the_failure_that_blocks_says_until_when(db: TestDb) {
        let house = House::new(&db).await;
        let mut browser = Browser::new(&house.router);
        for _ in 0..12 {
            browser.sign_in(ADA, "wrong").await;
        }
        let entries = trail(&house, "session.sign_in").await;
        assert_eq!(entries.len(), 10, "what is refused unread is not written down: nobody fills the trail");
        assert!(entries[0].details.contains("22 Nov 2026, 09:22 UTC"), "{}", entries[0].details);
    }

    async fn a_proxy_is_believed_only_when_it_is_trusted(db: TestDb) {
        let house = House::new(&db).await;
        let mut browser = Browser::new(&house.router);
        let request = http::Request::post("/sign-in")
            .header("origin", crate::harness::PUBLIC_URL)
            .header("x-forwarded-for", "198.51.100.77")
            .header("content-type", "application/x-www-form-urlencoded");
        let body = format!("email={ADA}&password=wrong");
        browser.send(request, body.into()).await;
        assert_eq!(trail(&house, "session.sign_in").await[0].address.as_deref(), Some("192.0.2.7"));
    }
}
