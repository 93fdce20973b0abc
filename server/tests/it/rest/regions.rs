//! Regions, and the operator's switches in front of keys.

use super::client::Client;
use crate::harness::{House, START};
use domain::roles::Role;
use serde_json::json;
use service::tenants::{self, Change};
use test_support::{TestDb, both_databases};

both_databases! {
    async fn the_organisation_is_the_tokens_own(db: TestDb) {
        let house = House::new(&db).await;
        let tenant = Client::admin(&house).await.get("/tenant").await.json(200);
        assert_eq!(tenant["name"], "Contoso");
        assert_eq!(tenant["regions"], json!(["europe", "us-east"]));
        assert_eq!((&tenant["seats"], &tenant["seat_threshold"]), (&json!(1001), &json!(1000)));
        let other = Client::of(&house, house.other.user()).await.get("/tenant").await.json(200);
        assert_eq!(other["name"], "Fabrikam");
    }

    async fn regions_show_eligibility_timers_and_what_is_allowed(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let before = client.get("/regions").await.json(200);
        let europe = &before["items"][0];
        assert_eq!((&europe["region"], &europe["ever_activated"]), (&json!("europe"), &json!(false)));
        assert_eq!(europe["eligibility"]["eligible"], true);
        assert_eq!(europe["eligibility"]["enabled_at"], START.rfc3339());
        assert_eq!(europe["timers"], json!({}));
        assert_eq!(europe["allowed_actions"][0], json!({"action": "key.add", "allowed": true}));
        let others: Vec<_> = europe["allowed_actions"].as_array().unwrap()[1..]
            .iter()
            .map(|action| (action["action"].as_str().unwrap(), action["code"].as_str().unwrap()))
            .collect();
        let expected = [
            ("key.report", "NOTHING_TO_REPORT"),
            ("key.clear_report", "NOTHING_TO_REPORT"),
            ("key.schedule_roll_back", "NOTHING_TO_ROLL_BACK"),
            ("key.cancel_roll_back", "NOTHING_TO_ROLL_BACK"),
            ("key.give_approval", "NOTHING_TO_APPROVE"),
            ("key.withdraw_approval", "NOTHING_TO_APPROVE"),
        ];
        assert_eq!(others, expected);

        house.key("first").await;
        let after = client.get("/regions").await.json(200);
        assert_eq!(after["items"][0]["timers"], json!({
            "last_activation_at": "2026-11-22T09:12:01Z",
            "next_activation_at": "2026-11-23T09:12:01Z",
            "lock_allowed_at": "2026-11-25T09:12:01Z",
        }));
        assert_eq!(after["items"][1], before["items"][1], "timers are per region (X-01)");
    }

    async fn x_10_a_change_is_reported_cleared_and_rolled_back(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let email = "grace@contoso.example";
        let grace = house.user(&house.admin, email, vec![Role::GlobalAdministrator]).await;
        let judge = house.user(&house.admin, "judge@contoso.example", vec![Role::GlobalAdministrator]).await;
        let (yes, region) = (json!({"confirmed": true}), |rest: &str| format!("/regions/europe/{rest}"));
        let first = house.key("first").await;
        let second = client.upload_key("second").await.json(201)["id"].as_str().unwrap().to_owned();
        let activate = json!({"confirmed": true, "risk_acknowledged": true});
        house.wait(24 * 3_600);
        // Tokens of before have expired.
        let (client, grace) = (Client::admin(&house).await, Client::of(&house, grace).await);
        client.post(&format!("/keys/{second}/activate"), &activate).await.json(202);
        house.drain().await;

        client.post(&region("report"), &json!({})).await.problem(422, "NOT_CONFIRMED");
        let reported = grace.post(&region("report"), &yes).await.json(200);
        assert_eq!(reported["report"]["reported_by"], email);
        client.post(&region("roll-back"), &yes).await.problem(409, "CHANGE_REPORTED");
        for own in [&client, &grace] {
            own.post(&region("report/clear"), &yes).await.problem(409, "OWN_REPORT");
        }
        let judge = Client::of(&house, judge).await;
        assert!(judge.post(&region("report/clear"), &yes).await.json(200)["report"].is_null());

        let scheduled = grace.post(&region("roll-back"), &yes).await.json(200);
        assert_eq!(scheduled["roll_back"]["key"], "first");
        assert_eq!(scheduled["roll_back"]["scheduled_by"], email);
        assert_eq!(scheduled["roll_back"]["due_at"], scheduled["timers"]["next_activation_at"]);
        assert!(client.delete(&region("roll-back")).await.json(200)["roll_back"].is_null());
        client.delete(&region("roll-back")).await.problem(409, "NOTHING_TO_ROLL_BACK");

        // 24 hours at −1 s, 0, +1 s: refused, then an activation.
        house.wait(24 * 3_600 - 1);
        let client = Client::admin(&house).await;
        let activate_first = format!("/keys/{first}/activate");
        client.post(&activate_first, &activate).await.problem(409, "ACTIVATION_COOLDOWN");
        house.wait(1);
        client.post(&region("roll-back"), &yes).await.problem(409, "CONFLICT");
        house.wait(1);
        client.post(&activate_first, &activate).await.json(202);
    }

    async fn pp_004_the_seats_must_exceed_the_threshold(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        change(&house, Change { seats: Some(1000), ..Change::default() }).await;
        let problem = client.upload_key("key").await.problem(403, "NOT_ELIGIBLE");
        assert!(problem.detail.unwrap().contains("1000"), "seats and threshold are named");
        let europe = client.get("/regions").await.json(200)["items"][0].clone();
        assert_eq!(europe["eligibility"]["eligible"], false);
        assert_eq!(europe["allowed_actions"][0]["code"], "NOT_ELIGIBLE");
        change(&house, Change { seats: Some(1001), ..Change::default() }).await;
        client.upload_key("key").await.json(201);
    }

    async fn pp_005_the_organisation_must_have_opted_in(db: TestDb) {
        let house = House::new(&db).await;
        change(&house, Change { opted_in: Some(false), ..Change::default() }).await;
        let problem = Client::admin(&house).await.upload_key("key").await.problem(403, "NOT_ELIGIBLE");
        assert!(problem.remedy.is_some());
    }

    async fn pp_013_the_feature_must_be_on_in_the_region(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        tenants::set_feature(&house.portal, &house.admin, "europe".to_owned(), false).await.unwrap();
        client.upload_key("key").await.problem(403, "FEATURE_NOT_ENABLED");
        tenants::set_feature(&house.portal, &house.admin, "europe".to_owned(), true).await.unwrap();
        client.upload_key("key").await.json(201);
    }
}

async fn change(house: &House, change: Change) {
    tenants::set(&house.portal, &house.admin, change).await.unwrap();
}
