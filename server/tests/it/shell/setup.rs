//! First run: the wizard and its one-time code.

use super::browser::Browser;
use crate::{
    harness::{PASSWORD, PUBLIC_URL, StandingClock},
    rest::client::Answer,
};
use axum::Router;
use server::state::{AppState, Site};
use service::{Portal, setup};
use std::{path::PathBuf, sync::Arc};
use test_support::{TestDb, both_databases};

/// A portal that nobody has set up.
struct Fresh {
    portal: Portal,
    clock: Arc<StandingClock>,
    router: Router,
    code: String,
    code_file: PathBuf,
    _folder: tempfile::TempDir,
}

async fn fresh(db: &TestDb) -> Fresh {
    let clock = StandingClock::start();
    let (portal, folder) = crate::harness::portal(&db.url, clock.clone()).await;
    let code = setup::new_setup_code(&portal).await.unwrap().unwrap();
    let code_file = folder.path().join("setup-code");
    std::fs::write(&code_file, &code).unwrap();
    let site = Site {
        public_url: PUBLIC_URL.to_owned(),
        secure: true,
        dev_clock: false,
        trusted_proxies: Vec::new(),
        setup_code_file: Some(code_file.clone()),
    };
    let router = server::router::build(AppState { portal: portal.clone(), site: Arc::new(site) });
    Fresh { portal, clock, router, code, code_file, _folder: folder }
}

impl Fresh {
    async fn set_up(&self, code: &str, more: &[(&str, &str)]) -> Answer {
        let mut fields = vec![
            ("code", code),
            ("tenant", "Contoso"),
            ("regions", "europe, us-east"),
            ("name", "Ada"),
            ("email", "ada@contoso.example"),
            ("password", PASSWORD),
            ("password_again", PASSWORD),
        ];
        fields.retain(|(name, _)| !more.iter().any(|(other, _)| name == other));
        fields.extend_from_slice(more);
        Browser::new(&self.router).post("/setup", &fields).await
    }
}

both_databases! {
    async fn everything_leads_to_the_wizard_until_it_is_done_and_nothing_afterwards(db: TestDb) {
        let fresh = fresh(&db).await;
        let mut browser = Browser::new(&fresh.router);
        for path in ["/", "/sign-in", "/environments", "/account"] {
            let answer = browser.get(path).await;
            assert_eq!((answer.status, answer.header("location")), (303, "/setup"), "{path}");
        }
        assert_eq!(browser.get("/setup").await.status, 200);
        let done = fresh.set_up(&fresh.code, &[("enable", "on"), ("seats", "1001")]).await;
        assert_eq!((done.status, done.header("location")), (303, "/sign-in?done=installed"));
        assert!(!fresh.code_file.exists(), "the code's file goes with its use");
        assert_eq!(browser.get("/setup").await.header("location"), "/sign-in");
        assert_eq!(fresh.set_up(&fresh.code, &[]).await.header("location"), "/sign-in");
        assert_eq!(store::tenants::list(fresh.portal.db().read()).await.unwrap().len(), 1);
        assert_eq!(setup::new_setup_code(&fresh.portal).await.unwrap(), None);
        assert_eq!(browser.sign_in("ada@contoso.example", PASSWORD).await.status, 303);
        assert_eq!(browser.get("/").await.status, 200);
    }

    async fn a_wrong_code_sets_nothing_up_and_does_not_come_back(db: TestDb) {
        let fresh = fresh(&db).await;
        let answer = fresh.set_up("AAAAA-BBBBB-CCCCC-DDDDD", &[]).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains("This setup code is not valid."));
        assert!(answer.text().contains("value=\"Contoso\""), "what was typed comes back");
        assert!(!answer.text().contains("AAAAA-BBBBB-CCCCC-DDDDD") && !answer.text().contains(PASSWORD));
        assert!(!setup::installed(fresh.portal.db()).await.unwrap());
        assert!(fresh.code_file.exists());
    }

    async fn a_code_lasts_thirty_minutes(db: TestDb) {
        let fresh = fresh(&db).await;
        fresh.clock.wait(30 * 60);
        assert_eq!(fresh.set_up(&fresh.code, &[]).await.status, 422, "exactly then it is over");
        let code = setup::new_setup_code(&fresh.portal).await.unwrap().unwrap();
        assert_eq!(fresh.set_up(&fresh.code, &[]).await.status, 422, "a new one replaces the old one");
        fresh.clock.wait(30 * 60 - 1);
        assert_eq!(fresh.set_up(&code.to_lowercase(), &[]).await.status, 303, "one second before; case is no matter");
    }

    async fn bad_fields_are_named(db: TestDb) {
        let fresh = fresh(&db).await;
        let cases: [(&[(&str, &str)], &str); 6] = [
            (&[("password", "short"), ("password_again", "short")], "Use 12 to 256 characters."),
            (&[("password_again", "something else")], "The two passwords differ."),
            (&[("email", "nobody")], "Enter an address such as"),
            (&[("regions", " , ")], "Give 1 to 50 regions."),
            (&[("regions", "Europe!")], "lower-case letters"),
            (&[("enable", "on"), ("seats", "1000")], "more than 1000 seats (PP-004)"),
        ];
        for (fields, text) in cases {
            let answer = fresh.set_up(&fresh.code, fields).await;
            assert_eq!(answer.status, 422, "{text}");
            assert!(answer.text().contains(text), "{text}");
        }
        assert!(!setup::installed(fresh.portal.db()).await.unwrap());
    }
}
