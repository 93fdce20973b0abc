//! `keystead serve --demo`: a believable organisation on a fresh database, through the same use cases
//! that people use. Its history is told with the settable clock, so audit trail, mails and waits fit.

mod content;
mod rows;

use crate::{
    Caller, OffsetClock, Portal, ServiceResult, Via, environments, fresh, keys, risk, setup, tables, tenants,
    users, worker,
};
use content::{ENVIRONMENTS, PEOPLE, Planned};
use domain::{EnvironmentId, RingId, TenantId, UserId, roles::Role};
use std::collections::BTreeMap;
use vault::{Kek, Password, pfx};

pub use content::ACCOUNTS;

/// The password of everybody in the demo. Anybody can know it: a demo is never exposed.
pub const PASSWORD: &str = "keystead-demo-2026";

const DAY: i64 = 86_400_000_000;

/// Fills a fresh portal; `false` and nothing done when it is set up already. Nothing else may run on
/// the portal meanwhile: the clock is moved to the past and back.
pub async fn seed(portal: &Portal, clock: &OffsetClock) -> ServiceResult<bool> {
    if setup::installed(portal.db()).await? {
        return Ok(false);
    }
    let offset = clock.offset();
    let outcome =
        Story { portal, clock, offset, people: BTreeMap::new(), made: BTreeMap::new() }.tell().await;
    clock.set(offset);
    outcome.map(|()| true)
}

struct Story<'a> {
    portal: &'a Portal,
    clock: &'a OffsetClock,
    offset: i64,
    people: BTreeMap<&'static str, UserId>,
    made: BTreeMap<&'static str, EnvironmentId>,
}

impl Story<'_> {
    async fn tell(mut self) -> ServiceResult<()> {
        self.days_ago(60);
        self.install().await?;
        self.environments(60, 50).await?;
        self.days_ago(50);
        self.enable().await?;
        self.environments(50, 0).await?;
        self.assign_environments().await?;
        self.days_ago(16);
        self.key("harbour-2026").await?;
        self.days_ago(15);
        self.apply("Freight Production").await?;
        self.days_ago(2);
        self.key("harbour-2027").await
    }

    /// Every use case takes some milliseconds of this clock too: nothing happens at the same moment.
    fn days_ago(&self, days: i64) {
        self.clock.set(self.offset - days * DAY);
    }

    async fn install(&mut self) -> ServiceResult<()> {
        let first = &PEOPLE[0];
        let form = setup::Install {
            tenant: content::TENANT.to_owned(),
            regions: content::REGIONS.map(str::to_owned).to_vec(),
            name: first.name.to_owned(),
            email: first.email(),
            password: password(),
            enable: None,
        };
        self.people.insert(first.key, setup::install(self.portal, form).await?);
        let caller = self.person("ada").await?;
        for person in &PEOPLE[1..] {
            let roles = person.role.into_iter().collect();
            let form = users::NewUser {
                name: person.name.to_owned(),
                email: person.email(),
                password: password(),
                roles,
            };
            self.people.insert(person.key, users::add(self.portal, &caller, form).await?);
        }
        Ok(())
    }

    /// A caller as if that person were signed in.
    async fn person(&self, key: &'static str) -> ServiceResult<Caller> {
        let db = self.portal.db().read();
        let id = self.people.get(key).copied().ok_or_else(|| anyhow::anyhow!("nobody is called {key}"))?;
        let user = store::users::get(db, id).await?.ok_or_else(|| anyhow::anyhow!("{key} is gone"))?;
        let roles = store::users::roles(db, id).await?;
        let request = fresh::id(self.portal.clock().now()).to_string();
        let address = Some("192.0.2.40".to_owned());
        Ok(Caller::new(&user, roles, Via::Session(vault::random::bytes()), address, request))
    }

    /// The operator turns the feature on, in all regions but the last.
    async fn enable(&self) -> ServiceResult<()> {
        let tenant: TenantId = self.person("ada").await?.tenant();
        let operator = tenants::operator(self.portal, tenant).await?;
        let change =
            tenants::Change { seats: Some(4_200), threshold: None, opted_in: Some(true), two_person: None };
        tenants::set(self.portal, &operator, change).await?;
        for region in &content::REGIONS[..2] {
            tenants::set_feature(self.portal, &operator, (*region).to_owned(), true).await?;
        }
        Ok(())
    }

    /// Those that were made up to `from` days ago, and less than `to`.
    async fn environments(&mut self, from: i64, to: i64) -> ServiceResult<()> {
        for planned in ENVIRONMENTS.iter().filter(|e| e.days_ago <= from && e.days_ago > to) {
            self.days_ago(planned.days_ago);
            self.environment(planned).await?;
        }
        Ok(())
    }

    async fn environment(&mut self, planned: &'static Planned) -> ServiceResult<()> {
        let caller = self.person("chiara").await?;
        let form = environments::NewEnvironment {
            name: planned.name.to_owned(),
            kind: planned.kind.to_owned(),
            region: planned.region.to_owned(),
        };
        let id = environments::create(self.portal, &caller, form).await?;
        self.made.insert(planned.name, id);
        for (table, count) in planned.tables {
            let columns = rows::columns(table);
            let table_id = tables::create(self.portal, &caller, id, table.name.to_owned(), columns).await?;
            let cells = rows::make(table, *count, planned.name, self.portal.clock().now());
            crate::rows::insert(self.portal, &caller, table_id, cells).await?;
        }
        Ok(())
    }

    /// Two people look after one environment each (PP-038).
    async fn assign_environments(&self) -> ServiceResult<()> {
        self.days_ago(18);
        let caller = self.person("ada").await?;
        for (key, name) in [("emi", "Freight Production"), ("farid", "Customs Sandbox")] {
            let environment = self.made.get(name).ok_or_else(|| anyhow::anyhow!("{name} was not made"))?;
            let user = self.people.get(key).ok_or_else(|| anyhow::anyhow!("nobody is called {key}"))?;
            users::add_role(self.portal, &caller, *user, Role::SystemAdministrator(*environment)).await?;
        }
        Ok(())
    }

    /// A key file as an administrator would bring it; the first one activates itself (PP-070).
    async fn key(&self, name: &str) -> ServiceResult<()> {
        let caller = self.person("chiara").await?;
        risk::acknowledge(self.portal, &caller).await?;
        let ring =
            store::rings::by_region(self.portal.db().read(), caller.tenant(), content::REGIONS[0]).await?;
        let ring = ring.ok_or_else(|| anyhow::anyhow!("the first region is gone"))?;
        let label = name.to_owned();
        let now = self.portal.clock().now().since_epoch();
        let file = tokio::task::spawn_blocking(move || {
            Kek::generate()
                .map(|kek| pfx::write(&kek, &label, &Password::new("file password".to_owned()), now))
        });
        let form = keys::Upload {
            name: name.to_owned(),
            file: file.await.map_err(|error| anyhow::anyhow!(error))??,
            password: Password::new("file password".to_owned()),
            risk_acknowledged: false,
        };
        keys::upload(self.portal, &caller, RingId(ring.id), form).await?;
        worker::drain(self.portal).await
    }

    async fn apply(&self, name: &str) -> ServiceResult<()> {
        let caller = self.person("chiara").await?;
        risk::acknowledge(self.portal, &caller).await?;
        let id = self.made.get(name).copied().ok_or_else(|| anyhow::anyhow!("{name} was not made"))?;
        environments::apply(self.portal, &caller, id, true, false).await?;
        worker::drain(self.portal).await
    }
}

fn password() -> Password {
    Password::new(PASSWORD.to_owned())
}
