//! The document is the one that is checked in, and it is whole.

use super::client::Client;
use crate::harness::House;
use std::{collections::BTreeSet, path::PathBuf};
use test_support::{TestDb, both_databases};

/// Set to write the document instead of comparing it.
const UPDATE: &str = "KEYSTEAD_UPDATE";

#[test]
fn the_checked_in_document_is_the_servers() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let made = server::rest::document().to_pretty_json().unwrap() + "\n";
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "The API is not the one in docs/openapi.json. If that is meant, write the new document with\n    \
         {UPDATE}=1 cargo test -p server --test it rest::openapi\nand check it in: clients will see the difference."
    );
}

#[test]
fn every_operation_is_named_and_described() {
    let document = serde_json::to_value(server::rest::document()).unwrap();
    let mut names = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} is there twice");
            assert!(operation["summary"].is_string() && operation["tags"][0].is_string(), "{method} {path}");
            let responses = operation["responses"].as_object().unwrap();
            let described =
                |response: &serde_json::Value| !response["description"].as_str().unwrap().is_empty();
            assert!(responses.values().all(described), "{method} {path}");
            let problem = &operation["responses"]["default"]["content"]["application/problem+json"];
            assert_eq!(problem["schema"]["$ref"], "#/components/schemas/Problem", "{method} {path}");
        }
    }
    assert!(names.contains("activate_key"));
}

#[test]
fn every_code_is_listed_with_its_status() {
    let document = serde_json::to_value(server::rest::document()).unwrap();
    let code = &document["components"]["schemas"]["Problem"]["properties"]["code"];
    let listed: BTreeSet<&str> =
        code["description"].as_str().unwrap().lines().filter(|line| line.starts_with("- ")).collect();
    let requests = [
        "- 400 `MALFORMED`",
        "- 405 `METHOD_NOT_ALLOWED`",
        "- 415 `UNSUPPORTED_MEDIA_TYPE`",
        "- 500 `INTERNAL`",
    ];
    assert_eq!(listed.len(), domain::Code::ALL.len() + requests.len());
    for code in domain::Code::ALL {
        let line = format!("- {} `{}`", code.status(), code.as_str());
        assert!(listed.contains(line.as_str()), "{line} is missing");
    }
    assert!(requests.iter().all(|line| listed.contains(line)), "{listed:?}");
}

both_databases! {
    async fn the_document_is_public(db: TestDb) {
        let house = House::new(&db).await;
        let document = Client::with(&house, None).get("/openapi.json").await.json(200);
        assert_eq!(document, serde_json::to_value(server::rest::document()).unwrap());
    }
}
