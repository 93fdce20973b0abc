//! The portal's own backup through the program: made while it runs, restored on either database, refused when it is
//! damaged, and worth nothing for what was locked after it.

use super::{
    api::{Api, confirmed, expect, id},
    program::{ADA, bootstrap, done, program, refused, serve, token, verify_audit},
    secrets::is_there,
};
use crate::harness::FILE_PASSWORD;
use reqwest::{Method, multipart};
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use test_support::{Kind, TestDb, both_databases, pfx};

const ROWS: usize = 5_000;
const MARKER: &str = "ibis-granite-9931-";
const STOP: Duration = Duration::from_secs(60);
const PASSPHRASE: &str = "a passphrase of the operator\n";

both_databases! {
    async fn a_portal_comes_back_from_its_backup_on_either_database(db: TestDb) {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path();
        bootstrap(&db, folder, &[]);
        let mut server = serve(&db, folder, &["--dev-clock"]).await;
        let token = token(&db, folder, ADA);
        let api = Api::new(server.listen, token.clone());
        let (table, key) = fill(&api).await;
        let rows = export(&api, &table).await;
        let backup = create(&db, folder, "one");
        let verified = done(&db, folder, &with(folder, &["backup", "verify", &backup]));
        assert!(verified.contains("1 environments, 5000 rows") && verified.contains("whole"), "{verified}");
        assert!(!is_there(&[PathBuf::from(&backup)], ADA), "everything is sealed");
        damaged_ones_are_refused(&db, folder, &backup);
        nothing_is_made_where_no_portal_is(&db, folder).await;
        create_twice(&db, folder);

        let rehearsed = done(&db, folder, &with(folder, &["backup", "restore", &backup, "--dry-run"]));
        assert!(rehearsed.contains("nothing was changed") && rehearsed.contains("intact"), "{rehearsed}");
        assert!(rehearsed.contains("2 data keys open"), "an environment's and a backup's: {rehearsed}");
        let text = refused(&db, folder, &with(folder, &["backup", "restore", &backup]));
        assert!(text.contains("a portal runs on this database"), "{text}");
        nothing_is_changed_where_something_is(&db, folder, &backup).await;

        for kind in [Kind::Sqlite, Kind::Postgres] {
            let fresh = TestDb::create(kind).await.unwrap();
            let text = done(&fresh, folder, &with(folder, &["backup", "restore", &backup]));
            assert!(text.contains("Restored.") && text.contains("2 data keys open"), "{kind:?}: {text}");
            let mut again = serve(&fresh, folder, &["--dev-clock"]).await;
            let restored = Api::new(again.listen, token.clone());
            assert!(export(&restored, &table).await == rows, "{kind:?}: every row, byte for byte");
            again.process.terminate(STOP).await.unwrap();
            verify_audit(&fresh, folder);
        }
        worth_nothing_after_a_lock(&db, folder, &api, (&key, &backup)).await;
        server.process.terminate(STOP).await.unwrap();
        verify_audit(&db, folder);
    }
}

/// An environment with rows under the key `ibis`, and a backup of it.
async fn fill(api: &Api) -> (String, String) {
    let environment = api.environment("Ibises").await;
    let columns = json!([{"name": "Name", "type": "text"}]);
    let table = json!({"name": "People", "columns": columns});
    let table = id(&api.post(&format!("/environments/{environment}/tables"), table, 201).await);
    let mut csv = "Name\r\n".to_owned();
    (0..ROWS).for_each(|n| writeln!(csv, "{MARKER}{n}\r").unwrap());
    let import = api.request(Method::POST, &format!("/tables/{table}/imports"));
    expect(import.header("content-type", "text/csv").body(csv), 202).await;
    api.until_idle().await;
    let key = api.upload("ibis", pfx::modern("ibis", FILE_PASSWORD).unwrap()).await;
    api.until_idle().await;
    api.post(&format!("/environments/{environment}/apply"), confirmed(), 202).await;
    api.until_idle().await;
    api.post(&format!("/environments/{environment}/backups"), json!({}), 202).await;
    api.until_idle().await;
    (table, key)
}

async fn export(api: &Api, table: &str) -> String {
    let export = api.request(Method::GET, &format!("/tables/{table}/export")).send().await.unwrap();
    assert_eq!(export.status().as_u16(), 200);
    export.text().await.unwrap()
}

/// The arguments, and the file of the passphrase.
pub(super) fn with(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let file = folder.join("passphrase");
    fs::write(&file, PASSPHRASE).unwrap();
    let all = arguments.iter().copied().chain(["--passphrase-file"]).map(str::to_owned);
    all.chain([file.display().to_string()]).collect()
}

/// Of two at once under one name, one is told so, and no piece of it stays.
fn create_twice(db: &TestDb, folder: &Path) {
    let target = folder.join("twice").display().to_string();
    let arguments = with(folder, &["backup", "create", &target]);
    let start = || {
        let mut command = program(&db.url, folder);
        command.args(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let both = [start(), start()].map(|child| child.wait_with_output().unwrap());
    let good = both.iter().filter(|output| output.status.success()).count();
    let said = both.map(|output| String::from_utf8_lossy(&output.stderr).into_owned()).concat();
    assert!(good == 1 && said.contains("exists"), "{good}: {said}");
    let parts = fs::read_dir(folder)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains(".part-"));
    assert_eq!(parts.count(), 0);
}

/// Makes a backup of this name there; its path.
pub(super) fn create(db: &TestDb, folder: &Path, name: &str) -> String {
    let file = folder.join(name).display().to_string();
    let text = done(db, folder, &with(folder, &["backup", "create", &file]));
    assert!(text.contains("Written to"), "{text}");
    let again = refused(db, folder, &with(folder, &["backup", "create", &file]));
    assert!(again.contains("exists already"), "{again}");
    file
}

/// A wrong address, an empty database, or a portal that was never set up: a backup of nothing would be found out too
/// late. A schema of another version stays as it is.
async fn nothing_is_made_where_no_portal_is(db: &TestDb, folder: &Path) {
    let nowhere = folder.join("nowhere").display().to_string();
    let create = with(folder, &["backup", "create", &nowhere]);
    let empty = TestDb::create(db.kind).await.unwrap();
    drop(store::Db::connect(&empty.url).await.unwrap());
    let text = refused(&empty, folder, &create);
    assert!(text.contains("holds no portal, or one of an older version"), "{text}");
    done(&empty, folder, &["migrate"]);
    let text = refused(&empty, folder, &create);
    assert!(text.contains("no organisation is set up"), "{text}");
    let absent = folder.join("absent.db");
    let output = program(&format!("sqlite://{}", absent.display()), folder).args(&create).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && text.contains("there is no database"), "{text}");
    assert!(!absent.exists() && !Path::new(&nowhere).exists(), "nothing is made");
}

/// Another passphrase or a damaged file is found out before anything is made; a database with tables of something else,
/// and one with a portal that is stopped, stay as they are; without its root key a restored portal is no success.
async fn nothing_is_changed_where_something_is(db: &TestDb, folder: &Path, backup: &str) {
    let restore = with(folder, &["backup", "restore", backup]);
    let fresh = TestDb::create(db.kind).await.unwrap();
    let other = folder.join("other").display().to_string();
    fs::write(&other, "another passphrase, as long\n").unwrap();
    let text = refused(&fresh, folder, &["backup", "restore", backup, "--passphrase-file", &other]);
    assert!(text.contains("the passphrase is another one"), "{text}");
    let tables =
        async || store::archive::any_table(store::Db::connect(&fresh.url).await.unwrap().read()).await;
    assert_eq!(tables().await.unwrap(), None, "nothing is made");
    let db = store::Db::connect(&fresh.url).await.unwrap();
    db.write().execute_unprepared("CREATE TABLE invoices (id INT)").await.unwrap();
    let text = refused(&fresh, folder, &restore);
    assert!(text.contains("it has a table invoices"), "{text}");
    db.write().execute_unprepared("DROP TABLE invoices").await.unwrap();
    drop(db);
    let elsewhere = tempfile::tempdir().unwrap();
    let text = refused(&fresh, elsewhere.path(), &restore);
    assert!(text.contains("everything is there, but its keys do not open here yet"), "{text}");
    let text = refused(&fresh, folder, &restore);
    assert!(text.contains("not empty"), "{text}");
}

fn damaged_ones_are_refused(db: &TestDb, folder: &Path, backup: &str) {
    let whole = fs::read(backup).unwrap();
    let file: PathBuf = folder.join("damaged");
    let path = file.display().to_string();
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let cases: [(&[u8], &str); 5] = [
        (&whole[..whole.len() - 1], "cut"),
        (&whole[..40], "cut"),
        (&flipped, "does not open"),
        (b"keystead backup 2\nand so on, for a while", "no backup"),
        (b"", "no backup"),
    ];
    for (bytes, why) in cases {
        fs::write(&file, bytes).unwrap();
        let text = refused(db, folder, &with(folder, &["backup", "verify", &path]));
        assert!(text.contains(why), "{text}");
        let text = refused(db, folder, &with(folder, &["backup", "restore", &path, "--dry-run"]));
        assert!(text.contains(why), "{text}");
    }
    let mut longer = whole.clone();
    longer.push(0);
    fs::write(&file, longer).unwrap();
    let text = refused(db, folder, &with(folder, &["backup", "verify", &path]));
    assert!(text.contains("something follows its end"), "{text}");
    let other = folder.join("other").display().to_string();
    fs::write(&other, "another passphrase, as long\n").unwrap();
    let text = refused(db, folder, &["backup", "verify", backup, "--passphrase-file", &other]);
    assert!(text.contains("the passphrase is another one"), "{text}");
    fs::write(&other, "short\n").unwrap();
    let text = refused(db, folder, &["backup", "verify", backup, "--passphrase-file", &other]);
    assert!(text.contains("fewer than 16"), "{text}");
    let text = refused(db, folder, &["backup", "verify", backup]);
    assert!(text.contains("--passphrase-file"), "{text}");
}

/// The lock rotates the root key: a backup from before it does not open beside that of after.
async fn worth_nothing_after_a_lock(db: &TestDb, folder: &Path, api: &Api, (key, backup): (&str, &str)) {
    api.wait(72 * 3_600 + 1).await;
    let file = pfx::modern("ibis", FILE_PASSWORD).unwrap();
    let form = multipart::Form::new()
        .part("file", multipart::Part::bytes(file).file_name("ibis.pfx"))
        .text("password", FILE_PASSWORD)
        .text("typed_text", "LOCK EUROPE")
        .text("confirmed", "true")
        .text("risk_acknowledged", "true");
    expect(api.request(Method::POST, &format!("/keys/{key}/lock")).multipart(form), 202).await;
    api.until_idle().await;
    let text = refused(db, folder, &with(folder, &["backup", "restore", backup, "--dry-run"]));
    assert!(text.contains("is not this database's"), "{text}");
    let after = create(db, folder, "after");
    let text = done(db, folder, &with(folder, &["backup", "restore", &after, "--dry-run"]));
    assert!(text.contains("need a key file"), "{text}");
}
