//! Lock and unlock over the API: the hours at −1 s, 0, +1 s, and what is refused meanwhile.

use super::client::{Client, fields};
use crate::harness::{FILE_PASSWORD, House};
use domain::{EnvironmentId, KeyId, TableId, Timestamp};
use serde_json::json;
use test_support::{TestDb, both_databases, pfx};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// Contoso's `first` is Active, two environments are under it.
struct Own {
    house: House,
    key: KeyId,
    environments: [EnvironmentId; 2],
    table: TableId,
}

impl Own {
    async fn new(db: &TestDb) -> Self {
        let house = House::new(db).await;
        let key = house.key("first").await;
        let environments =
            [house.environment("Sales", "production").await, house.environment("Stock", "sandbox").await];
        let table = house.table(environments[0], "People", &[("Name", "text")]).await;
        for id in environments {
            service::environments::apply(&house.portal, &house.admin, id, true, true).await.unwrap();
        }
        house.drain().await;
        Self { house, key, environments, table }
    }

    async fn activated(&self) -> Timestamp {
        let ring =
            store::rings::get(self.house.portal.db().read(), self.house.admin.tenant(), self.house.ring);
        Timestamp(ring.await.unwrap().unwrap().last_activation_at.unwrap())
    }

    /// Tokens last a day: a fresh one at each time.
    async fn client(&self) -> Client {
        Client::admin(&self.house).await
    }

    async fn lock_with(&self, file: &[u8], text: &str) -> super::client::Answer {
        let parts = [
            ("file", file),
            ("password", FILE_PASSWORD.as_bytes()),
            ("typed_text", text.as_bytes()),
            ("confirmed", b"true"),
            ("risk_acknowledged", b"true"),
        ];
        self.client().await.multipart(&format!("/keys/{}/lock", self.key), &parts).await
    }

    async fn lock(&self) -> super::client::Answer {
        self.lock_with(&pfx::modern("first", FILE_PASSWORD).unwrap(), "LOCK EUROPE").await
    }

    async fn unlock_key(&self) -> super::client::Answer {
        self.unlock_key_with(&pfx::modern("first", FILE_PASSWORD).unwrap()).await
    }

    async fn unlock_key_with(&self, file: &[u8]) -> super::client::Answer {
        let parts = [("file", file), ("password", FILE_PASSWORD.as_bytes()), ("risk_acknowledged", b"true")];
        self.client().await.multipart(&format!("/keys/{}/unlock", self.key), &parts).await
    }

    async fn unlock(&self, environment: EnvironmentId) -> super::client::Answer {
        let body = json!({"confirmed": true, "risk_acknowledged": true});
        self.client().await.post(&format!("/environments/{environment}/unlock"), &body).await
    }

    /// Locked at the returned time.
    async fn locked(&self) -> Timestamp {
        self.house.set(self.activated().await + domain::rings::NO_LOCK_AFTER_CHANGE);
        let at = self.house.portal.clock().now();
        self.lock().await.json(202);
        self.house.drain().await;
        at
    }

    fn at(&self, since: Timestamp, seconds: i64) {
        self.house.set(Timestamp(since.0 + seconds * 1_000_000));
    }
}

both_databases! {
    async fn pp_032_a_lock_waits_72_hours_after_a_key_change(db: TestDb) {
        let own = Own::new(&db).await;
        let activated = own.activated().await;
        own.at(activated, 3 * DAY - 1);
        let problem = own.lock().await.problem(409, "LOCK_COOLDOWN");
        let allowed_at = (activated + domain::rings::NO_LOCK_AFTER_CHANGE).rfc3339();
        assert_eq!(problem.allowed_at.as_deref(), Some(allowed_at.as_str()));
        own.at(activated, 3 * DAY);
        own.lock_with(b"no key file at all", "LOCK EUROPE").await.problem(422, "KEY_FILE_FORMAT");
        own.lock_with(&vec![7; 30 << 20], "LOCK EUROPE").await.problem(413, "TOO_LARGE");
        let other = pfx::modern("other", FILE_PASSWORD).unwrap();
        own.lock_with(&other, "LOCK EUROPE").await.problem(422, "LOCK_KEY_MISMATCH");
        let file = pfx::modern("first", FILE_PASSWORD).unwrap();
        own.lock_with(&file, "lock europe").await.problem(422, "LOCK_TEXT_MISMATCH");
        own.at(activated, 3 * DAY + 1);
        own.lock().await.json(202);
    }

    async fn pp_098_a_locked_environment_answers_nothing(db: TestDb) {
        let own = Own::new(&db).await;
        own.locked().await;
        let client = own.client().await;
        let (table, environment) = (own.table, own.environments[0]);
        client.get(&format!("/tables/{table}/rows")).await.problem(409, "ENV_LOCKED");
        client.get(&format!("/tables/{table}/export")).await.problem(409, "ENV_LOCKED");
        let rows = json!({"rows": [{"cells": {"Name": "Eve"}}]});
        client.post(&format!("/tables/{table}/rows"), &rows).await.problem(409, "ENV_LOCKED");
        let body = json!({"confirmed": true, "risk_acknowledged": true});
        client.post(&format!("/environments/{environment}/apply"), &body).await.problem(409, "ENV_LOCKED");
        client.upload_key("next").await.problem(409, "KEYS_BLOCKED_BY_LOCK");
    }

    async fn pp_106_the_key_comes_back_an_hour_after_the_lock_began(db: TestDb) {
        let own = Own::new(&db).await;
        let locked = own.locked().await;
        own.at(locked, HOUR - 1);
        let problem = own.unlock_key().await.problem(409, "UNLOCK_TOO_EARLY");
        let allowed_at = (locked + domain::rings::NO_UNLOCK_AFTER_LOCK).rfc3339();
        assert_eq!(problem.allowed_at.as_deref(), Some(allowed_at.as_str()));
        own.at(locked, HOUR);
        own.unlock_key().await.json(202);
        own.house.drain().await;
        own.unlock(own.environments[0]).await.json(202);
        own.house.drain().await;
        own.client().await.get(&format!("/tables/{}/rows", own.table)).await.json(200);
    }

    async fn pp_105_a_key_that_no_environment_uses_locks_nothing(db: TestDb) {
        let own = Own::new(&db).await;
        for (id, name) in own.environments.into_iter().zip(["Sales", "Stock"]) {
            let name = name.to_owned();
            let (portal, admin) = (&own.house.portal, &own.house.admin);
            service::environments::give_back(portal, admin, id, name, true, true).await.unwrap();
        }
        own.house.drain().await;
        own.at(own.activated().await, 3 * DAY);
        own.lock().await.problem(409, "NOTHING_TO_LOCK");
    }

    async fn pp_114_the_key_comes_back_by_its_own_file_only(db: TestDb) {
        let own = Own::new(&db).await;
        let locked = own.locked().await;
        own.at(locked, HOUR);
        let other = pfx::modern("other", FILE_PASSWORD).unwrap();
        let problem = own.unlock_key_with(&other).await.problem(422, "UNLOCK_KEY_MISMATCH");
        assert_eq!(fields(&problem), ["file"]);
        own.unlock_key().await.json(202);
    }

    async fn pp_103_after_28_days_it_is_too_late(db: TestDb) {
        let own = Own::new(&db).await;
        let locked = own.locked().await;
        own.at(locked, HOUR + 1);
        own.unlock_key().await.json(202);
        own.house.drain().await;
        own.at(locked, 28 * DAY - 1);
        own.unlock(own.environments[0]).await.json(202);
        own.house.drain().await;
        own.at(locked, 28 * DAY);
        own.unlock(own.environments[1]).await.problem(409, "UNLOCK_TOO_LATE");
        own.at(locked, 28 * DAY + 1);
        service::timers::run_once(&own.house.portal).await.unwrap();
        own.house.drain().await;
        own.client().await.get(&format!("/environments/{}", own.environments[1])).await.problem(404, "NOT_FOUND");
        own.client().await.get(&format!("/tables/{}/rows", own.table)).await.json(200);
    }
}
