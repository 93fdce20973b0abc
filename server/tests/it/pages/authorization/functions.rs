//! Every server function, called as the pages' script does.

use super::{
    Stage,
    matrix::{FUNCTIONS, Function},
};
use crate::{
    harness::PUBLIC_URL,
    rest::client::Answer,
    shell::browser::{Browser, FORM},
};
use http::{Request, header};
use leptos::server_fn::axum::server_fn_paths;
use std::collections::BTreeSet;
use test_support::{TestDb, both_databases};

both_databases! {
    async fn every_server_function_answers_each_caller_as_the_matrix_says(db: TestDb) {
        let stage = Stage::new(&db).await;
        let mut wrong = Vec::new();
        for (path, arguments, statuses) in FUNCTIONS {
            let arguments = filled(&stage, arguments).await;
            for (actor, expected) in statuses.iter().enumerate() {
                let answer = call(&mut stage.browser(actor), path, &arguments).await;
                wrong.extend(stage.judge((path, &arguments), actor, &answer, (*expected, "")));
                if answer.header("content-type") != "application/json" {
                    wrong.push(format!("{path} answers {}", answer.header("content-type")));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    /// What is shown of keys needs the acknowledged risk here as on the page (PP-052).
    async fn functions_about_keys_want_the_risk_acknowledged(db: TestDb) {
        let stage = Stage::new(&db).await;
        let mut browser = stage.sign_in(2).await;
        for path in ["/fn/keys", "/fn/new_key", "/fn/key", "/fn/environment_encryption"] {
            let (_, arguments, _) = FUNCTIONS.iter().find(|function| function.0 == path).unwrap();
            let answer = call(&mut browser, path, &filled(&stage, arguments).await).await;
            assert_eq!(answer.status, 409, "{path}");
            assert!(!answer.text().contains("contoso-key"), "{path}");
        }
    }

    async fn a_server_function_that_is_none_says_nothing_about_the_others(db: TestDb) {
        let stage = Stage::new(&db).await;
        for actor in [0, 2] {
            let answer = call(&mut stage.browser(actor), "/fn/<script>", "").await;
            assert_eq!(answer.status, 404, "{}", answer.text());
            assert!(!answer.text().contains("script>") && !answer.text().contains("macro"), "{}", answer.text());
        }
    }
}

#[test]
fn the_matrix_has_every_server_function_once() {
    let rows: BTreeSet<_> = FUNCTIONS.iter().map(|function| function.0).collect();
    assert_eq!(rows.len(), FUNCTIONS.len(), "a server function is there twice");
    let known: BTreeSet<_> = server_fn_paths().map(|(path, _)| path).collect();
    assert_eq!(rows, known, "add the new server function to authorization/matrix.rs");
}

/// The row's arguments with Contoso's ids in their places.
pub(super) async fn filled(stage: &Stage, arguments: &str) -> String {
    let cast = &stage.cast;
    let row = if arguments.contains("{row}") { cast.row(&stage.house).await } else { String::new() };
    let places = [
        ("{environment}", &cast.environment),
        ("{table}", &cast.table),
        ("{key}", &cast.key),
        ("{operation}", &cast.operation),
        ("{message}", &cast.message),
        ("{backup}", &cast.backup),
        ("{row}", &row),
    ];
    places.into_iter().fold(arguments.to_owned(), |text, (place, id)| text.replace(place, id))
}

/// As the script calls it.
pub(super) async fn call(browser: &mut Browser, path: &str, arguments: &str) -> Answer {
    let path = path.replace('<', "%3C").replace('>', "%3E");
    let request = Request::post(path)
        .header("sec-fetch-site", "same-origin")
        .header(header::ORIGIN, PUBLIC_URL)
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, FORM);
    browser.send(request, arguments.to_owned().into()).await
}

/// Path and arguments of each, Contoso's ids in their places.
pub(super) async fn calls(stage: &Stage) -> Vec<(&'static str, String)> {
    let mut calls = Vec::new();
    for (path, arguments, _) in FUNCTIONS as &[Function] {
        calls.push((*path, filled(stage, arguments).await));
    }
    calls
}
