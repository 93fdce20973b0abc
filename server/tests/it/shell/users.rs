//! People and roles: who may be changed, and who must stay.

use super::browser::Browser;
use crate::harness::House;
use domain::{Code, EnvironmentId, Refusal, roles::Role};
use service::{ServiceResult, tenants, users};
use test_support::{TestDb, both_databases};

#[track_caller]
fn refused<T>(outcome: ServiceResult<T>) -> Refusal {
    match outcome {
        Ok(_) => panic!("it was not refused"),
        Err(error) => error.refusal().expect("a refusal, not an outage").clone(),
    }
}

both_databases! {
    async fn the_last_global_administrator_stays(db: TestDb) {
        let house = House::new(&db).await;
        let (portal, admin) = (&house.portal, &house.admin);
        let ada = admin.user();
        assert_eq!(refused(users::remove_role(portal, admin, ada, Role::GlobalAdministrator).await).code, Code::Conflict);
        assert_eq!(refused(users::disable(portal, admin, ada).await).code, Code::Conflict);
        let bob = house.user(admin, "bob2@contoso.example", vec![Role::GlobalAdministrator]).await;
        users::disable(portal, admin, ada).await.unwrap();
        assert_eq!(refused(users::remove_role(portal, admin, bob, Role::GlobalAdministrator).await).code, Code::Conflict);
        users::enable(portal, admin, ada).await.unwrap();
        users::remove_role(portal, admin, bob, Role::GlobalAdministrator).await.unwrap();
    }

    /// Two at once, each of whom would leave the other one.
    async fn the_last_two_cannot_both_go(db: TestDb) {
        let house = House::new(&db).await;
        let (portal, admin) = (&house.portal, &house.admin);
        let bob = house.user(admin, "bob2@contoso.example", vec![Role::GlobalAdministrator]).await;
        let (first, second) =
            tokio::join!(users::disable(portal, admin, admin.user()), users::disable(portal, admin, bob));
        assert_eq!(u8::from(first.is_ok()) + u8::from(second.is_ok()), 1);
    }

    async fn other_organisations_people_are_not_found(db: TestDb) {
        let house = House::new(&db).await;
        let (portal, admin, bob) = (&house.portal, &house.admin, house.other.user());
        assert_eq!(refused(users::disable(portal, admin, bob).await).code, Code::NotFound);
        assert_eq!(refused(users::add_role(portal, admin, bob, Role::Auditor).await).code, Code::NotFound);
        assert_eq!(refused(users::by_email(portal, admin, "bob@fabrikam.example").await).code, Code::NotFound);
        assert_eq!(users::list(portal, admin).await.unwrap().len(), 1);
    }

    async fn a_system_administrators_environment_is_the_organisations_own(db: TestDb) {
        let house = House::new(&db).await;
        let (portal, admin) = (&house.portal, &house.admin);
        let foreign = Role::SystemAdministrator(EnvironmentId(house.ring.0));
        assert_eq!(refused(users::add_role(portal, admin, admin.user(), foreign).await).code, Code::NotFound);
        let own = Role::SystemAdministrator(house.environment("Sales", "sandbox").await);
        users::add_role(portal, admin, admin.user(), own).await.unwrap();
        let listed = users::list(portal, admin).await.unwrap();
        assert!(listed[0].roles.contains(&own));
    }

    async fn an_address_is_taken_once_letter_case_aside(db: TestDb) {
        let house = House::new(&db).await;
        let form = users::NewUser {
            name: "Ada".to_owned(),
            email: "ADA@contoso.example".to_owned(),
            password: vault::Password::new(crate::harness::PASSWORD.to_owned()),
            roles: Vec::new(),
        };
        let refusal = refused(users::add(&house.portal, &house.admin, form).await);
        assert_eq!((refusal.code, refusal.fields[0].field.as_str()), (Code::Conflict, "email"));
    }

    /// PP-004…PP-013 are the operator's, whatever somebody's role inside the organisation.
    async fn only_the_operator_sets_seats_and_regions(db: TestDb) {
        let house = House::new(&db).await;
        let portal = &house.portal;
        let mut browser = Browser::signed_in(&house, "ada@contoso.example").await;
        assert!(browser.is_signed_in().await);
        let id: tower_sessions::session::Id = browser.session().parse().unwrap();
        let hash = server::session_store::hash(&id);
        let ada = service::sessions::identify(portal, hash, None, String::new()).await.unwrap().unwrap();
        let change = tenants::Change { seats: Some(9), ..Default::default() };
        assert_eq!(refused(tenants::set(portal, &ada, change).await).code, Code::Forbidden);
        assert_eq!(refused(tenants::add_region(portal, &ada, "africa").await).code, Code::Forbidden);
        assert_eq!(refused(tenants::set_feature(portal, &ada, "europe".to_owned(), false).await).code, Code::Forbidden);
        tenants::set(portal, &house.admin, change).await.unwrap();
        tenants::add_region(portal, &house.admin, "africa").await.unwrap();
        let (tenant, rings) = tenants::get(portal, &house.admin).await.unwrap();
        assert_eq!((tenant.seats, tenant.seat_threshold, tenant.opted_in), (9, 1000, true));
        let africa = rings.iter().find(|ring| ring.region == "africa").unwrap();
        assert_eq!(africa.enabled_at, None, "off until the operator turns it on");
    }

    /// the latest "on" counts; "on" again changes nothing.
    async fn the_features_time_is_that_of_the_latest_on(db: TestDb) {
        let house = House::new(&db).await;
        let (portal, admin) = (&house.portal, &house.admin);
        let since = async || {
            let (_, rings) = tenants::get(portal, admin).await.unwrap();
            rings.into_iter().find(|ring| ring.region == "europe").unwrap().enabled_at
        };
        let first = since().await;
        house.wait(60);
        tenants::set_feature(portal, admin, "europe".to_owned(), true).await.unwrap();
        assert_eq!(since().await, first);
        tenants::set_feature(portal, admin, "europe".to_owned(), false).await.unwrap();
        assert_eq!(since().await, None);
        tenants::set_feature(portal, admin, "europe".to_owned(), true).await.unwrap();
        assert_eq!(since().await, Some(portal.clock().now().0));
    }
}
