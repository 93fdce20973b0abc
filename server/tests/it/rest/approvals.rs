//! The two-person rule over the API.

use super::client::Client;
use crate::harness::House;
use domain::roles::Role;
use serde_json::json;
use service::tenants;
use test_support::{TestDb, both_databases};

both_databases! {
    async fn an_activation_is_asked_for_approved_and_made(db: TestDb) {
        let house = House::new(&db).await;
        house.key("first").await;
        let grace = house.user(&house.admin, "grace@contoso.example", vec![Role::ServiceAdministrator]).await;
        let client = Client::admin(&house).await;
        let second = client.upload_key("second").await.json(201)["id"].as_str().unwrap().to_owned();
        house.wait(24 * 3_600);
        let operator = tenants::operator(&house.portal, house.admin.tenant()).await.unwrap();
        let change = tenants::Change { two_person: Some(true), ..tenants::Change::default() };
        tenants::set(&house.portal, &operator, change).await.unwrap();
        // Tokens of before have expired.
        let (client, grace) = (Client::admin(&house).await, Client::of(&house, grace).await);
        assert_eq!(client.get("/tenant").await.json(200)["two_person"], true);
        let activate = json!({"confirmed": true, "risk_acknowledged": true});
        let path = format!("/keys/{second}/activate");
        client.post(&path, &activate).await.problem(409, "APPROVAL_NEEDED");
        let ask = json!({"change": "activate", "confirmed": true});
        let key = client.post(&format!("/keys/{second}/approval"), &ask).await.json(200);
        assert_eq!(key["allowed_actions"][0]["code"], "APPROVAL_NEEDED");
        client.post(&format!("/keys/{second}/approval"), &json!({"change": "rotate"})).await.problem(422, "INVALID");
        let region = grace.get("/regions").await.json(200);
        let asked = &region["items"][0]["approval"];
        let (yes, path_of) = (json!({"confirmed": true}), |id: &str| format!("/regions/europe/approvals/{id}"));
        let question = path_of(asked["id"].as_str().unwrap());
        client.post(&question, &yes).await.problem(409, "OWN_APPROVAL");
        grace.post(&path_of(&second), &yes).await.problem(409, "CONFLICT");
        grace.delete(&path_of(&second)).await.problem(409, "CONFLICT");
        grace.post(&path_of("it"), &yes).await.problem(404, "NOT_FOUND");
        assert_eq!((&asked["change"], &asked["key"]), (&json!("activate"), &json!("second")));
        assert_eq!(asked.get("approved_by"), None);
        grace.post(&question, &json!({})).await.problem(422, "NOT_CONFIRMED");
        let given = grace.post(&question, &yes).await.json(200);
        assert_eq!(given["approval"]["approved_by"], "grace@contoso.example");
        grace.post(&path, &activate).await.problem(409, "APPROVAL_NEEDED");
        client.post(&path, &activate).await.json(202);
        house.drain().await;
        assert_eq!(client.get(&format!("/keys/{second}")).await.json(200)["state"], "active");
        client.delete(&question).await.problem(409, "NOTHING_TO_APPROVE");
    }
}
