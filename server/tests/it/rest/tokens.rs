//! Tokens: what they are good for, and when they stop.

use super::client::{Client, answer};
use crate::harness::House;
use domain::{UserId, roles::Role};
use http::Request;
use service::{
    setup,
    tokens::{self, MAX_DAYS, NewToken},
    users,
};
use std::time::Duration;
use store::ConnectionTrait as _;
use test_support::{TestDb, both_databases};

fn new(name: &str, days: u32) -> NewToken {
    NewToken { name: name.to_owned(), days }
}

async fn status(house: &House, token: &str) -> u16 {
    Client::with(house, Some(token)).get("/tenant").await.status
}

both_databases! {
    async fn a_token_ends_at_its_expiry(db: TestDb) {
        let house = House::new(&db).await;
        let added = tokens::add(&house.portal, &house.admin, new("nightly", 2)).await.unwrap();
        assert_eq!(added.expires_at, house.portal.clock().now() + Duration::from_secs(2 * 86_400));
        house.wait(2 * 86_400 - 1);
        assert_eq!(status(&house, &added.secret).await, 200);
        house.wait(1);
        assert_eq!(status(&house, &added.secret).await, 401);
        let listed = tokens::list(&house.portal, &house.admin, house.admin.user()).await.unwrap();
        assert_eq!((listed[0].name.as_str(), listed[0].usable), ("nightly", false));
    }

    async fn a_revoked_token_ends_at_once_and_is_revoked_once(db: TestDb) {
        let house = House::new(&db).await;
        let added = tokens::add(&house.portal, &house.admin, new("ci", 1)).await.unwrap();
        assert_eq!(status(&house, &added.secret).await, 200);
        tokens::revoke(&house.portal, &house.admin, added.id).await.unwrap();
        assert_eq!(status(&house, &added.secret).await, 401);
        let at = house.portal.clock().now();
        house.wait(60);
        tokens::revoke(&house.portal, &house.admin, added.id).await.unwrap();
        let listed = tokens::list(&house.portal, &house.admin, house.admin.user()).await.unwrap();
        assert_eq!(listed[0].revoked_at, Some(at));
    }

    async fn a_disabled_users_token_is_refused_until_the_user_is_back(db: TestDb) {
        let house = House::new(&db).await;
        let user = house.user(&house.admin, "eve@contoso.example", vec![Role::ServiceAdministrator]).await;
        let token = house.token(user).await;
        users::disable(&house.portal, &house.admin, user).await.unwrap();
        assert_eq!(status(&house, &token).await, 401);
        users::enable(&house.portal, &house.admin, user).await.unwrap();
        assert_eq!(status(&house, &token).await, 200);
    }

    async fn roles_are_those_of_the_moment(db: TestDb) {
        let house = House::new(&db).await;
        let user = house.user(&house.admin, "eve@contoso.example", vec![Role::Auditor]).await;
        let client = Client::of(&house, user).await;
        client.get("/audit").await.json(200);
        users::remove_role(&house.portal, &house.admin, user, Role::Auditor).await.unwrap();
        client.get("/audit").await.problem(403, "FORBIDDEN");
    }

    async fn only_the_hash_of_a_token_is_kept(db: TestDb) {
        let house = House::new(&db).await;
        let added = tokens::add(&house.portal, &house.admin, new("ci", 1)).await.unwrap();
        let read = house.portal.db().read();
        let row = store::tokens::get(read, added.id).await.unwrap().unwrap();
        assert_eq!(row.secret_hash, vault::token::hash(&added.secret));
        let secret = added.secret.as_bytes();
        let sql = "SELECT details FROM audit_entries".to_owned();
        let trail = read.query_all_raw(sea_orm::Statement::from_string(read.get_database_backend(), sql)).await;
        for row in trail.unwrap() {
            let details: String = row.try_get("", "details").unwrap();
            assert!(!details.contains(&*added.secret));
        }
        assert_eq!(secret.len(), 43);
    }

    async fn tokens_are_added_for_oneself_and_revoked_within_the_organisation(db: TestDb) {
        let house = House::new(&db).await;
        let (portal, admin) = (&house.portal, &house.admin);
        for (form, field) in [(new("", 1), "name"), (new("ci", 0), "days"), (new("ci", MAX_DAYS + 1), "days")] {
            let refused = tokens::add(portal, admin, form).await.err().unwrap();
            assert_eq!(refused.refusal().unwrap().fields[0].field, field);
        }
        let token = tokens::add(portal, admin, new("ci", MAX_DAYS)).await.unwrap();
        let other = tokens::revoke(portal, &house.other, token.id).await.unwrap_err();
        assert_eq!(other.refusal().unwrap().code.as_str(), "NOT_FOUND");
        let other = tokens::list(portal, &house.other, admin.user()).await.unwrap_err();
        assert_eq!(other.refusal().unwrap().code.as_str(), "NOT_FOUND");

        let auditor = house.user(admin, "auditor@contoso.example", vec![Role::Auditor]).await;
        let auditor = as_token(&house, auditor).await;
        for refused in [
            tokens::add(portal, &auditor, new("mine", 1)).await.map(drop),
            tokens::revoke(portal, &auditor, token.id).await,
            tokens::list(portal, &auditor, admin.user()).await.map(drop),
        ] {
            assert_eq!(refused.unwrap_err().refusal().unwrap().code.as_str(), "FORBIDDEN");
        }
        assert_eq!(tokens::list(portal, &auditor, auditor.user()).await.unwrap().len(), 1);
        assert_eq!(tokens::list(portal, admin, auditor.user()).await.unwrap().len(), 1);
    }

    async fn the_header_is_the_only_way_in(db: TestDb) {
        let house = House::new(&db).await;
        let token = house.token(house.admin.user()).await;
        let good = format!("Bearer {token}");
        for headers in [
            vec![],
            vec![("authorization", token.as_str())],
            vec![("authorization", "Basic YWRhOmFkYQ==")],
            vec![("authorization", "Bearer ")],
            vec![("authorization", "Bearer wrong")],
            vec![("authorization", good.as_str()), ("authorization", good.as_str())],
            vec![("cookie", token.as_str())],
            vec![("x-api-key", token.as_str())],
        ] {
            let uri = format!("/api/v1/tenant?access_token={token}");
            let request = headers.iter().fold(Request::get(uri), |r, (name, value)| r.header(*name, *value));
            let got = answer(house.router.clone(), request.body(axum::body::Body::empty()).unwrap()).await;
            assert_eq!(got.header("www-authenticate"), "Bearer realm=\"keystead\"", "{headers:?}");
            got.problem(401, "SIGN_IN_REQUIRED");
        }
        let request = Request::get("/api/v1/tenant").header("authorization", format!("bearer  {token}"));
        let got = answer(house.router.clone(), request.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(got.status, 200, "the scheme's letter case does not matter");
    }
}

/// The person as the API knows them.
async fn as_token(house: &House, user: UserId) -> service::Caller {
    let secret = house.token(user).await;
    let caller = tokens::authenticate(&house.portal, &secret, None, "test".to_owned()).await.unwrap();
    assert_ne!(setup::operator(&house.portal, user).await.unwrap().via(), caller.via());
    caller
}
