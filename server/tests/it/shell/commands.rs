//! `keystead admin …`, `audit verify`, `config show`: the program as operators run it.

use std::{
    path::Path,
    process::{Command, Output},
};
use store::{ConnectionTrait as _, Db};
use test_support::{TestDb, both_databases};

struct Operator<'a> {
    db: &'a TestDb,
    folder: tempfile::TempDir,
}

impl<'a> Operator<'a> {
    fn new(db: &'a TestDb) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("password"), "correct horse battery\n").unwrap();
        Self { db, folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keystead"));
        command.env_clear().env("DATABASE_URL", &self.db.url).env("KEYSTEAD_DATA_DIR", self.path("data"));
        command.current_dir(self.folder.path()).args(arguments).output().unwrap()
    }

    /// Runs what must work; returns what it printed.
    #[track_caller]
    fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs what must fail; returns what it said.
    #[track_caller]
    fn failed(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    fn bootstrap(&self) {
        let text = self.done(&[
            "admin",
            "bootstrap",
            "--tenant",
            "Contoso",
            "--regions",
            "europe,us-east",
            "--name",
            "Ada",
            "--email",
            "ada@contoso.example",
            "--password-file",
            "password",
        ]);
        assert!(text.contains("ada@contoso.example can sign in"), "{text}");
    }
}

both_databases! {
    async fn an_organisation_is_set_up_and_configured_without_a_browser(db: TestDb) {
        let operator = Operator::new(&db);
        assert!(operator.failed(&["admin", "tenant", "show"]).contains("The portal is not set up yet."));
        operator.bootstrap();
        assert!(operator.failed(&[
            "admin", "bootstrap", "--tenant", "X", "--regions", "europe", "--name", "X", "--email", "x@x.example",
            "--password-file", "password",
        ]).contains("already set up"));
        let shown = operator.done(&["admin", "tenant", "set", "--seats", "4200", "--opt-in", "true"]);
        assert!(shown.contains("4200 seats, more than 1000 needed, opted in"), "{shown}");
        assert!(shown.contains("europe") && shown.contains("off"), "{shown}");
        operator.done(&["admin", "region", "add", "africa"]);
        operator.done(&["admin", "region", "enable", "africa"]);
        let shown = operator.done(&["admin", "tenant", "show"]);
        assert_eq!(shown.matches("on since").count(), 1, "{shown}");
        operator.done(&["admin", "region", "disable", "africa"]);
        assert_eq!(operator.done(&["admin", "tenant", "show"]).matches("on since").count(), 0);
        assert!(operator.done(&["admin", "tenant", "list"]).contains("Contoso"));
    }

    async fn people_and_tokens_are_managed(db: TestDb) {
        let operator = Operator::new(&db);
        operator.bootstrap();
        let eve = ["--email", "eve@contoso.example"];
        operator.done(&[
            "admin", "user", "add", "--name", "Eve", eve[0], eve[1], "--role", "auditor", "--password-file", "password",
        ]);
        operator.done(&["admin", "user", "role", "add", eve[0], eve[1], "--role", "service-administrator"]);
        let listed = operator.done(&["admin", "user", "list"]);
        assert!(listed.contains("Service administrator") && listed.contains("Auditor"), "{listed}");
        operator.done(&["admin", "user", "role", "remove", eve[0], eve[1], "--role", "auditor"]);
        operator.done(&["admin", "user", "disable", eve[0], eve[1]]);
        assert!(operator.done(&["admin", "user", "list"]).contains("(disabled)"));
        operator.done(&["admin", "user", "enable", eve[0], eve[1]]);
        operator.done(&["admin", "user", "reset-password", eve[0], eve[1], "--password-file", "password"]);
        let last = operator.failed(&["admin", "user", "disable", "--email", "ada@contoso.example"]);
        assert!(last.contains("the last Global administrator"), "{last}");

        let token = operator.done(&["admin", "token", "add", eve[0], eve[1], "--name", "nightly", "--days", "7"]);
        assert_eq!(token.trim().len(), 43, "the token and nothing else");
        let listed = operator.done(&["admin", "token", "list", eve[0], eve[1]]);
        assert!(listed.contains("usable") && listed.contains("nightly") && !listed.contains(token.trim()), "{listed}");
        let id = listed.split_whitespace().next().unwrap();
        operator.done(&["admin", "token", "revoke", eve[0], eve[1], id]);
        assert!(operator.done(&["admin", "token", "list", eve[0], eve[1]]).contains("revoked"));
    }

    async fn a_broken_trail_is_found(db: TestDb) {
        let operator = Operator::new(&db);
        operator.bootstrap();
        operator.done(&["admin", "tenant", "set", "--seats", "5"]);
        assert!(operator.done(&["audit", "verify"]).contains("Contoso: intact, 2 entries"));
        let database = Db::connect(&db.url).await.unwrap();
        let forged = "UPDATE audit_entries SET actor = 'somebody else' WHERE seq = 2";
        database.write().execute_unprepared(forged).await.unwrap();
        let output = operator.run(&["audit", "verify"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stdout).contains("BROKEN at entry 2"));
    }

    async fn the_root_key_is_rotated_by_hand(db: TestDb) {
        let operator = Operator::new(&db);
        operator.bootstrap();
        let (file, rotate) = (operator.path("data/root.key"), &["root-key", "rotate"]);
        let before = std::fs::read(&file).unwrap();
        assert!(operator.done(rotate).contains("4 sealed values were sealed anew"), "two regions' keys");
        assert_ne!(std::fs::read(&file).unwrap(), before);
        // Of the other kind: the operator brings the next one.
        let handed_in = &["root-key", "rotate", "--root-key-file", &file];
        assert!(operator.failed(handed_in).contains("put 32 random bytes into"));
        let next = format!("{file}.next");
        std::fs::write(&next, [7; 16]).unwrap();
        std::fs::set_permissions(&next, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        assert!(operator.failed(handed_in).contains("has 16 bytes; a root key is exactly 32 bytes"));
        std::fs::write(&next, [7; 32]).unwrap();
        assert!(operator.done(handed_in).contains("Now put that key in the place of"));
        std::fs::rename(&next, &file).unwrap();
        assert!(operator.done(&["audit", "verify"]).contains("Contoso: intact"));
        // A copy of before opens no more.
        std::fs::write(&file, before).unwrap();
        assert!(operator.failed(&["audit", "verify"]).contains("is not this database's"));
    }

    async fn commands_write_the_time_of_a_portal_whose_clock_was_moved(db: TestDb) {
        let operator = Operator::new(&db);
        operator.bootstrap();
        let database = Db::connect(&db.url).await.unwrap();
        let month = 30 * 24 * 3_600 * 1_000_000_i64;
        store::portal::set_clock_offset(database.write(), month).await.unwrap();
        operator.done(&["admin", "tenant", "set", "--seats", "5"]);
        let sql = "SELECT MAX(at) - MIN(at) AS apart FROM audit_entries";
        let row = database.read().query_one_raw(sea_orm::Statement::from_string(database.read().get_database_backend(), sql)).await.unwrap().unwrap();
        let apart: i64 = row.try_get("", "apart").unwrap();
        assert!(apart >= month, "{apart}");
    }

    async fn migrate_says_what_it_did(db: TestDb) {
        let operator = Operator::new(&db);
        assert!(!operator.done(&["migrate"]).starts_with('0'));
        assert!(operator.done(&["migrate"]).starts_with('0'));
        assert!(!Path::new(&operator.path("data/root.key")).exists(), "no key is made for it");
    }

    async fn settings_are_shown_and_mistakes_named(db: TestDb) {
        let operator = Operator::new(&db);
        assert!(operator.done(&["config", "show"]).contains("environment DATABASE_URL"));
        assert!(operator.done(&["version"]).starts_with("keystead "));
        assert!(operator.failed(&["serve", "--listen", "nonsense"]).contains("the setting listen (flag) cannot be used"));
        let refused = operator.failed(&["serve", "--demo", "--public-url", "https://keys.example.org"]);
        assert!(refused.contains("dev-clock"), "{refused}");
    }
}
