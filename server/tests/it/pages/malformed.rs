//! Whatever a form is sent, the answer says what is wrong with it: never a 500, never a change.

use super::authorization::{Stage, forms};
use crate::{
    rest::client::{MULTIPART, multipart},
    shell::browser::{Browser, FORM},
};
use axum::body::Body;
use test_support::{TestDb, both_databases};

/// Every field of every form, but those that say yes to something.
const FIELDS: &[&str] = &[
    "name",
    "type",
    "region",
    "email",
    "password",
    "confirmation",
    "do",
    "session",
    "file",
    "rows",
    "columns[0].name",
    "columns[0].type",
    "columns[0].options",
    "current_password",
    "new_password",
    "repeat_password",
    "next",
];

/// Forms that take anything: they leave, or they set what only the browser that sends it sees.
const INDIFFERENT: &[&str] =
    &["/sign-out", "/preferences/theme", "/preferences/navigation", "/encryption-keys/risk", "/setup"];

/// Forms of data, where any text is as good as another.
const TEXTS: &[&str] = &["/tables/{id}/rows/new", "/tables/{id}/rows/{row}", "/tables/{id}/import"];

/// Values that no field takes.
fn values() -> Vec<String> {
    let long = "x".repeat(200_000);
    let kinds =
        ["\0", "\u{1}", "\u{202e}evil", "\u{feff}", "'; DROP TABLE users; --", "<script>alert(1)</script>"];
    let shapes =
        ["-1", "99999999999999999999999999", "NaN", "../../etc/passwd", "{}", "[]", "%00", "é\u{301}\u{301}"];
    kinds.into_iter().chain(shapes).map(str::to_owned).chain([long]).collect()
}

/// Bodies that are no form at all, with what they claim to be.
fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        (FORM, b"=&=&&&=".to_vec()),
        (FORM, b"name=%zz&name=%ff%fe&email=%00&c=%".to_vec()),
        (FORM, b"\xff\xfe\x00\x01".to_vec()),
        (FORM, [b"name=".to_vec(), vec![b'x'; 3 << 20]].concat()),
        (FORM, "name=a&".repeat(50_000).into_bytes()),
        (MULTIPART, Vec::new()),
        (MULTIPART, b"--parts\r\ncontent-disposition: form-data; name=\"name\"\r\n\r\nno end".to_vec()),
        (MULTIPART, b"--parts\r\n\r\n\r\n--parts--\r\n".to_vec()),
        (MULTIPART, b"--parts\r\ncontent-disposition: form-data\r\n\r\nx\r\n--parts--\r\n".to_vec()),
        ("multipart/form-data", b"--parts--".to_vec()),
        ("multipart/form-data; boundary=", b"--".to_vec()),
        ("application/json", b"{\"name\": [[[[".to_vec()),
        ("text/plain", b"name=a".to_vec()),
        ("application/octet-stream", b"name=a".to_vec()),
    ]
}

async fn judge(
    wrong: &mut Vec<String>,
    browser: &mut Browser,
    (path, address): (&str, &str),
    media: &str,
    body: Vec<u8>,
) {
    let start = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
    let answer = browser.submit(address, media, Body::from(body)).await;
    if !matches!(answer.status, 400..500) {
        wrong.push(format!("{path} with {media} {start:?}: {} {}", answer.status, answer.header("location")));
    }
}

both_databases! {
    async fn no_form_breaks_and_nothing_changes(db: TestDb) {
        let stage = Stage::new(&db).await;
        // An address may make what it leads to, so all are asked for first.
        let mut forms_at = Vec::new();
        for path in forms() {
            forms_at.push((path, stage.address(path).await));
        }
        let (before, mut wrong) = (stage.snapshot().await, Vec::new());
        // The Global administrator: whom nothing but the form itself refuses.
        let mut browser = stage.browser(2);
        for (path, address) in &forms_at {
            let at = (*path, address.as_str());
            if INDIFFERENT.contains(path) {
                continue;
            }
            for (media, body) in bodies() {
                judge(&mut wrong, &mut browser, at, media, body).await;
            }
            if TEXTS.contains(path) {
                continue;
            }
            for value in values() {
                let pairs: Vec<String> = FIELDS.iter().map(|name| format!("{name}={}", app::url::encode(&value))).collect();
                judge(&mut wrong, &mut browser, at, FORM, pairs.join("&").into_bytes()).await;
                let parts: Vec<_> = FIELDS.iter().map(|name| (*name, value.as_bytes())).collect();
                judge(&mut wrong, &mut browser, at, MULTIPART, multipart(&parts)).await;
            }
        }
        assert!(wrong.is_empty(), "{} answers\n{}", wrong.len(), wrong.join("\n"));
        assert_eq!(stage.snapshot().await, before);
    }

    async fn an_address_with_nul_is_refused_wherever_it_leads(db: TestDb) {
        let stage = Stage::new(&db).await;
        let mut browser = stage.browser(2);
        for address in [
            "/environments?search=%00", "/audit?actor=a%00b", "/operations?after=%00", "/%00", "/encryption-keys?region=%00",
            "/sign-in?next=%00",
        ] {
            let answer = browser.get(address).await;
            assert_eq!(answer.status, 400, "{address}: {}", answer.text());
            assert!(answer.text().contains("NUL"), "{address}: {}", answer.text());
        }
    }
}
