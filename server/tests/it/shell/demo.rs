//! `--demo`: what it promises, through the same reads as the pages.

use domain::{TenantId, environments::EnvironmentState, keys::KeyState, roles::Role};
use server::{
    config::{Config, Flags, Sources},
    open::open,
};
use service::{Clock as _, audit, demo, environments, keys, messages, rows, tables, tenants, users};
use store::environments::{Filter, Sort};
use test_support::{TestDb, both_databases};

both_databases! {
    async fn a_believable_organisation(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let flags = Flags {
            data_dir: Some(folder.path().display().to_string()),
            database_url: Some(db.url.clone()),
            dev_clock: Some("true".to_owned()),
            ..Flags::default()
        };
        let resolved = Sources { flags: &flags, environment: &|_| None, file: None }.resolve().unwrap();
        let opened = open(&Config::new(&resolved).unwrap()).await.unwrap();
        let (portal, clock) = (&opened.portal, opened.dev_clock.as_deref().unwrap());
        assert!(demo::seed(portal, clock).await.unwrap());
        assert!(!demo::seed(portal, clock).await.unwrap(), "once");
        assert_eq!(clock.offset(), 0, "the present is the present again");

        let tenant = tenants::find(portal, None).await.unwrap();
        let caller = tenants::operator(portal, TenantId(tenant.id)).await.unwrap();
        let people = users::list(portal, &caller).await.unwrap();
        let administrators = people.iter().filter(|user| user.roles.iter().any(Role::is_administrator));
        assert_eq!((people.len(), administrators.count()), (7, 6));
        let rings = keys::rings(portal, &caller).await.unwrap();
        assert_eq!(rings.len(), 3);

        let listed = environments::list(portal, &caller, Filter::default(), Sort::Name, None, 100).await.unwrap();
        assert_eq!(listed.items.len(), 14);
        let own: Vec<_> = listed.items.iter().filter(|e| e.environment.state == EnvironmentState::SelfManaged).collect();
        assert_eq!(own.len(), 1);
        assert_eq!(own[0].key_name.as_deref(), Some("harbour-2026"));
        let kinds: std::collections::HashSet<_> = listed.items.iter().map(|e| e.environment.kind).collect();
        assert_eq!(kinds.len(), domain::environments::EnvironmentType::ALL.len(), "every type");
        for one in &listed.items {
            for table in tables::list(portal, &caller, one.environment.id).await.unwrap() {
                assert!((150..=500).contains(&table.row_count), "{} {}", one.environment.name, table.row_count);
                let (_, page) = rows::page(portal, &caller, table.id, None, 3).await.unwrap();
                assert_eq!(page.items.len(), 3);
                assert!(page.items.iter().all(|row| row.cells.is_some()), "rows open");
            }
        }

        let europe = rings.iter().find(|ring| ring.region == "europe").unwrap();
        let overview = keys::overview(portal, &caller, domain::RingId(europe.id)).await.unwrap();
        let states: Vec<_> = overview.keys.iter().map(|listed| listed.key.state).collect();
        assert_eq!(states.iter().filter(|state| matches!(state, KeyState::Active { .. })).count(), 1);
        let next = overview.keys.iter().find(|listed| listed.key.state == KeyState::Available).unwrap();
        assert!(next.activate.is_ok(), "the next key can be tried at once: {:?}", next.activate);
        assert!(!messages::list(portal, &caller, None, 10).await.unwrap().items.is_empty());
        let verdict = audit::verify(portal.db(), caller.tenant()).await.unwrap();
        assert!(matches!(verdict, audit::Verdict::Intact { .. }), "{verdict:?}");
        assert!(listed.items.iter().all(|e| e.environment.created_at < clock.now()));
    }
}
