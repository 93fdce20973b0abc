//! What every page tells: where the caller is, and which keys changed lately.

use crate::{
    activation::since_activation,
    house::{House, add_user, caller},
};
use domain::roles::Role;
use service::{keys, overview};
use test_support::{TestDb, both_databases};

both_databases! {
    async fn pp_033_everybody_sees_for_72_hours_who_changed_the_key(db: TestDb) {
        let house = House::new(&db).await;
        let place = overview::place(&house.portal, &house.admin).await.unwrap();
        assert_eq!((place.tenant.as_str(), place.changes.len()), ("Contoso", 0));
        assert_eq!(place.regions, ["europe", "us-east"]);
        house.upload("first").await.unwrap();
        house.drain().await;
        let second = house.upload("second").await.unwrap().id;
        since_activation(&house, 24 * 3600).await;
        let user = add_user(&house.portal, house.admin.user(), "other", Role::ServiceAdministrator).await;
        let other = caller(&house.portal, user).await;
        service::risk::acknowledge(&house.portal, &other).await.unwrap();
        keys::activate(&house.portal, &other, second, true, false).await.unwrap();
        house.drain().await;

        since_activation(&house, 72 * 3600 - 1).await;
        let place = overview::place(&house.portal, &house.admin).await.unwrap();
        let [change] = &place.changes[..] else { panic!("one change, not {}", place.changes.len()) };
        assert_eq!((change.region.as_str(), change.key.as_str()), ("europe", "second"));
        assert_eq!(change.key_id, second);
        assert_eq!(change.by, other.email(), "who asked for it, not who brought the key");
        assert_eq!(change.lock_from, change.at + domain::rings::NO_LOCK_AFTER_CHANGE);
        for seconds in [72 * 3600, 72 * 3600 + 1] {
            since_activation(&house, seconds).await;
            assert!(overview::place(&house.portal, &house.admin).await.unwrap().changes.is_empty());
        }
    }
}
