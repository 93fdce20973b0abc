//! A portal with one tenant, an active key and as many environments as wanted.

use domain::{
    EnvironmentId, RingId, RingKeyId, TableId, UserId,
    environments::{EnvironmentState, EnvironmentType, Storage},
};
use service::{
    Caller, OffsetClock, Portal, Settings, Via, keys,
    root_key::{RootKeyFile, RootKeys},
    rows, setup, tables, worker,
};
use std::{path::Path, sync::Arc};
use store::{ConnectionTrait, Db, data_keys::DataKeyRow, environments::Environment};
use test_support::{Kind, TestDb, pfx};
use vault::{DataKey, DataKeyPlace, Password};

pub(crate) const PASSWORD: &str = "correct horse battery staple";

pub(crate) struct House {
    pub portal: Portal,
    pub clock: Arc<OffsetClock>,
    pub caller: Caller,
    pub ring: RingId,
    db: TestDb,
    folder: tempfile::TempDir,
}

impl House {
    pub(crate) async fn new(kind: Kind) -> anyhow::Result<Self> {
        let db = TestDb::create(kind).await?;
        let connected = Db::connect(&db.url).await?;
        use migrations::MigratorTrait;
        migrations::Migrator::up(connected.write(), None).await?;
        let folder = tempfile::tempdir()?;
        let roots = RootKeys::open(&connected, RootKeyFile::own(folder.path().join("root.key"))).await?;
        let clock = Arc::new(OffsetClock::default());
        let portal = Portal::new(connected, clock.clone(), roots, Settings::default());
        let install = setup::Install {
            tenant: "Contoso".to_owned(),
            regions: vec!["europe".to_owned()],
            name: "Ada".to_owned(),
            email: "ada@contoso.example".to_owned(),
            password: Password::new(PASSWORD.to_owned()),
            enable: Some(setup::Eligibility { seats: 5_000, threshold: 1_000 }),
        };
        let user = setup::install(&portal, install).await?;
        let caller = caller(&portal, user).await?;
        let ring = keys::rings(&portal, &caller).await?.first().map(|ring| RingId(ring.id));
        let ring = ring.ok_or_else(|| anyhow::anyhow!("no ring"))?;
        service::risk::acknowledge(&portal, &caller).await?;
        Ok(Self { portal, clock, caller, ring, db, folder })
    }

    /// The database, for a server of its own.
    pub(crate) fn url(&self) -> &str {
        &self.db.url
    }

    /// Holds the root key; for a server's data.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Uploads a key; the first activates itself, later ones are activated after 24 hours.
    pub(crate) async fn upload(&self, name: &str) -> anyhow::Result<domain::KeyId> {
        let form = keys::Upload {
            name: name.to_owned(),
            file: pfx::modern(name, PASSWORD)?,
            password: Password::new(PASSWORD.to_owned()),
            risk_acknowledged: false,
        };
        Ok(keys::upload(&self.portal, &self.caller, self.ring, form).await?.id)
    }

    pub(crate) async fn drain(&self) -> anyhow::Result<()> {
        Ok(worker::drain(&self.portal).await?)
    }

    pub(crate) fn wait_a_day(&self) {
        self.clock.set(self.clock.offset() + 86_401 * 1_000_000);
    }

    /// Adds `count` self-managed environments under the active key, in bulk.
    pub(crate) async fn self_managed(&self, count: usize) -> anyhow::Result<Vec<EnvironmentId>> {
        let db = self.portal.db();
        let ring = store::rings::get(db.read(), self.caller.tenant(), self.ring).await?;
        let id = ring.and_then(|ring| ring.active_ring_key).map(RingKeyId);
        let id = id.ok_or_else(|| anyhow::anyhow!("no active ring key"))?;
        let ring_key = self.portal.keyring().ring_key(db.read(), id).await?;
        let now = self.portal.clock().now();
        let mut ids = Vec::with_capacity(count);
        let tx = db.begin().await?;
        for n in 0..count {
            let environment = EnvironmentId(uuid::Uuid::from_bytes(vault::random::bytes()));
            let row = Environment {
                id: environment,
                tenant_id: self.caller.tenant(),
                ring_id: self.ring,
                name: format!("Environment {n:06}"),
                kind: EnvironmentType::Production,
                storage: Storage::AzureSql,
                state: EnvironmentState::SelfManaged,
                state_since: now,
                generation: 1,
                error: None,
                created_at: now,
                created_by: self.caller.user(),
                replaced_by: None,
            };
            store::environments::insert(&tx, &row).await?;
            let place = DataKeyPlace { owner: *environment.0.as_bytes(), generation: 1 };
            let wrapped = ring_key.wrap(&DataKey::generate(), &place);
            let key = DataKeyRow { owner: environment.0, generation: 1, ring_key: id, wrapped };
            store::data_keys::insert(&tx, key).await?;
            ids.push(environment);
        }
        tx.commit().await?;
        db.write().execute_unprepared("ANALYZE").await?;
        Ok(ids)
    }

    /// A table with three columns and `count` rows.
    pub(crate) async fn table(&self, environment: EnvironmentId, count: usize) -> anyhow::Result<TableId> {
        let table = self.table_called(environment, "Rows").await?;
        self.fill(table, count).await?;
        Ok(table)
    }

    /// An empty table.
    pub(crate) async fn table_called(
        &self,
        environment: EnvironmentId,
        name: &str,
    ) -> anyhow::Result<TableId> {
        let column = |name: &str, holds: &str| tables::NewColumn {
            name: name.to_owned(),
            holds: holds.to_owned(),
            options: Vec::new(),
            required: false,
        };
        let columns =
            vec![column("Name", "text"), column("Amount", "decimal"), column("Count", "whole_number")];
        Ok(tables::create(&self.portal, &self.caller, environment, name.to_owned(), columns).await?)
    }

    /// Adds `count` rows.
    pub(crate) async fn fill(&self, table: TableId, count: usize) -> anyhow::Result<()> {
        for begin in (0..count).step_by(rows::MAX_BATCH) {
            let batch = cells(rows::MAX_BATCH.min(count - begin));
            rows::insert(&self.portal, &self.caller, table, batch).await?;
        }
        Ok(())
    }

    /// With an active key, its one self-managed environment.
    pub(crate) async fn self_managed_first(&self) -> anyhow::Result<EnvironmentId> {
        self.upload("first").await?;
        self.drain().await?;
        let made = self.self_managed(1).await?;
        made.first().copied().ok_or_else(|| anyhow::anyhow!("no environment"))
    }
}

/// Rows of about 160 bytes.
pub(crate) fn cells(count: usize) -> Vec<Vec<domain::cells::Cell>> {
    use domain::cells::Cell;
    (0..count)
        .map(|n| {
            let name = format!(
                "A customer with a name of ordinary length, number {n:08}, and a line of address behind it"
            );
            vec![Cell::Text(name), Cell::Text(format!("{n}.25")), Cell::WholeNumber(n as i64)]
        })
        .collect()
}

async fn caller(portal: &Portal, user: UserId) -> anyhow::Result<Caller> {
    let row = store::users::get(portal.db().read(), user).await?;
    let row = row.ok_or_else(|| anyhow::anyhow!("no user"))?;
    let roles = store::users::roles(portal.db().read(), user).await?;
    Ok(Caller::new(&row, roles, Via::Session([1; 32]), None, "bench".to_owned()))
}
