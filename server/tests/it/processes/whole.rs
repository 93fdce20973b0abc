//! The main job, whole, through the program itself: key files as `openssl` makes them, a hundred thousand
//! rows, and the database in the hands of a thief.

use super::{
    api::{Api, confirmed, expect, id},
    program::{ADA, Server, bootstrap, done, serve, token, verify_audit},
    secrets::{Secrets, is_there, root_key},
};
use crate::harness::{FILE_PASSWORD, PASSWORD};
use domain::KeyId;
use reqwest::Method;
use serde_json::json;
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};
use store::{ConnectionTrait, Db};
use test_support::{Kind, TestDb, both_databases, pfx};
use vault::{Password, RootKey};

const ROWS: usize = 100_000;
/// In every row, and nowhere else on this machine.
const MARKER: &str = "zebra-quartz-7481-";
const STOP: Duration = Duration::from_secs(60);

both_databases! {
    async fn a_hundred_thousand_rows_open_with_the_organisations_key_alone(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        bootstrap(&db, folder, &[]);
        let mut server = serve(&db, folder, &["--dev-clock", "--log-level", "debug"]).await;
        let token = token(&db, folder, ADA);
        let api = Api::new(server.listen, token.clone());
        let (environment, table) = encrypt(&api).await;

        let mut secrets = Secrets::default();
        secrets.add("a row", MARKER);
        secrets.add("the password of the key files", FILE_PASSWORD);
        secrets.add("the password of the people", PASSWORD);
        secrets.add("the API token", token.clone());
        secrets.add_key("the root key", &root_key(folder));
        ["modern", "legacy", "triple-des"].into_iter().for_each(|name| secrets.add_key_file(name));
        nothing_in_sight(&db, folder, &mut server, &secrets).await;
        stop(&mut server).await;
        nothing_in_sight(&db, folder, &mut server, &secrets).await;

        let thief = db.copy().await.unwrap();
        let key = without_material(&thief, folder, &token, &table).await;
        with_the_file(&thief, folder, &token, &table, &key).await;

        server.process.restart().unwrap();
        server.until_answering().await;
        give_back(&api, &environment, &table).await;
        stop(&mut server).await;
        nothing_in_sight(&db, folder, &mut server, &secrets).await;
        without_the_organisations_keys(&db, folder, &token, &table).await;
        verify_audit(&db, folder);
    }
}

/// An environment with its rows under a key of each of OpenSSL's forms, one after the other.
async fn encrypt(api: &Api) -> (String, String) {
    let environment = api.environment("Payroll-of-zebras").await;
    let table = json!({"name": "People", "columns": [{"name": "Name", "type": "text"}, {"name": "Note", "type": "text"}]});
    let table = id(&api.post(&format!("/environments/{environment}/tables"), table, 201).await);
    let mut csv = "Name,Note\r\n".to_owned();
    (0..ROWS).for_each(|n| writeln!(csv, "{MARKER}{n},note {n}\r").unwrap());
    let import = api.request(Method::POST, &format!("/tables/{table}/imports"));
    expect(import.header("content-type", "text/csv").body(csv), 202).await;
    api.until_idle().await;
    assert_eq!(rows(api, &table).await, ROWS);

    // PP-070: the first activates itself.
    api.upload("modern", pfx::modern("modern", FILE_PASSWORD).unwrap()).await;
    api.until_idle().await;
    api.post(&format!("/environments/{environment}/apply"), confirmed(), 202).await;
    api.until_idle().await;
    for (name, file) in [
        ("legacy", pfx::legacy("legacy", FILE_PASSWORD).unwrap()),
        ("triple-des", pfx::triple_des("triple-des", FILE_PASSWORD).unwrap()),
    ] {
        let key = api.upload(name, file).await;
        api.wait(24 * 3_600 + 1).await;
        api.post(&format!("/keys/{key}/activate"), confirmed(), 202).await;
        api.until_idle().await;
    }
    let details = api.get(&format!("/environments/{environment}")).await;
    assert_eq!(
        (&details["state"], &details["encryption"]["key"]["name"]),
        (&json!("self_managed"), &json!("triple-des"))
    );
    assert_eq!(rows(api, &table).await, ROWS);
    (environment, table)
}

/// Every row, as an export has them.
async fn rows(api: &Api, table: &str) -> usize {
    let export = api.request(Method::GET, &format!("/tables/{table}/export")).send().await.unwrap();
    assert_eq!(export.status().as_u16(), 200);
    let text = export.text().await.unwrap();
    text.lines().filter(|line| line.contains(MARKER)).count()
}

/// No secret is in the database's files, in its logs, or in the program's.
async fn nothing_in_sight(db: &TestDb, folder: &Path, server: &mut Server, secrets: &Secrets) {
    if db.kind == Kind::Postgres {
        test_support::postgres::sql(&db.url, "CHECKPOINT").await.unwrap();
    }
    let mut places: Vec<PathBuf> = db.files().unwrap();
    assert!(is_there(&places, "Payroll-of-zebras"), "the search would find what is there");
    places.push(folder.join("log"));
    let (found, searched) = secrets.search(&places);
    assert!(found.is_empty(), "{found:?}");
    assert!(searched > ROWS * 60, "{searched} bytes hold the rows");
    assert!(server.process.output().unwrap().contains("POST"), "the log tells of requests");
}

async fn stop(server: &mut Server) {
    server.process.terminate(STOP).await.unwrap();
}

/// As a lock leaves the keys: K6 destroys the material of the Active and of every Available one. The environments are
/// not marked, so that it is the missing key alone that keeps the rows.
const DESTROY: &str = "UPDATE protection_keys SET material = NULL, state_since = 1, \
                       state = CASE state WHEN 'active' THEN 'locked' ELSE 'deleted' END";

/// The thief has the database, the root key and with it every key of the platform; the organisation's
/// key material is not in the copy. Returns the key's id.
async fn without_material(thief: &TestDb, folder: &Path, token: &str, table: &str) -> String {
    let database = Db::connect(&thief.url).await.unwrap();
    database.write().execute_unprepared(DESTROY).await.unwrap();
    drop(database);
    let mut server = stolen(thief, folder).await;
    let api = Api::new(server.listen, token.to_owned());
    let refused = expect(api.request(Method::GET, &format!("/tables/{table}/rows")), 503).await;
    assert_eq!(refused["code"], "KEY_UNAVAILABLE");
    let keys = api.get("/regions/europe/keys").await;
    let key =
        keys["items"].as_array().unwrap().iter().find(|key| key["name"] == "triple-des").map(id).unwrap();
    stop(&mut server).await;
    key
}

/// A server on stolen goods.
async fn stolen(thief: &TestDb, folder: &Path) -> Server {
    let den = folder.join("den");
    fs::create_dir_all(&den).unwrap();
    fs::copy(folder.join("root.key"), den.join("root.key")).unwrap();
    serve(thief, &den, &["--dev-clock"]).await
}

/// The same copy, and somebody brings the key file.
async fn with_the_file(thief: &TestDb, folder: &Path, token: &str, table: &str, key: &str) {
    let file = pfx::triple_des("triple-des", FILE_PASSWORD).unwrap();
    let file = vault::pfx::read(&file, &Password::new(FILE_PASSWORD.to_owned())).map_err(|e| e.to_string());
    let root = RootKey::from_bytes(&root_key(folder)).unwrap();
    let database = Db::connect(&thief.url).await.unwrap();
    let id: KeyId = key.parse().unwrap();
    let row = store::keys::get(database.read(), id).await.unwrap().unwrap();
    let sealed = file.unwrap().kek.seal(&root, &format!("{}|protection-key|{id}", row.ring_id));
    let hex = service::keys::hex(&sealed);
    let bytes = if thief.kind == Kind::Postgres { format!("'\\x{hex}'::bytea") } else { format!("x'{hex}'") };
    let sql = format!(
        "UPDATE protection_keys SET material = {bytes}, state = 'active', state_since = 1 WHERE name = 'triple-des'"
    );
    database.write().execute_unprepared(&sql).await.unwrap();
    drop(database);
    let mut server = stolen(thief, folder).await;
    assert_eq!(rows(&Api::new(server.listen, token.to_owned()), table).await, ROWS);
    stop(&mut server).await;
}

async fn give_back(api: &Api, environment: &str, table: &str) {
    let mut form = confirmed();
    form["typed_name"] = json!("Payroll-of-zebras");
    api.post(&format!("/environments/{environment}/return"), form, 202).await;
    api.until_idle().await;
    assert_eq!(rows(api, table).await, ROWS);
}

/// After the return the organisation's keys open nothing of the environment: whoever has them and the
/// root key, but not the platform's key, reads no row.
async fn without_the_organisations_keys(db: &TestDb, folder: &Path, token: &str, table: &str) {
    let copy = db.copy().await.unwrap();
    let database = Db::connect(&copy.url).await.unwrap();
    database.write().execute_unprepared("UPDATE platform_keys SET material = public_key").await.unwrap();
    drop(database);
    let mut server = stolen(&copy, folder).await;
    let api = Api::new(server.listen, token.to_owned());
    let refused = expect(api.request(Method::GET, &format!("/tables/{table}/rows")), 500).await;
    assert_eq!(refused["code"], "INTERNAL");
    stop(&mut server).await;
    // The copy without the keys of the organisation reads all of it.
    let copy = db.copy().await.unwrap();
    let database = Db::connect(&copy.url).await.unwrap();
    database.write().execute_unprepared(DESTROY).await.unwrap();
    drop(database);
    let mut server = stolen(&copy, folder).await;
    assert_eq!(rows(&Api::new(server.listen, token.to_owned()), table).await, ROWS);
    stop(&mut server).await;
    assert!(done(&copy, &folder.join("den"), &["audit", "verify"]).contains("intact"));
}
