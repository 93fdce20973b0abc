//! Activation: timers at −1 s, 0, +1 s; races; what is left behind.

use crate::house::{House, code};
use domain::{KeyId, keys::KeyState};
use service::keys;
use test_support::{TestDb, both_databases};

async fn two_keys(house: &House) -> (KeyId, KeyId) {
    let first = house.upload("first").await.unwrap();
    assert!(first.activating, "PP-070: the first uploaded key activates itself");
    house.drain().await;
    (first.id, house.upload("second").await.unwrap().id)
}

async fn key_state(house: &House, id: KeyId) -> KeyState {
    store::keys::get(house.portal.db().read(), id).await.unwrap().unwrap().state
}

/// Moves the clock so that `seconds` have passed since the last activation.
pub(crate) async fn since_activation(house: &House, seconds: i64) {
    let ring =
        store::rings::get(house.portal.db().read(), house.admin.tenant(), house.ring).await.unwrap().unwrap();
    let now = house.portal.clock().now().0;
    let wanted = ring.last_activation_at.unwrap() + seconds * 1_000_000;
    house.clock.set(house.clock.offset() + wanted - now);
}

both_databases! {
    async fn pp_083_second_activation_within_24h_is_refused(db: TestDb) {
        let house = House::new(&db).await;
        let (first, second) = two_keys(&house).await;
        since_activation(&house, 24 * 3600 - 1).await;
        let refused = house.activate(second).await.unwrap_err();
        let refusal = refused.refusal().unwrap();
        assert_eq!(refusal.code.as_str(), "ACTIVATION_COOLDOWN");
        let ring = store::rings::facts(house.portal.db().read(), house.ring).await.unwrap();
        assert_eq!(refusal.allowed_at, Some(ring.last_activation_at.unwrap() + domain::rings::BETWEEN_ACTIVATIONS));
        since_activation(&house, 24 * 3600).await;
        house.activate(second).await.unwrap();
        house.drain().await;
        assert!(matches!(key_state(&house, second).await, KeyState::Active { .. }));
        assert_eq!(key_state(&house, first).await, KeyState::Available, "X-09");
    }

    async fn pp_075_activation_needs_both_confirmations(db: TestDb) {
        let house = House::new(&db).await;
        let (_, second) = two_keys(&house).await;
        house.wait(25 * 3600);
        let unconfirmed = keys::activate(&house.portal, &house.admin, second, false, false).await;
        assert_eq!(code(unconfirmed), "NOT_CONFIRMED");
    }

    async fn pp_046_only_one_key_installs_at_a_time(db: TestDb) {
        let house = House::new(&db).await;
        let (_, second) = two_keys(&house).await;
        let third = house.upload("third").await.unwrap().id;
        house.wait(25 * 3600);
        house.activate(second).await.unwrap();
        assert_eq!(code(house.activate(third).await), "ACTIVATION_IN_PROGRESS");
        assert_eq!(code(house.activate(second).await), "ACTIVATION_IN_PROGRESS");
    }

    async fn two_administrators_at_once_exactly_one_wins(db: TestDb) {
        let house = House::new(&db).await;
        let other = house.neighbour(&db).await;
        let (mut first, mut second) = two_keys(&house).await;
        let mut third = house.upload("third").await.unwrap().id;
        for round in 0..25 {
            house.wait(24 * 3600 + 1);
            let here = house.portal.clone();
            let (there, admin) = (other.clone(), house.admin.clone());
            let (one, two) = tokio::join!(
                keys::activate(&here, &house.admin, second, true, false),
                keys::activate(&there, &admin, third, true, false),
            );
            let won = [one.is_ok(), two.is_ok()];
            assert_eq!(won.iter().filter(|won| **won).count(), 1, "round {round}: {won:?}");
            let lost = if won[0] { code(two) } else { code(one) };
            assert_eq!(lost, "ACTIVATION_IN_PROGRESS");
            house.drain().await;
            let active = if won[0] { second } else { third };
            assert!(matches!(key_state(&house, active).await, KeyState::Active { .. }));
            if won[0] { std::mem::swap(&mut first, &mut second) } else { std::mem::swap(&mut first, &mut third) }
        }
    }

    async fn k5_a_key_that_cannot_be_installed_is_available_again(db: TestDb) {
        use store::ConnectionTrait;
        let house = House::new(&db).await;
        let (first, second) = two_keys(&house).await;
        house.wait(25 * 3600);
        house.activate(second).await.unwrap();
        let blob = if house.portal.db().backend() == store::Backend::Sqlite { "x'00'" } else { "'\\x00'" };
        let sql = format!("UPDATE protection_keys SET material = {blob} WHERE name = 'second'");
        house.portal.db().write().execute_unprepared(&sql).await.unwrap();
        house.drain().await;
        let key = store::keys::get(house.portal.db().read(), second).await.unwrap().unwrap();
        assert_eq!(key.state, KeyState::Available);
        assert!(key.error.unwrap().contains("bring the file again"));
        assert!(matches!(key_state(&house, first).await, KeyState::Active { .. }));
        let ring = store::rings::facts(house.portal.db().read(), house.ring).await.unwrap();
        assert!(ring.installing.is_none());
    }

    async fn pp_052_without_the_risk_acknowledged_nothing_happens(db: TestDb) {
        let house = House::new(&db).await;
        let (_, second) = two_keys(&house).await;
        house.wait(25 * 3600);
        let row = store::users::get(house.portal.db().read(), house.admin.user()).await.unwrap().unwrap();
        let elsewhere = service::Caller::new(
            &row,
            house.admin.roles().to_vec(),
            service::Via::Session([9; 32]),
            None,
            "test".to_owned(),
        );
        let refused = keys::activate(&house.portal, &elsewhere, second, true, true).await;
        assert_eq!(code(refused), "RISK_NOT_ACKNOWLEDGED");
    }
}
