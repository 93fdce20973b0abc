//! Every form.

use super::{
    Stage,
    matrix::{Body, FORMS},
};
use crate::{rest::client::Answer, shell::browser::Browser};
use std::collections::BTreeSet;
use test_support::{TestDb, both_databases};

both_databases! {
    async fn every_form_answers_each_caller_as_the_matrix_says(db: TestDb) {
        let stage = Stage::new(&db).await;
        let mut wrong = Vec::new();
        for (path, body, statuses, leads) in FORMS {
            for (actor, expected) in statuses.iter().enumerate() {
                let address = stage.address(path).await;
                // Whoever signs out does it with a session that nothing else needs.
                let mut browser = if *path == "/sign-out" { stage.sign_in(actor).await } else { stage.browser(actor) };
                let answer = send(&mut browser, &address, *body).await;
                let public = path.starts_with("/preferences/");
                let leads = if actor == 0 && !public { "/sign-in".to_owned() } else { leads.replace("{id}", &stage.cast.table) };
                wrong.extend(stage.judge((path, &address), actor, &answer, (*expected, &leads)));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[test]
fn the_matrix_has_every_form() {
    let rows: BTreeSet<_> = FORMS.iter().map(|form| form.0).collect();
    let known: BTreeSet<_> = server::pages::forms().collect();
    assert_eq!(rows, known, "add the new form to authorization/matrix.rs");
}

/// As its page sends it.
async fn send(browser: &mut Browser, address: &str, body: Body) -> Answer {
    match body {
        Body::Fields(fields) => browser.post(address, fields).await,
        Body::Parts(parts) => {
            let parts: Vec<_> = parts.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
            browser.upload(address, &parts).await
        }
    }
}
