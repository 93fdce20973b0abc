//! Sessions: kept as a hash, rotated, and over when they should be.

use super::browser::Browser;
use crate::harness::{House, PASSWORD, START};
use domain::{UserId, roles::Role};
use service::{sessions, users};
use store::sessions::Session;
use test_support::{TestDb, both_databases};
use vault::Password;

const ADA: &str = "ada@contoso.example";

async fn stored(house: &House) -> Vec<Session> {
    let db = house.portal.db().read();
    store::sessions::of_user(db, house.admin.user(), house.portal.clock().now()).await.unwrap()
}

both_databases! {
    async fn the_cookie_is_for_this_host_alone_and_its_id_is_not_in_the_database(db: TestDb) {
        let house = House::new(&db).await;
        let mut browser = Browser::new(&house.router);
        let answer = browser.sign_in(ADA, PASSWORD).await;
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with("__Host-id="), "{cookie}");
        for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert!(!cookie.contains("Domain") && !cookie.contains("Max-Age"), "{cookie}");
        let id: tower_sessions::session::Id = browser.session().parse().unwrap();
        let row = stored(&house).await.remove(0);
        assert_eq!(row.id_hash, server::session_store::hash(&id));
        assert!(!row.data.contains(browser.session()));
        assert_eq!(row.user_id, Some(house.admin.user().0));
    }

    async fn strangers_get_no_session(db: TestDb) {
        let house = House::new(&db).await;
        let mut browser = Browser::new(&house.router);
        browser.get("/sign-in").await;
        browser.sign_in(ADA, "wrong").await;
        assert!(browser.cookies.is_empty());
        assert!(stored(&house).await.is_empty());
    }

    async fn signing_in_changes_the_id_and_ends_the_session_before(db: TestDb) {
        let house = House::new(&db).await;
        let mut browser = Browser::signed_in(&house, ADA).await;
        let first = browser.session().to_owned();
        assert_eq!(browser.sign_in(ADA, PASSWORD).await.status, 303);
        assert_ne!(browser.session(), first);
        assert_eq!(stored(&house).await.len(), 1);
        let mut thief = Browser::new(&house.router);
        thief.cookies.insert("__Host-id".to_owned(), first);
        assert!(!thief.is_signed_in().await);
        assert!(browser.is_signed_in().await);
    }

    async fn an_id_that_was_planted_is_of_no_use(db: TestDb) {
        let house = House::new(&db).await;
        let planted = "AAAAAAAAAAAAAAAAAAAAAA";
        let mut browser = Browser::new(&house.router);
        browser.cookies.insert("__Host-id".to_owned(), planted.to_owned());
        assert_eq!(browser.sign_in(ADA, PASSWORD).await.status, 303);
        assert_ne!(browser.session(), planted);
        browser.cookies.insert("__Host-id".to_owned(), planted.to_owned());
        assert!(!browser.is_signed_in().await);
    }

    async fn a_session_ends_after_thirty_minutes_without_a_request(db: TestDb) {
        let house = House::new(&db).await;
        let began = house.portal.clock().now();
        let idle = house.portal.settings().sessions.idle;
        let mut browser = Browser::signed_in(&house, ADA).await;
        let (before, second) = (began + idle, std::time::Duration::from_secs(1));
        house.set(before - second);
        assert!(browser.is_signed_in().await, "one second before; this is a use");
        house.set(before - second + idle);
        assert!(!browser.is_signed_in().await, "exactly then");
        let mut browser = Browser::signed_in(&house, ADA).await;
        house.set(before - second + idle + idle + second);
        assert!(!browser.is_signed_in().await, "a second after");
    }

    async fn a_session_ends_after_twelve_hours_in_any_case(db: TestDb) {
        let house = House::new(&db).await;
        let mut browser = Browser::signed_in(&house, ADA).await;
        for _ in 1..36 {
            house.wait(20 * 60);
            assert!(browser.is_signed_in().await);
        }
        house.wait(20 * 60 - 1);
        assert!(browser.is_signed_in().await, "one second before twelve hours");
        house.wait(1);
        assert!(!browser.is_signed_in().await, "twelve hours");
        house.wait(1);
        assert!(!browser.is_signed_in().await, "and after");
    }

    async fn use_is_written_down_once_a_minute(db: TestDb) {
        let house = House::new(&db).await;
        let mut browser = Browser::signed_in(&house, ADA).await;
        let began = stored(&house).await[0].seen_at;
        house.wait(59);
        assert!(browser.is_signed_in().await);
        assert_eq!(stored(&house).await[0].seen_at, began);
        house.wait(1);
        assert!(browser.is_signed_in().await);
        assert_eq!(stored(&house).await[0].seen_at, began + 60_000_000);
        house.wait(30);
        assert!(browser.is_signed_in().await);
        assert_eq!(stored(&house).await[0].seen_at, began + 60_000_000);
    }

    async fn signing_out_ends_the_session_and_the_cookie(db: TestDb) {
        let house = House::new(&db).await;
        let mut browser = Browser::signed_in(&house, ADA).await;
        let cookies = browser.cookies.clone();
        let answer = browser.post("/sign-out", &[]).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/sign-in?done=signed-out"));
        assert!(browser.cookies.is_empty());
        browser.cookies = cookies;
        assert!(!browser.is_signed_in().await);
        assert!(stored(&house).await.is_empty());
        assert_eq!(browser.post("/sign-out", &[]).await.status, 303, "twice does no harm");
    }

    async fn signing_out_elsewhere_leaves_this_session(db: TestDb) {
        let house = House::new(&db).await;
        let (mut here, mut there) = (Browser::signed_in(&house, ADA).await, Browser::signed_in(&house, ADA).await);
        let answer = here.post("/account", &[("do", "end_others")]).await;
        assert_eq!(answer.header("location"), "/account?done=sessions-ended");
        assert!(here.is_signed_in().await);
        assert!(!there.is_signed_in().await);
    }

    async fn signing_out_everywhere_leaves_none(db: TestDb) {
        let house = House::new(&db).await;
        let (mut here, mut there) = (Browser::signed_in(&house, ADA).await, Browser::signed_in(&house, ADA).await);
        let id: tower_sessions::session::Id = here.session().parse().unwrap();
        let hash = server::session_store::hash(&id);
        let caller = sessions::identify(&house.portal, hash, None, String::new()).await.unwrap().unwrap();
        assert_eq!(sessions::end_all(&house.portal, &caller, false).await.unwrap(), 2);
        assert!(!here.is_signed_in().await && !there.is_signed_in().await);
    }

    async fn one_session_is_ended_by_its_name_and_only_ones_own(db: TestDb) {
        let house = House::new(&db).await;
        house.user(&house.admin, "eve@contoso.example", vec![Role::Auditor]).await;
        let (mut ada, mut eve) =
            (Browser::signed_in(&house, ADA).await, Browser::signed_in(&house, "eve@contoso.example").await);
        let name = service::keys::hex(&stored(&house).await[0].id_hash);
        let foreign = eve.post("/account", &[("do", "end_session"), ("session", &name)]).await;
        assert_eq!(foreign.status, 404);
        assert!(ada.is_signed_in().await);
        let own = ada.post("/account", &[("do", "end_session"), ("session", &name)]).await;
        assert_eq!(own.status, 303);
        assert!(!ada.is_signed_in().await);
    }

    async fn disabling_and_resetting_end_every_session(db: TestDb) {
        let house = House::new(&db).await;
        let email = "eve@contoso.example";
        let eve: UserId = house.user(&house.admin, email, vec![Role::ServiceAdministrator]).await;
        let mut browser = Browser::signed_in(&house, email).await;
        users::disable(&house.portal, &house.admin, eve).await.unwrap();
        assert!(!browser.is_signed_in().await);
        assert_eq!(browser.sign_in(email, PASSWORD).await.status, 401);
        users::enable(&house.portal, &house.admin, eve).await.unwrap();
        assert!(!browser.is_signed_in().await, "the old session stays ended");
        let mut browser = Browser::signed_in(&house, email).await;
        let new = Password::new("another long password".to_owned());
        users::reset_password(&house.portal, &house.admin, eve, new).await.unwrap();
        assert!(!browser.is_signed_in().await);
        assert_eq!(browser.sign_in(email, PASSWORD).await.status, 401);
        assert_eq!(browser.sign_in(email, "another long password").await.status, 303);
    }

    async fn roles_are_those_of_the_moment(db: TestDb) {
        let house = House::new(&db).await;
        let eve = house.user(&house.admin, "eve@contoso.example", vec![Role::Auditor]).await;
        let mut browser = Browser::signed_in(&house, "eve@contoso.example").await;
        assert_eq!(browser.get("/audit").await.status, 200);
        users::remove_role(&house.portal, &house.admin, eve, Role::Auditor).await.unwrap();
        assert_eq!(browser.get("/audit").await.status, 403);
    }

    async fn changing_the_password_keeps_this_session_alone(db: TestDb) {
        let house = House::new(&db).await;
        let (mut here, mut there) = (Browser::signed_in(&house, ADA).await, Browser::signed_in(&house, ADA).await);
        let form = |current, new, again| {
            [("do", "password"), ("current_password", current), ("new_password", new), ("new_password_again", again)]
        };
        let new = "a much better password";
        let wrong = here.post("/account", &form("wrong", new, new)).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text().contains("This is not your current password."));
        assert!(!wrong.text().contains(new), "a password never comes back");
        assert_eq!(here.post("/account", &form(PASSWORD, new, "another")).await.status, 422);
        assert_eq!(here.post("/account", &form(PASSWORD, "short", "short")).await.status, 422);
        let done = here.post("/account", &form(PASSWORD, new, new)).await;
        assert_eq!(done.header("location"), "/account?done=password-changed");
        assert!(here.is_signed_in().await);
        assert!(!there.is_signed_in().await);
        assert_eq!(there.sign_in(ADA, PASSWORD).await.status, 401);
        assert_eq!(there.sign_in(ADA, new).await.status, 303);
    }

    async fn expired_sessions_are_removed(db: TestDb) {
        let house = House::new(&db).await;
        Browser::signed_in(&house, ADA).await;
        assert_eq!(sessions::clean_up(&house.portal).await.unwrap(), 0);
        house.set(START + house.portal.settings().sessions.absolute);
        assert_eq!(sessions::clean_up(&house.portal).await.unwrap(), 1);
    }

    /// tower-sessions hands the store a record; an id that is taken must not become somebody else's.
    async fn an_id_that_is_taken_is_not_given_again(db: TestDb) {
        use tower_sessions::{SessionStore as _, session::{Id, Record}};
        let house = House::new(&db).await;
        let store = server::session_store::Sessions::new(house.portal.clone());
        let record = |id| Record { id, data: Default::default(), expiry_date: time::OffsetDateTime::UNIX_EPOCH };
        let (mut first, mut second) = (record(Id(7)), record(Id(7)));
        store.create(&mut first).await.unwrap();
        store.create(&mut second).await.unwrap();
        assert_eq!(first.id, Id(7));
        assert_ne!(second.id, Id(7));
        // And a session that was ended meanwhile is not brought back by a late save.
        store.delete(&first.id).await.unwrap();
        store.save(&first).await.unwrap();
        assert!(store.load(&first.id).await.unwrap().is_none());
        assert!(store.load(&second.id).await.unwrap().is_some());
    }
}
