//! Locked means gone: what opened rows before a lock is nowhere after it, not in the database's files, not in the
//! process, not in a backup or a copy from before, nor does one of these open beside the root key of after. And it all
//! comes back with the file.
//!
//! The process's memory is read from `/proc/…/mem` while it is stopped: the same bytes as `gcore` writes.

use super::{
    api::{Api, answer, confirmed, expect, id},
    backup, memory,
    program::{ADA, Server, bootstrap, done, refused, serve, token, verify_audit},
    secrets::{Secrets, is_there, root_key},
};
use crate::harness::FILE_PASSWORD;
use aes_gcm::{
    Aes256Gcm, KeyInit as _, Nonce,
    aead::{Aead as _, Payload},
};
use domain::{EnvironmentId, KeyId};
use reqwest::{Method, multipart};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use store::Db;
use test_support::{Kind, TestDb, both_databases, pfx};
use tokio::time::Instant;
use vault::{Kek, RootKey};

const ROWS: usize = 20_000;
/// In every row, and nowhere else on this machine.
const MARKER: &str = "okapi-basalt-2259-";
const STOP: Duration = Duration::from_secs(60);
/// So long the search for what is only there at moments may take.
const SIGHT: Duration = Duration::from_secs(120);

both_databases! {
    async fn what_is_locked_is_gone_from_files_memory_and_backups_and_comes_back(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        bootstrap(&db, folder, &[]);
        let mut server = serve(&db, folder, &["--dev-clock"]).await;
        let token = token(&db, folder, ADA);
        let api = Api::new(server.listen, token);
        let (environment, table, key) = encrypt(&api).await;
        let before = export(&api, &table).await;
        let secrets = secrets(&db, folder, &environment, &key).await;
        api.post(&format!("/environments/{environment}/backups"), json!({}), 202).await;
        api.until_idle().await;
        let file = backup::create(&db, folder, "before");
        let verified = done(&db, folder, &backup::with(folder, &["backup", "verify", &file]));
        assert!(verified.contains("1 environments, 20000 rows"), "{verified}");
        server.process.terminate(STOP).await.unwrap();
        let copy = db.copy().await.unwrap();
        server.process.restart().unwrap();
        server.until_answering().await;

        in_sight_while_it_is_read(&api, &table, &server, &secrets).await;
        in_sight_at_moments(&api, &table, &server, &secrets).await;
        lock(&api, &key).await;
        nothing_in_memory(&server, &secrets).await;
        no_file_has(&db, &secrets).await;
        nothing_from_before_has(&copy, Path::new(&file), &secrets).await;
        the_copy_does_not_open(&copy, folder, &mut server).await;

        unlock(&api, &environment, &key).await;
        assert!(export(&api, &table).await == before, "every row, byte for byte");
        server.process.terminate(STOP).await.unwrap();
        verify_audit(&db, folder);
    }
}

/// An environment with its rows under the key `okapi`: their ids.
async fn encrypt(api: &Api) -> (String, String, String) {
    let environment = api.environment("Okapis").await;
    let columns = json!([{"name": "Name", "type": "text"}, {"name": "Note", "type": "text"}]);
    let table = json!({"name": "People", "columns": columns});
    let table = id(&api.post(&format!("/environments/{environment}/tables"), table, 201).await);
    let mut csv = "Name,Note\r\n".to_owned();
    (0..ROWS).for_each(|n| writeln!(csv, "{MARKER}{n},note {n}\r").unwrap());
    let import = api.request(Method::POST, &format!("/tables/{table}/imports"));
    expect(import.header("content-type", "text/csv").body(csv), 202).await;
    api.until_idle().await;
    let key = api.upload("okapi", pfx::modern("okapi", FILE_PASSWORD).unwrap()).await;
    api.until_idle().await;
    api.post(&format!("/environments/{environment}/apply"), confirmed(), 202).await;
    api.until_idle().await;
    (environment, table, key)
}

async fn export(api: &Api, table: &str) -> String {
    let export = api.request(Method::GET, &format!("/tables/{table}/export")).send().await.unwrap();
    assert_eq!(export.status().as_u16(), 200);
    let text = export.text().await.unwrap();
    assert_eq!(text.lines().filter(|line| line.contains(MARKER)).count(), ROWS);
    text
}

/// Everything between the root key and a row: opened here by hand, from the outside in.
async fn secrets(db: &TestDb, folder: &Path, environment: &str, key: &str) -> Secrets {
    let mut secrets = Secrets::default();
    secrets.add("a row", MARKER);
    secrets.add("the password of the key file", FILE_PASSWORD);
    secrets.add_key("the root key before the lock", &root_key(folder));
    secrets.add_key_file("okapi");
    secrets.add_primes_in_memory("okapi");
    let database = Db::connect(&db.url).await.unwrap();
    let root = RootKey::from_bytes(&root_key(folder)).unwrap();
    let key: KeyId = key.parse().unwrap();
    let row = store::keys::get(database.read(), key).await.unwrap().unwrap();
    let place = format!("{}|protection-key|{key}", row.ring_id);
    assert!(
        Kek::from_sealed(&root, &place, &row.material.unwrap()).is_ok(),
        "the portal can, before the lock"
    );
    let environment: EnvironmentId = environment.parse().unwrap();
    let environment = store::environments::get(database.read(), environment).await.unwrap().unwrap();
    let generation = environment.generation;
    let data_key =
        store::data_keys::get(database.read(), environment.id.0, generation).await.unwrap().unwrap();
    let ring_key = store::ring_keys::get(database.read(), data_key.ring_key).await.unwrap().unwrap();
    let place = format!("{}|ring-key|{}|protection-key|{key}", row.ring_id, ring_key.id);
    let wrapped = root.open(&place, &ring_key.wrapped).unwrap();
    let opened = pfx::rsa_oaep_decrypt("okapi", &wrapped).unwrap();
    secrets.add_key("the ring key", &opened);
    let place = [b"ks-dek-1".as_slice(), environment.id.0.as_bytes(), &generation.to_be_bytes()].concat();
    let (nonce, sealed) = data_key.wrapped[1..].split_at(12);
    let payload = Payload { msg: sealed, aad: &place };
    let nonce = Nonce::try_from(nonce).unwrap();
    let opened = Aes256Gcm::new_from_slice(&opened).unwrap().decrypt(&nonce, payload).unwrap();
    secrets.add_key("the data key", &opened);
    secrets
}

/// While somebody reads, memory has what it takes: the search finds it. The export is left hanging.
async fn in_sight_while_it_is_read(api: &Api, table: &str, server: &Server, secrets: &Secrets) {
    let mut export = api.request(Method::GET, &format!("/tables/{table}/export")).send().await.unwrap();
    export.chunk().await.unwrap().unwrap();
    let (found, searched) = memory::search(server.process.id().unwrap(), secrets);
    println!("before the lock, {searched} bytes of memory searched, found: {found:?}");
    for name in ["a row", "the ring key", "the root key before the lock"] {
        assert!(found.contains(name), "{name} is not found while rows are read");
    }
}

/// Some are in memory only for moments: the data key while rows are opened, the private key while its file is checked
/// or a ring key is unwrapped. Both happen over and over until the search has come across them.
async fn in_sight_at_moments(api: &Api, table: &str, server: &Server, secrets: &Secrets) {
    let enough = Arc::new(AtomicBool::new(false));
    let work = [
        tokio::spawn(export_until(enough.clone(), api.clone(), table.to_owned())),
        tokio::spawn(upload_until(enough.clone(), api.clone())),
    ];
    let names = ["the data key", "p of okapi, in memory", "q of okapi, in memory"];
    let (ends, mut seen) = (Instant::now() + SIGHT, BTreeSet::new());
    while !names.iter().all(|name| seen.contains(*name)) {
        assert!(!work.iter().any(|task| task.is_finished()), "both go on all the while");
        assert!(Instant::now() < ends, "never found while they are in use: {names:?}, but {seen:?}");
        seen.extend(memory::search(server.process.id().unwrap(), secrets).0);
        tokio::task::yield_now().await;
    }
    enough.store(true, Ordering::SeqCst);
    for task in work {
        task.await.unwrap();
    }
    println!("at moments before the lock, found: {seen:?}");
}

async fn export_until(enough: Arc<AtomicBool>, api: Api, table: String) {
    while !enough.load(Ordering::SeqCst) {
        export(&api, &table).await;
    }
}

/// The file is checked whole before it is refused.
async fn upload_until(enough: Arc<AtomicBool>, api: Api) {
    while !enough.load(Ordering::SeqCst) {
        let form = file_form().text("name", "okapi-again");
        let upload = api.request(Method::POST, "/regions/europe/keys").multipart(form);
        let (status, body) = answer(upload).await.unwrap();
        assert_eq!((status, body["code"].as_str()), (422, Some("KEY_ALREADY_PRESENT")), "{body}");
    }
}

/// PP-110…PP-112, 72 hours after the key became active.
async fn lock(api: &Api, key: &str) {
    api.wait(72 * 3_600 + 1).await;
    let form = file_form().text("typed_text", "LOCK EUROPE").text("confirmed", "true");
    expect(api.request(Method::POST, &format!("/keys/{key}/lock")).multipart(form), 202).await;
    api.until_idle().await;
    assert_eq!(api.keys().await[0].1, "locked");
    assert_eq!(api.get("/regions").await["items"][0]["root_key_due_since"], Value::Null);
}

async fn unlock(api: &Api, environment: &str, key: &str) {
    api.wait(3_600).await;
    expect(api.request(Method::POST, &format!("/keys/{key}/unlock")).multipart(file_form()), 202).await;
    api.until_idle().await;
    api.post(&format!("/environments/{environment}/unlock"), confirmed(), 202).await;
    api.until_idle().await;
}

fn file_form() -> multipart::Form {
    let file = multipart::Part::bytes(pfx::modern("okapi", FILE_PASSWORD).unwrap()).file_name("okapi.pfx");
    multipart::Form::new()
        .part("file", file)
        .text("password", FILE_PASSWORD)
        .text("risk_acknowledged", "true")
}

/// The connections of before end with the answer that they were at, and their buffers with them.
async fn nothing_in_memory(server: &Server, secrets: &Secrets) {
    let ends = Instant::now() + Duration::from_secs(2);
    loop {
        let (found, searched) = memory::search(server.process.id().unwrap(), secrets);
        println!("locked: {searched} bytes of memory searched, found: {found:?}");
        if found.is_empty() {
            return;
        }
        assert!(Instant::now() < ends, "in memory after the lock: {found:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn no_file_has(db: &TestDb, secrets: &Secrets) {
    if db.kind == Kind::Postgres {
        test_support::postgres::sql(&db.url, "CHECKPOINT").await.unwrap();
    }
    let places = db.files().unwrap();
    assert!(is_there(&places, "Okapis"), "the search would find what is there");
    let (found, searched) = secrets.search(&places);
    assert!(found.is_empty(), "{found:?}");
    assert!(searched > ROWS * 60, "{searched} bytes hold the rows");
}

/// What was saved while the rows could be read: the database as it lay there, with a backup of the environment in it,
/// and the portal's own backup.
async fn nothing_from_before_has(copy: &TestDb, file: &Path, secrets: &Secrets) {
    let places = own_files(copy).await;
    assert!(is_there(&places, "Okapis"), "the search would find what is there");
    let (found, searched) = secrets.search(&places);
    assert!(found.is_empty(), "{found:?}");
    assert!(searched > 2 * ROWS * 60, "{searched} bytes hold the rows and their backup");
    let (found, searched) = secrets.search(&[file.to_owned()]);
    assert!(found.is_empty(), "{found:?}");
    assert!(searched > 2 * ROWS * 60, "{searched} bytes hold the rows and their backup");
}

/// The files of this database alone: other tests' lie in the same cluster.
async fn own_files(db: &TestDb) -> Vec<PathBuf> {
    let files = db.files().unwrap();
    if db.kind == Kind::Sqlite {
        return files;
    }
    let which = "SELECT oid FROM pg_database WHERE datname = current_database()";
    let oid = test_support::postgres::sql(&db.url, which).await.unwrap();
    vec![files[0].join("base").join(oid.trim())]
}

/// A thief restores what was saved before the lock, and has the machine's root key of today.
async fn the_copy_does_not_open(copy: &TestDb, folder: &Path, server: &mut Server) {
    let den = folder.join("den");
    fs::create_dir_all(&den).unwrap();
    fs::copy(folder.join("root.key"), den.join("root.key")).unwrap();
    let text = refused(copy, &den, &["audit", "verify"]);
    assert!(text.contains("is not this database's"), "{text}");
    // Nor does anything in it, without asking the program.
    let root = RootKey::from_bytes(&root_key(folder)).unwrap();
    let database = Db::connect(&copy.url).await.unwrap();
    let mut tried = 0;
    for table in store::sealed::Table::ALL {
        for row in store::sealed::page(database.read(), table, Default::default(), 1_000).await.unwrap() {
            let (ring, key) = (row.bound_to, row.id);
            for place in [
                format!("{ring}|protection-key|{key}"),
                format!("{ring}|platform-key|{key}"),
                format!("{ring}|ring-key|{key}|platform-key|{}", row.platform_key_id.unwrap_or_default()),
                format!("{ring}|ring-key|{key}|protection-key|{}", row.protection_key_id.unwrap_or_default()),
            ] {
                assert!(root.open(&place, &row.sealed).is_err(), "{place}");
                tried += 1;
            }
        }
    }
    assert!(tried >= 4 * 4, "{tried} seals were tried");
    assert!(server.process.id().is_some(), "the portal runs all the while");
}
