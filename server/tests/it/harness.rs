//! The whole server in one process: the portal on a fresh database behind the real router, with two
//! organisations and a clock that stands still until a test moves it.

use axum::Router;
use domain::{EnvironmentId, RingId, Timestamp, UserId, roles::Role};
use server::state::{AppState, Site};
use service::{
    Caller, Clock, Portal, Settings, environments, keys,
    root_key::{RootKeyFile, RootKeys},
    setup, tables, tenants, tokens, users, worker,
};
use std::{
    sync::Arc,
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};
use store::Db;
use test_support::{TestDb, pfx};
use vault::Password;

/// Where the portal believes to be reached.
pub(crate) const PUBLIC_URL: &str = "https://keys.contoso.example";
/// Of every person.
pub(crate) const PASSWORD: &str = "correct horse battery";
/// Of every key file.
pub(crate) const FILE_PASSWORD: &str = "pässwört-日本-🔑";
/// When every test begins: 2026-11-22T09:12:00Z.
pub(crate) const START: Timestamp = Timestamp::from_secs(1_795_338_720);

/// Time as an argument: what happens "at 24 hours" happens at exactly that microsecond.
pub(crate) struct StandingClock(AtomicI64);

impl StandingClock {
    /// At the time when every test begins.
    pub(crate) fn start() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(START.0)))
    }

    /// Moves it ahead.
    pub(crate) fn wait(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// Contoso, with the regions `europe` and `us-east`; and Fabrikam, in `asia`.
pub(crate) struct House {
    pub portal: Portal,
    pub clock: Arc<StandingClock>,
    pub router: Router,
    /// Contoso's Global administrator, as the operator acts for them.
    pub admin: Caller,
    /// Fabrikam's.
    pub other: Caller,
    /// Contoso in `europe`.
    pub ring: RingId,
    /// Holds the root key.
    _folder: tempfile::TempDir,
}

impl House {
    /// Both organisations installed; the feature has been on in every region for one second.
    pub(crate) async fn new(db: &TestDb) -> Self {
        let clock = StandingClock::start();
        let (portal, folder) = portal(&db.url, clock.clone()).await;
        let contoso = form("Contoso", &["europe", "us-east"], "ada@contoso.example");
        let ada = setup::install(&portal, contoso).await.unwrap();
        let fabrikam = form("Fabrikam", &["asia"], "bob@fabrikam.example");
        let bob = tenants::add(&portal, fabrikam).await.unwrap();
        let admin = setup::operator(&portal, ada).await.unwrap();
        let other = setup::operator(&portal, bob).await.unwrap();
        let ring = RingId(keys::rings(&portal, &admin).await.unwrap()[0].id);
        let site = Site {
            public_url: PUBLIC_URL.to_owned(),
            secure: true,
            dev_clock: false,
            trusted_proxies: Vec::new(),
            setup_code_file: None,
        };
        let router = server::router::build(AppState { portal: portal.clone(), site: Arc::new(site) });
        let house = Self { portal, clock, router, admin, other, ring, _folder: folder };
        house.wait(1);
        house
    }

    /// Moves the clock ahead.
    pub(crate) fn wait(&self, seconds: i64) {
        self.clock.wait(seconds);
    }

    /// Sets the clock.
    pub(crate) fn set(&self, at: Timestamp) {
        self.clock.0.store(at.0, Ordering::SeqCst);
    }

    /// Runs every open job to its end.
    pub(crate) async fn drain(&self) {
        worker::drain(&self.portal).await.unwrap();
    }

    /// Somebody new in the organisation of `like`.
    pub(crate) async fn user(&self, like: &Caller, email: &str, roles: Vec<Role>) -> UserId {
        let password = Password::new(PASSWORD.to_owned());
        let form = users::NewUser { name: email.to_owned(), email: email.to_owned(), password, roles };
        users::add(&self.portal, like, form).await.unwrap()
    }

    /// A token of that person, good for a day.
    pub(crate) async fn token(&self, user: UserId) -> String {
        let operator = setup::operator(&self.portal, user).await.unwrap();
        let form = tokens::NewToken { name: "tests".to_owned(), days: 1 };
        tokens::add(&self.portal, &operator, form).await.unwrap().secret.to_string()
    }

    /// A new environment of Contoso in `europe`.
    pub(crate) async fn environment(&self, name: &str, kind: &str) -> EnvironmentId {
        let (name, kind, region) = (name.to_owned(), kind.to_owned(), "europe".to_owned());
        let form = environments::NewEnvironment { name, kind, region };
        environments::create(&self.portal, &self.admin, form).await.unwrap()
    }

    /// A table with these columns.
    pub(crate) async fn table(
        &self,
        environment: EnvironmentId,
        name: &str,
        columns: &[(&str, &str)],
    ) -> domain::TableId {
        let column = |&(name, holds): &(&str, &str)| tables::NewColumn {
            name: name.to_owned(),
            holds: holds.to_owned(),
            options: Vec::new(),
            required: false,
        };
        let columns = columns.iter().map(column).collect();
        tables::create(&self.portal, &self.admin, environment, name.to_owned(), columns).await.unwrap()
    }

    /// Uploads a key of this name to `europe` and waits until it is what it becomes.
    pub(crate) async fn key(&self, name: &str) -> domain::KeyId {
        let form = keys::Upload {
            name: name.to_owned(),
            file: pfx::modern(name, FILE_PASSWORD).unwrap(),
            password: Password::new(FILE_PASSWORD.to_owned()),
            risk_acknowledged: true,
        };
        let uploaded = keys::upload(&self.portal, &self.admin, self.ring, form).await.unwrap();
        self.drain().await;
        uploaded.id
    }
}

fn form(tenant: &str, regions: &[&str], email: &str) -> setup::Install {
    setup::Install {
        tenant: tenant.to_owned(),
        regions: regions.iter().map(|&region| region.to_owned()).collect(),
        name: "Global Administrator".to_owned(),
        email: email.to_owned(),
        password: Password::new(PASSWORD.to_owned()),
        enable: Some(setup::Eligibility { seats: 1001, threshold: 1000 }),
    }
}

/// A portal on a fresh database that nobody has set up, and the folder of its root key.
pub(crate) async fn portal(url: &str, clock: Arc<StandingClock>) -> (Portal, tempfile::TempDir) {
    use migrations::MigratorTrait as _;
    let db = Db::connect(url).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    migrations::Migrator::up(db.write(), None).await.unwrap();
    let roots = RootKeys::open(&db, RootKeyFile::own(folder.path().join("root.key"))).await.unwrap();
    // Small batches: exports and jobs take several.
    let settings = Settings {
        public_url: PUBLIC_URL.to_owned(),
        lease: Duration::from_secs(10),
        batch: 7,
        ..Settings::default()
    };
    (Portal::new(db, clock, roots, settings), folder)
}
