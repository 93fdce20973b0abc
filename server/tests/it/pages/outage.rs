//! Storage that fails under a page, a form and what the pages' script asks for: 503 with words that say what is wrong and
//! what to do, in the layout as long as the storage tells who asks.

use crate::{
    harness::{House, PASSWORD, PUBLIC_URL},
    rest::client::Answer,
    shell::browser::{Browser, FORM},
};
use axum::body::Body;
use http::{Request, header};
use store::ConnectionTrait as _;
use test_support::{Kind, TestDb, both_databases};

const WRONG: &str = "storage is full, broken or does not answer";
const TO_DO: &str = "Look at the current state before you try again";
/// Only in the layout of somebody who is signed in.
const LAYOUT: &str = "aria-label=\"Main\"";
const NEW: [(&str, &str); 3] = [("name", "Ledger"), ("type", "sandbox"), ("region", "europe")];

both_databases! {
    async fn a_form_that_cannot_be_stored_comes_back_with_what_was_typed(db: TestDb) {
        let house = House::new(&db).await;
        let mut ada = Browser::signed_in(&house, "ada@contoso.example").await;
        full_for_writing(&house, db.kind, "environments").await;
        let answer = ada.post("/environments/new", &NEW).await;
        told(&answer);
        assert!(answer.text().contains(LAYOUT) && answer.text().contains("value=\"Ledger\""), "{}", answer.text());
        // What can be read is shown, also when that a session is used cannot be written down.
        full_for_writing(&house, db.kind, "sessions").await;
        house.wait(120);
        let answer = ada.get("/environments").await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        mended(&house, db.kind).await;
        let answer = ada.post("/environments/new", &NEW).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
    }

    async fn when_the_storage_does_not_answer_at_all_everything_says_so(db: TestDb) {
        let house = House::new(&db).await;
        let mut ada = Browser::signed_in(&house, "ada@contoso.example").await;
        for pool in [house.portal.db().read(), house.portal.db().write()] {
            pool.close_by_ref().await.unwrap();
        }
        for page in ["/", "/environments", "/audit", "/operations/x/errors.csv"] {
            told(&ada.get(page).await);
        }
        told(&ada.post("/environments/new", &NEW).await);
        let answer = script(&mut ada, "/fn/frame", "").await;
        told(&answer);
        assert_eq!(answer.header("content-type"), "application/json");
        // A stranger, too, who wants to sign in.
        let mut stranger = Browser::new(&house.router);
        told(&stranger.sign_in("ada@contoso.example", PASSWORD).await);
    }
}

/// PostgreSQL alone lets a test fail what is only read.
#[test]
fn a_page_that_cannot_be_read_says_so_in_its_layout() {
    test_support::both::run(Kind::Postgres, |db| async move {
        let house = House::new(&db).await;
        let mut ada = Browser::signed_in(&house, "ada@contoso.example").await;
        let environment = house.environment("Ledger", "sandbox").await;
        let table = house.table(environment, "People", &[("Name", "text")]).await;
        let sql = "ALTER TABLE data_tables RENAME TO those;
            CREATE FUNCTION broken() RETURNS SETOF those LANGUAGE plpgsql AS $$
              BEGIN RAISE EXCEPTION 'could not extend file \"base/1\": No space left on device'; END $$;
            CREATE VIEW data_tables AS SELECT * FROM broken();";
        house.portal.db().write().execute_unprepared(sql).await.unwrap();
        // A download that fails is the page of what was to be downloaded.
        for path in [format!("/environments/{environment}"), format!("/tables/{table}/export.csv")] {
            let answer = ada.get(&path).await;
            told(&answer);
            assert!(answer.text().contains(LAYOUT), "{path}: {}", answer.text());
        }
        let answer = script(&mut ada, "/fn/environment", &format!("id={environment}")).await;
        told(&answer);
        assert_eq!(answer.header("content-type"), "application/json");
    });
}

/// As the pages' script asks.
async fn script(browser: &mut Browser, path: &str, arguments: &str) -> Answer {
    let request = Request::post(path)
        .header("sec-fetch-site", "same-origin")
        .header(header::ORIGIN, PUBLIC_URL)
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, FORM);
    browser.send(request, Body::from(arguments.to_owned())).await
}

/// A page, or the script's answer: never blank, never a defect.
#[track_caller]
fn told(answer: &Answer) {
    assert_eq!(answer.status, 503, "{}", answer.text());
    for words in [WRONG, TO_DO] {
        assert!(answer.text().contains(words), "{words}: {}", answer.text());
    }
}

/// As the database says it when its disk is full.
async fn full_for_writing(house: &House, kind: Kind, table: &str) {
    let sql = match kind {
        Kind::Sqlite => ["INSERT", "UPDATE"]
            .map(|what| {
                format!(
                    "CREATE TRIGGER full_{table}_{what} BEFORE {what} ON {table} BEGIN \
                 SELECT RAISE(ABORT, 'database or disk is full'); END;"
                )
            })
            .concat(),
        Kind::Postgres => format!(
            "CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ \
             BEGIN RAISE EXCEPTION 'could not extend file \"base/1\": No space left on device'; END $$; \
             CREATE TRIGGER full_{table} BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION full_disk();"
        ),
    };
    house.portal.db().write().execute_unprepared(&sql).await.unwrap();
}

async fn mended(house: &House, kind: Kind) {
    let sql = match kind {
        Kind::Sqlite => ["environments", "sessions"]
            .map(|table| {
                ["INSERT", "UPDATE"].map(|what| format!("DROP TRIGGER full_{table}_{what};")).concat()
            })
            .concat(),
        Kind::Postgres => "DROP FUNCTION full_disk CASCADE".to_owned(),
    };
    house.portal.db().write().execute_unprepared(&sql).await.unwrap();
}
