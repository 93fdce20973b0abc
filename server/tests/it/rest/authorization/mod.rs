//! Who may do what: every operation of the document against every kind of caller.

mod matrix;
mod tokens;

use super::client::{Answer, Client};
use crate::{cast::Cast, harness::House};
use matrix::{Body, MATRIX, Row};
use std::collections::BTreeSet;
use test_support::{TestDb, both_databases};
use tokens::{CALLERS, Tokens};

both_databases! {
    async fn every_operation_answers_each_caller_as_the_matrix_says(db: TestDb) {
        let house = House::new(&db).await;
        let cast = Cast::new(&house).await;
        let tokens = Tokens::new(&house, &cast).await;
        let mut wrong = Vec::new();
        for row in MATRIX {
            for (index, expected) in row.2.iter().enumerate() {
                let answer = ask(&house, &cast, row, tokens.of(index)).await;
                let (method, path) = (row.0, row.1);
                if answer.status != *expected {
                    let said = answer.text();
                    wrong.push(format!("{method} {path} as {}: {}, not {expected}: {said}", CALLERS[index], answer.status));
                }
                for text in cast.hidden_from(index, path).into_iter().filter(|&text| answer.text().contains(text)) {
                    wrong.push(format!("{method} {path} shows {text} to {}", CALLERS[index]));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn no_address_answers_a_method_it_does_not_document(db: TestDb) {
        let house = House::new(&db).await;
        let cast = Cast::new(&house).await;
        let client = Client::admin(&house).await;
        let documented = documented();
        let paths: BTreeSet<_> = documented.iter().map(|(_, path)| path.clone()).collect();
        for path in paths {
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
                if !documented.contains(&(method.to_owned(), path.clone())) {
                    let address = cast.address(&house, &path).await;
                    let answer = client.send(method, &address, "application/json", "{}".into()).await;
                    assert_eq!(answer.status, 405, "{method} {path}");
                }
            }
        }
    }
}

#[test]
fn the_matrix_has_every_operation_once() {
    let rows: Vec<_> = MATRIX.iter().map(|row| (row.0.to_owned(), row.1.to_owned())).collect();
    let unique: BTreeSet<_> = rows.iter().cloned().collect();
    assert_eq!(rows.len(), unique.len(), "an operation is there twice");
    assert_eq!(unique, documented(), "add the new operation to authorization/matrix.rs");
}

/// Method and path, below `/api/v1`, of every operation.
fn documented() -> BTreeSet<(String, String)> {
    let document = serde_json::to_value(server::rest::document()).unwrap();
    let mut all = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let path = path.strip_prefix(server::rest::PREFIX).unwrap();
        all.extend(item.as_object().unwrap().keys().map(|m| (m.to_uppercase(), path.to_owned())));
    }
    all
}

/// Sends the row's request with that token.
async fn ask(house: &House, cast: &Cast, row: &Row, token: Option<&str>) -> Answer {
    let address = cast.address(house, row.1).await;
    let client = Client::with(house, token);
    match row.3 {
        Body::None => client.send(row.0, &address, "", axum::body::Body::empty()).await,
        Body::Json(text) => client.send(row.0, &address, "application/json", text.into()).await,
        Body::Csv(text) => client.send(row.0, &address, "text/csv", text.into()).await,
        Body::Proof => client.multipart(&address, &[("file", b"x"), ("password", b"x")]).await,
        Body::Lock => {
            let parts = [("typed_text", &b"LOCK"[..]), ("file", b"x"), ("password", b"x")];
            client.multipart(&address, &parts).await
        }
        Body::Key => {
            let parts = [("name", &b"key"[..]), ("file", b"x"), ("password", b"x")];
            client.multipart(&address, &parts).await
        }
    }
}
