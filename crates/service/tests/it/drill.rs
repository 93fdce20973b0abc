//! A journey is lived through by a child process that aborts at a kill point, and by another one that carries on from the
//! database: what both leave must be what one would have.

use crate::house::{FILE_PASSWORD, House};
use service::{
    audit::{self, Verdict},
    outbox::{Smtp, SmtpSettings, Tls},
};
use std::{fs, future::Future, path::Path, process::Command};
use tempfile::TempDir;
use test_support::{
    Kind, TestDb, pfx,
    smtp::{Security, Sink},
};

/// Where to stop, and how often the place is passed before it is the one.
pub(crate) type Plugs = &'static [(&'static str, &'static [u32])];

/// How far ahead of the portal's clock the first process is, in seconds.
pub(crate) const AT_FIRST: i64 = 10;
/// How far the clock is when all is looked at: every session and lease is over.
const AFTERWARDS: i64 = 200 * 3_600;

pub(crate) struct Drill {
    /// The test that is the child.
    pub child: &'static str,
    pub plugs: Plugs,
    /// How far ahead the two processes are, in seconds: at the second, every lease of the first has run out, even those
    /// it took after waiting.
    pub ahead: [i64; 2],
}

/// What all of a drill's crashes begin with: made once, copied for each.
struct Start<T> {
    db: TestDb,
    root: TempDir,
    /// The key files `first` and `second`.
    files: TempDir,
    /// In microseconds.
    clock: i64,
    facts: T,
}

impl Drill {
    /// Pulls each plug; every one must be reached. `before` makes the portal, `after` looks at what became of it.
    pub(crate) fn every_plug<T>(
        &self,
        kind: Kind,
        before: impl AsyncFnOnce(&House, &Path) -> T,
        after: impl AsyncFn(&House, &T, &Sink, &str),
    ) {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let start = Start::new(kind, before).await;
            let (mut tried, mut never) = (0, Vec::new());
            for (place, occurrences) in self.plugs {
                for occurrence in *occurrences {
                    tried += 1;
                    let at = format!("{place}:{occurrence}");
                    if !self.pull_the_plug(&start, &at, &after).await {
                        never.push(at);
                    }
                }
            }
            let reached = tried - never.len();
            println!(
                "{kind:?}: {reached} of {tried} crashes, at {} places; not reached: {never:?}",
                self.plugs.len()
            );
            assert!(never.is_empty(), "places that the journey does not pass: {never:?}");
        });
    }

    /// Whether the place was reached.
    async fn pull_the_plug<T>(
        &self,
        start: &Start<T>,
        at: &str,
        after: &impl AsyncFn(&House, &T, &Sink, &str),
    ) -> bool {
        let (db, folder) = (start.db.copy().await.unwrap(), tempfile::tempdir().unwrap());
        let root = folder.path().join("root.key");
        fs::copy(start.root.path().join("root.key"), &root).unwrap();
        let sink = Sink::start(Security::Plain).await.unwrap();
        let run = |place: Option<&str>, ahead: i64| {
            let mut command = Command::new(std::env::current_exe().unwrap());
            command
                .args(["--exact", self.child, "--quiet"])
                .env("KEYSTEAD_TEST_URL", &db.url)
                .env("KEYSTEAD_TEST_ROOT", &root)
                .env("KEYSTEAD_TEST_SMTP", sink.address().port().to_string())
                .env("KEYSTEAD_TEST_FILES", start.files.path())
                .env("KEYSTEAD_TEST_AHEAD", (start.clock / 1_000_000 + ahead).to_string());
            if let Some(place) = place {
                command.env("KEYSTEAD_KILL_AT", place);
            }
            command.output().unwrap()
        };
        let reached = !run(Some(at), self.ahead[0]).status.success();
        let next = run(None, self.ahead[1]);
        let said = [next.stdout, next.stderr].concat();
        assert!(
            next.status.success(),
            "{at}: the next process did not finish:\n{}",
            String::from_utf8_lossy(&said)
        );

        let house = House::open(&db.url, root, start.clock / 1_000_000 + AFTERWARDS).await;
        nothing_is_left_open(&house, at).await;
        after(&house, &start.facts, &sink, at).await;
        house.close().await;
        db.remove().await.unwrap();
        reached
    }
}

impl<T> Start<T> {
    async fn new(kind: Kind, before: impl AsyncFnOnce(&House, &Path) -> T) -> Self {
        let (db, root, files) =
            (TestDb::create(kind).await.unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for name in ["first", "second"] {
            fs::write(files.path().join(name), pfx::modern(name, FILE_PASSWORD).unwrap()).unwrap();
        }
        let house = House::new(&db).await;
        let facts = before(&house, files.path()).await;
        fs::copy(&house.root, root.path().join("root.key")).unwrap();
        let clock = house.clock.offset();
        house.close().await;
        Self { db, root, files, clock, facts }
    }
}

/// Whatever the journey: no job is open, and the audit trail is whole.
async fn nothing_is_left_open(house: &House, at: &str) {
    let open = store::operations::Filter { open_only: true, ..Default::default() };
    let open = service::operations::list(&house.portal, &house.admin, open, None, 10).await.unwrap();
    assert!(open.items.is_empty(), "{at}: jobs left open");
    let verdict = audit::verify(house.portal.db(), house.admin.tenant()).await.unwrap();
    assert!(matches!(verdict, Verdict::Intact { .. }), "{at}: {verdict:?}");
}

/// Runs a journey on the database that the parent's variables name, if there is a parent.
pub(crate) fn in_child<F: Future<Output = ()>>(journey: impl FnOnce(House, Smtp) -> F) {
    let Ok(url) = std::env::var("KEYSTEAD_TEST_URL") else { return };
    let root = std::env::var_os("KEYSTEAD_TEST_ROOT").unwrap().into();
    let number = |name| std::env::var(name).unwrap().parse::<i64>().unwrap();
    let port = u16::try_from(number("KEYSTEAD_TEST_SMTP")).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let house = House::open(&url, root, number("KEYSTEAD_TEST_AHEAD")).await;
        journey(house, smtp(port)).await;
    });
}

/// The content of a key file, in the child.
pub(crate) fn file(name: &str) -> Vec<u8> {
    fs::read(Path::new(&std::env::var("KEYSTEAD_TEST_FILES").unwrap()).join(name)).unwrap()
}

fn smtp(port: u16) -> Smtp {
    Smtp::new(SmtpSettings {
        host: "localhost".to_owned(),
        port,
        tls: Tls::None,
        login: None,
        from: "keys@contoso.example".to_owned(),
        ca_pem: None,
    })
    .unwrap()
}
