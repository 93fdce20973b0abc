//! A portal in process with one tenant, five administrators, two regions and a clock that can be moved.

use domain::{EnvironmentId, KeyId, RingId, RowId, TableId, UserId, cells::Cell, roles::Role};
use service::{
    Caller, OffsetClock, Portal, ServiceError, Settings, Via, environments, imports, keys,
    root_key::{RootKeyFile, RootKeys},
    rows, setup, tables, worker,
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use store::Db;
use test_support::{TestDb, pfx};
use vault::Password;

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const FILE_PASSWORD: &str = "pässwört-日本-🔑";

pub(crate) struct House {
    pub portal: Portal,
    pub clock: Arc<OffsetClock>,
    pub admin: Caller,
    pub ring: RingId,
    pub root: PathBuf,
    /// Where the root key's file lies, while the house that made it stands.
    _folder: Option<tempfile::TempDir>,
}

impl House {
    /// Installed, the feature on since just now.
    pub(crate) async fn new(db: &TestDb) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root.key");
        let clock = Arc::new(OffsetClock::default());
        let portal = portal(&db.url, &root, clock.clone(), true).await;
        let form = setup::Install {
            tenant: "Contoso".to_owned(),
            regions: vec!["europe".to_owned(), "us-east".to_owned()],
            name: "Ada Admin".to_owned(),
            email: "ada@contoso.example".to_owned(),
            password: Password::new(PASSWORD.to_owned()),
            enable: Some(setup::Eligibility { seats: 1001, threshold: 1000 }),
        };
        let user = setup::install(&portal, form).await.unwrap();
        for n in 2..=5 {
            add_user(&portal, user, &format!("admin-{n}"), Role::ServiceAdministrator).await;
        }
        add_user(&portal, user, "auditor", Role::Auditor).await;
        let admin = caller(&portal, user).await;
        let ring = keys::rings(&portal, &admin).await.unwrap()[0].id;
        let house = Self { portal, clock, admin, ring: RingId(ring), root, _folder: Some(folder) };
        house.wait(1);
        service::risk::acknowledge(&house.portal, &house.admin).await.unwrap();
        house
    }

    /// The house as another process finds it: the root key, the database, a clock that is ahead.
    pub(crate) async fn open(url: &str, root: PathBuf, ahead_seconds: i64) -> Self {
        let clock = Arc::new(OffsetClock::default());
        clock.set(ahead_seconds * 1_000_000);
        let portal = portal(url, &root, clock.clone(), false).await;
        let user = store::users::by_email(portal.db().read(), "ada@contoso.example").await.unwrap().unwrap();
        let admin = caller(&portal, UserId(user.id)).await;
        let ring = RingId(keys::rings(&portal, &admin).await.unwrap()[0].id);
        Self { portal, clock, admin, ring, root, _folder: None }
    }

    /// Ends every connection, so that the database can be copied.
    pub(crate) async fn close(self) {
        let db = self.portal.db();
        db.write().close_by_ref().await.unwrap();
        db.read().close_by_ref().await.unwrap();
    }

    /// Another process on the same database: nothing in memory but the root key, from the same file.
    pub(crate) async fn neighbour(&self, db: &TestDb) -> Portal {
        portal(&db.url, &self.root, self.clock.clone(), false).await
    }

    pub(crate) fn wait(&self, seconds: i64) {
        self.clock.set(self.clock.offset() + seconds * 1_000_000);
    }

    pub(crate) async fn environment(&self, name: &str, kind: &str) -> EnvironmentId {
        let form = environments::NewEnvironment {
            name: name.to_owned(),
            kind: kind.to_owned(),
            region: "europe".to_owned(),
        };
        environments::create(&self.portal, &self.admin, form).await.unwrap()
    }

    pub(crate) async fn table(&self, environment: EnvironmentId) -> TableId {
        let column = |name: &str, holds: &str| tables::NewColumn {
            name: name.to_owned(),
            holds: holds.to_owned(),
            options: Vec::new(),
            required: false,
        };
        let columns =
            vec![column("Name", "text"), column("Salary", "decimal"), column("Age", "whole_number")];
        tables::create(&self.portal, &self.admin, environment, "People".to_owned(), columns).await.unwrap()
    }

    /// Imports `count` rows `person-secret-<n>` through a CSV file and waits for the job.
    pub(crate) async fn import(&self, table: TableId, count: usize) {
        let mut upload = imports::begin(&self.portal, &self.admin, table).await.unwrap();
        upload.push(b"Name,Salary,Age\r\n").await.unwrap();
        for n in 0..count {
            upload.push(format!("person-secret-{n},{n}.50,{}\r\n", n % 90).as_bytes()).await.unwrap();
        }
        upload.finish().await.unwrap();
        self.drain().await;
    }

    pub(crate) async fn upload(&self, name: &str) -> Result<keys::Uploaded, ServiceError> {
        let file = pfx::modern(name, FILE_PASSWORD).unwrap();
        self.upload_file(name, file, FILE_PASSWORD).await
    }

    pub(crate) async fn upload_file(
        &self,
        name: &str,
        file: Vec<u8>,
        password: &str,
    ) -> Result<keys::Uploaded, ServiceError> {
        let form = keys::Upload {
            name: name.to_owned(),
            file,
            password: Password::new(password.to_owned()),
            risk_acknowledged: false,
        };
        keys::upload(&self.portal, &self.admin, self.ring, form).await
    }

    pub(crate) async fn activate(&self, key: KeyId) -> Result<(), ServiceError> {
        keys::activate(&self.portal, &self.admin, key, true, false).await.map(|_| ())
    }

    pub(crate) async fn apply(&self, id: EnvironmentId) -> Result<(), ServiceError> {
        environments::apply(&self.portal, &self.admin, id, true, false).await.map(|_| ())
    }

    pub(crate) async fn give_back(&self, id: EnvironmentId, typed: &str) -> Result<(), ServiceError> {
        let typed = typed.to_owned();
        environments::give_back(&self.portal, &self.admin, id, typed, true, false).await.map(|_| ())
    }

    pub(crate) async fn drain(&self) {
        worker::drain(&self.portal).await.unwrap();
    }

    /// Every row of a table, in order.
    pub(crate) async fn all_rows(
        &self,
        portal: &Portal,
        table: TableId,
    ) -> Result<Vec<Vec<Cell>>, ServiceError> {
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let (_, page) = rows::page(portal, &self.admin, table, after, 1_000).await?;
            for row in page.items {
                all.push(row.whole()?.cells);
            }
            match page.next {
                Some(cursor) => after = Some(RowId(cursor.id)),
                None => return Ok(all),
            }
        }
    }
}

async fn portal(url: &str, root: &Path, clock: Arc<OffsetClock>, fresh: bool) -> Portal {
    let db = Db::connect(url).await.unwrap();
    if fresh {
        use migrations::MigratorTrait;
        migrations::Migrator::up(db.write(), None).await.unwrap();
    }
    let roots = RootKeys::open(&db, RootKeyFile::own(root.to_owned())).await.unwrap();
    // Small batches: more places to stop at.
    let settings = Settings { lease: Duration::from_secs(10), batch: 700, ..Settings::default() };
    Portal::new(db, clock, roots, settings)
}

/// A signed-in person; sessions are told apart by a made-up id.
pub(crate) async fn caller(portal: &Portal, user: UserId) -> Caller {
    let row = store::users::get(portal.db().read(), user).await.unwrap().unwrap();
    let roles = store::users::roles(portal.db().read(), user).await.unwrap();
    Caller::new(&row, roles, Via::Session([7; 32]), Some("192.0.2.7".to_owned()), "test".to_owned())
}

pub(crate) async fn add_user(portal: &Portal, like: UserId, name: &str, role: Role) -> UserId {
    let db = portal.db().write();
    let mut row = store::users::get(db, like).await.unwrap().unwrap();
    row.id = uuid::Uuid::from_bytes(vault::random::bytes());
    row.email = format!("{name}@contoso.example");
    row.email_canonical = row.email.clone();
    row.name = name.to_owned();
    let id = UserId(row.id);
    store::users::insert(db, row).await.unwrap();
    store::users::add_role(db, id, role).await.unwrap();
    id
}

/// The code of a refusal; anything else is a failed test.
pub(crate) fn code<T>(result: Result<T, ServiceError>) -> &'static str {
    match result {
        Ok(_) => "allowed",
        Err(ServiceError::Refused(refusal)) => refusal.code.as_str(),
        Err(ServiceError::Internal(error)) => panic!("{error:?}"),
    }
}
