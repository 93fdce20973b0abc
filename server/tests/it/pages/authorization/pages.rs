//! Every page and every file, by GET.

use super::{Stage, matrix::PAGES};
use std::collections::BTreeSet;
use test_support::{TestDb, both_databases};

both_databases! {
    async fn every_page_answers_each_caller_as_the_matrix_says(db: TestDb) {
        let stage = Stage::new(&db).await;
        let mut wrong = Vec::new();
        for (path, statuses) in PAGES {
            for (actor, expected) in statuses.iter().enumerate() {
                let address = stage.address(path).await;
                let answer = stage.browser(actor).get(&address).await;
                let leads = if *path == "/sign-in" { "/" } else { "/sign-in" };
                wrong.extend(stage.judge((path, &address), actor, &answer, (*expected, leads)));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    /// Keys, and what is done with them, are shown only after the risk was acknowledged (PP-052).
    async fn pages_about_keys_lead_to_the_risk_first(db: TestDb) {
        let stage = Stage::new(&db).await;
        let mut browser = stage.sign_in(2).await;
        let at_risk = |path: &str| path.starts_with("/encryption-keys") || path.contains("/encryption");
        let mut wrong = Vec::new();
        for (path, _) in PAGES.iter().filter(|(path, _)| at_risk(path) && *path != "/encryption-keys/risk") {
            let answer = browser.get(&stage.address(path).await).await;
            if answer.status != 303 || !answer.header("location").starts_with("/encryption-keys/risk?next=") {
                wrong.push(format!("{path}: {} {}", answer.status, answer.header("location")));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[test]
fn the_matrix_has_every_page_and_file_once() {
    let rows: BTreeSet<_> = PAGES.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(rows.len(), PAGES.len(), "a page is there twice");
    let mut known = pages();
    known.extend(server::pages::files().map(str::to_owned));
    assert_eq!(rows, known, "add the new page to authorization/matrix.rs");
}

/// The addresses of all pages, as the router has them.
pub(super) fn pages() -> BTreeSet<String> {
    server::pages::pages().map(str::to_owned).collect()
}
