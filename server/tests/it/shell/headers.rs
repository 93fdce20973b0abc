//! What every answer tells the browser.

use super::browser::Browser;
use crate::harness::House;
use test_support::{TestDb, both_databases};

both_databases! {
    async fn the_policys_nonce_is_that_of_the_pages_scripts(db: TestDb) {
        let house = House::new(&db).await;
        let mut browser = Browser::new(&house.router);
        let page = browser.get("/sign-in").await;
        assert_eq!(page.status, 200);
        let policy = page.header("content-security-policy");
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
        assert_eq!(nonce.len(), 22, "16 random bytes");
        let expected = format!(
            "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
             img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'"
        );
        assert_eq!(policy, expected);
        let scripts: Vec<_> = page.text().split("<script").skip(1).map(|rest| rest.split('>').next().unwrap()).collect();
        assert!(!scripts.is_empty());
        for script in scripts {
            assert!(script.contains(&format!("nonce=\"{nonce}\"")), "{script}");
        }
        let again = browser.get("/sign-in").await;
        assert_ne!(again.header("content-security-policy"), policy, "a nonce is used once");
    }

    async fn every_answer_carries_the_headers(db: TestDb) {
        let house = House::new(&db).await;
        let mut browser = Browser::new(&house.router);
        for path in ["/sign-in", "/", "/api/v1/tenant", "/assets/nothing.css", "/account"] {
            let answer = browser.get(path).await;
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "same-origin"),
                ("strict-transport-security", "max-age=31536000"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
                ("cache-control", "no-store"),
            ] {
                assert_eq!(answer.header(name), value, "{path} {name}");
            }
            assert!(answer.header("permissions-policy").contains("camera=()"), "{path}");
            assert_eq!(answer.header("x-request-id").len(), 36, "{path}");
        }
    }

    async fn strangers_are_led_to_the_sign_in_and_back(db: TestDb) {
        let house = House::new(&db).await;
        let mut browser = Browser::new(&house.router);
        let answer = browser.get("/encryption-keys?region=europe").await;
        assert_eq!(answer.status, 303);
        let there = answer.header("location").to_owned();
        assert_eq!(there, "/sign-in?next=%2Fencryption-keys%3Fregion%3Deurope");
        let page = browser.get(&there).await;
        assert!(page.text().contains("value=\"/encryption-keys?region=europe\""), "{}", page.text());
        let fields = [
            ("email", "ada@contoso.example"),
            ("password", crate::harness::PASSWORD),
            ("next", "/encryption-keys?region=europe"),
        ];
        let answer = browser.post("/sign-in", &fields).await;
        assert_eq!(answer.header("location"), "/encryption-keys?region=europe");
    }

    async fn nobody_is_led_out_of_the_portal(db: TestDb) {
        let house = House::new(&db).await;
        for next in ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"] {
            let mut browser = Browser::new(&house.router);
            let fields =
                [("email", "ada@contoso.example"), ("password", crate::harness::PASSWORD), ("next", next)];
            assert_eq!(browser.post("/sign-in", &fields).await.header("location"), "/", "{next}");
        }
    }

    async fn a_body_over_a_mebibyte_is_refused(db: TestDb) {
        let house = House::new(&db).await;
        let mut browser = Browser::new(&house.router);
        let long = "x".repeat(server::router::MAX_BODY + 1);
        let answer = browser.post("/sign-in", &[("email", &long)]).await;
        assert_eq!(answer.status, 413);
        assert!(answer.text().contains("This is larger than the form can take."), "a page says so");
    }
}
