//! Opening a portal: the root key's file, the schema, and several processes at once.

use server::{
    config::{Config, Flags, Sources},
    open::{database, open},
    schema::migrate,
};
use std::{fs, os::unix::fs::PermissionsExt, path::Path};
use store::ConnectionTrait as _;
use test_support::{TestDb, both_databases};

fn config(db: &TestDb, folder: &Path) -> Config {
    let flags = Flags {
        data_dir: Some(folder.join("data").display().to_string()),
        database_url: Some(db.url.clone()),
        ..Flags::default()
    };
    let resolved = Sources { flags: &flags, environment: &|_| None, file: None }.resolve().unwrap();
    Config::new(&resolved).unwrap()
}

async fn error(config: &Config) -> String {
    match open(config).await {
        Ok(_) => panic!("it opened"),
        Err(error) => format!("{error:#}"),
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

both_databases! {
    async fn the_first_start_makes_a_root_key_for_this_user_alone(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let config = config(&db, folder.path());
        open(&config).await.unwrap();
        assert_eq!(mode(config.root_key_file.path()), 0o600);
        assert_eq!(mode(&config.data_dir), 0o700);
        let key = fs::read(config.root_key_file.path()).unwrap();
        assert_eq!(key.len(), 32);
        open(&config).await.unwrap();
        assert_eq!(fs::read(config.root_key_file.path()).unwrap(), key, "a second start changes nothing");
    }

    async fn a_root_key_that_others_may_read_is_refused(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let config = config(&db, folder.path());
        open(&config).await.unwrap();
        for shared in [0o640, 0o604, 0o660] {
            fs::set_permissions(config.root_key_file.path(), fs::Permissions::from_mode(shared)).unwrap();
            let text = error(&config).await;
            assert!(text.contains("may be read by others") && text.contains("chmod 600"), "{text}");
        }
    }

    async fn a_missing_root_key_is_not_replaced(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let config = config(&db, folder.path());
        open(&config).await.unwrap();
        fs::remove_file(config.root_key_file.path()).unwrap();
        let text = error(&config).await;
        assert!(text.contains("is missing: the keys in this database open only with it"), "{text}");
        assert!(!config.root_key_file.path().exists());
    }

    async fn a_root_key_of_another_length_is_refused(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let config = config(&db, folder.path());
        open(&config).await.unwrap();
        for length in [0, 31, 33, 1_000] {
            fs::write(config.root_key_file.path(), vec![7; length]).unwrap();
            let text = error(&config).await;
            assert!(text.contains(&format!("has {length} bytes; a root key is exactly 32 bytes")), "{text}");
        }
    }

    async fn another_databases_root_key_is_refused(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let config = config(&db, folder.path());
        open(&config).await.unwrap();
        fs::write(config.root_key_file.path(), [7; 32]).unwrap();
        let text = error(&config).await;
        assert!(text.contains("is not this database's: it has check value"), "{text}");
        assert!(text.contains("the database expects"), "{text}");
    }

    async fn processes_that_start_together_migrate_once(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let config = config(&db, folder.path());
        let (first, second) = (database(&config).await.unwrap(), database(&config).await.unwrap());
        let (first, second) = tokio::join!(migrate(&first), migrate(&second));
        let counts = (first.unwrap(), second.unwrap());
        assert!(counts.0 == 0 || counts.1 == 0, "{counts:?}");
        assert!(counts.0 + counts.1 > 0);
    }

    async fn a_newer_schema_is_refused(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let config = config(&db, folder.path());
        let opened = open(&config).await.unwrap();
        let sql = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29991231_000001_future', 0)";
        opened.portal.db().write().execute_unprepared(sql).await.unwrap();
        let text = error(&config).await;
        assert!(text.contains("the database was changed by a newer version of Keystead"), "{text}");
        assert!(text.contains("m29991231_000001_future"), "{text}");
    }
}
