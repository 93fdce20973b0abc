//! Environments: eligibility, apply, return.

use super::client::{Client, fields};
use crate::harness::House;
use domain::{EnvironmentId, environments::Storage};
use serde_json::{Value, json};
use service::tenants;
use test_support::{TestDb, both_databases};

/// What an apply must say.
fn sure() -> Value {
    json!({"confirmed": true, "risk_acknowledged": true})
}

/// Applies the active key and waits for the job.
async fn apply(house: &House, client: &Client, id: EnvironmentId) {
    client.post(&format!("/environments/{id}/apply"), &sure()).await.json(202);
    house.drain().await;
}

both_databases! {
    async fn an_environment_is_created_applied_and_returned(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let form = json!({"name": "Payroll", "type": "sandbox", "region": "europe"});
        let answer = client.post("/environments", &form).await;
        let path = answer.header("location").to_owned();
        let made = answer.json(201);
        let path = path.strip_prefix("https://keys.contoso.example").unwrap();
        assert_eq!((&made["state"], &made["eligible"]), (&json!("platform_managed"), &json!(true)));
        house.key("first").await;
        client.post(&format!("{path}/apply"), &sure()).await.json(202);
        let applying = client.get(path).await.json(200);
        assert_eq!((&applying["state"], &applying["online"]), (&json!("applying"), &json!(false)));
        house.drain().await;
        let managed = client.get(path).await.json(200);
        assert_eq!((&managed["state"], &managed["online"]), (&json!("self_managed"), &json!(true)));
        assert_eq!(managed["encryption"]["key"]["name"], "first");
        assert_eq!(managed["encryption"]["generation"], 2);
        assert_eq!(managed["operation"]["state"], "succeeded");
        client.post(&format!("{path}/return"), &sure()).await.json(202);
        house.drain().await;
        let back = client.get(path).await.json(200);
        assert_eq!((&back["state"], back["encryption"].get("key")), (&json!("platform_managed"), None));
    }

    async fn pp_014_017_only_environments_newer_than_the_feature_can_use_a_key(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        house.key("first").await;
        let old = house.environment("Old", "sandbox").await;
        house.wait(1);
        for on in [false, true] {
            let region = "europe".to_owned();
            tenants::set_feature(&house.portal, &house.admin, region, on).await.unwrap();
        }
        let refused = client.post(&format!("/environments/{old}/apply"), &sure()).await;
        let problem = refused.problem(409, "ENVIRONMENT_NOT_ELIGIBLE");
        assert!(problem.detail.unwrap().contains("PP-014, PP-017"));
        let at_the_same_moment = house.environment("Same", "sandbox").await;
        let path = format!("/environments/{at_the_same_moment}");
        client.post(&format!("{path}/apply"), &sure()).await.problem(409, "ENVIRONMENT_NOT_ELIGIBLE");
        assert_eq!(client.get(&path).await.json(200)["eligible"], false);
        house.wait(1);
        let new = house.environment("New", "sandbox").await;
        apply(&house, &client, new).await;
        assert_eq!(client.get(&format!("/environments/{new}")).await.json(200)["state"], "self_managed");
    }

    async fn pp_015_environments_with_file_data_cannot_use_a_key(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        house.key("first").await;
        let id = house.environment("Photos", "sandbox").await;
        let table = house.table(id, "Pictures", &[("Picture", "image")]).await;
        let picture = json!({"name": "a.png", "media_type": "image/png", "content": "AAAA"});
        let rows = json!({"rows": [{"cells": {"Picture": picture}}]});
        let row = client.post(&format!("/tables/{table}/rows"), &rows).await.json(201)["ids"][0].clone();
        let refused = client.post(&format!("/environments/{id}/apply"), &sure()).await;
        assert!(refused.problem(409, "ENVIRONMENT_NOT_ELIGIBLE").detail.unwrap().contains("PP-015"));
        client.delete(&format!("/tables/{table}/rows/{}", row.as_str().unwrap())).await.json(204);
        apply(&house, &client, id).await;
    }

    async fn pp_016_environments_with_other_storage_cannot_use_a_key(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        house.key("first").await;
        let id = house.environment("Elsewhere", "sandbox").await;
        // Nothing in the portal makes such environments: they came before it.
        let sql = format!("UPDATE environments SET storage = '{}'", Storage::Other.as_str());
        let write = house.portal.db().write();
        store::ConnectionTrait::execute_unprepared(write, &sql).await.unwrap();
        let refused = client.post(&format!("/environments/{id}/apply"), &sure()).await;
        assert!(refused.problem(409, "ENVIRONMENT_NOT_ELIGIBLE").detail.unwrap().contains("PP-016"));
        let shown = client.get(&format!("/environments/{id}")).await.json(200);
        assert_eq!(shown["ineligible_reasons"].as_array().unwrap().len(), 1);
        assert_eq!(shown["allowed_actions"][0]["code"], "ENVIRONMENT_NOT_ELIGIBLE");
    }

    async fn pp_085_an_active_key_is_needed(db: TestDb) {
        let house = House::new(&db).await;
        let id = house.environment("Early", "sandbox").await;
        let client = Client::admin(&house).await;
        client.post(&format!("/environments/{id}/apply"), &sure()).await.problem(409, "NO_ACTIVE_KEY");
    }

    async fn pp_088_090_an_apply_must_be_acknowledged_and_confirmed(db: TestDb) {
        let house = House::new(&db).await;
        house.key("first").await;
        let path = format!("/environments/{}/apply", house.environment("Any", "sandbox").await);
        let client = Client::admin(&house).await;
        client.post(&path, &json!({"confirmed": true})).await.problem(409, "RISK_NOT_ACKNOWLEDGED");
        client.post(&path, &json!({"risk_acknowledged": true})).await.problem(422, "NOT_CONFIRMED");
    }

    async fn pp_090_rows_are_out_of_reach_while_the_environment_is_offline(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        house.key("first").await;
        let id = house.environment("Busy", "sandbox").await;
        let table = house.table(id, "People", &[("Name", "text")]).await;
        let path = format!("/tables/{table}/rows");
        let rows = json!({"rows": [{"cells": {"Name": "Ada"}}]});
        let row = client.post(&path, &rows).await.json(201)["ids"][0].as_str().unwrap().to_owned();
        client.post(&format!("/environments/{id}/apply"), &sure()).await.json(202);

        client.get(&path).await.problem(409, "ENV_OFFLINE");
        client.get(&format!("{path}/{row}")).await.problem(409, "ENV_OFFLINE");
        client.get(&format!("/tables/{table}/export")).await.problem(409, "ENV_OFFLINE");
        client.post(&path, &rows).await.problem(409, "ENV_OFFLINE");
        client.put(&format!("{path}/{row}"), &rows["rows"][0]).await.problem(409, "ENV_OFFLINE");
        client.delete(&format!("{path}/{row}")).await.problem(409, "ENV_OFFLINE");
        let csv = client.send("POST", &format!("/tables/{table}/imports"), "text/csv", "Name\nEve\n".into());
        csv.await.problem(409, "ENV_OFFLINE");
        let shown = client.get(&format!("/environments/{id}")).await.json(200);
        let actions = shown["allowed_actions"].as_array().unwrap();
        assert!(actions.iter().all(|action| action["allowed"] == false), "{shown}");

        house.drain().await;
        assert_eq!(client.get(&path).await.json(200)["items"][0]["cells"]["Name"], "Ada");
    }

    async fn pp_094_the_name_of_a_production_environment_is_typed(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        house.key("first").await;
        let id = house.environment("Payroll EU", "production").await;
        apply(&house, &client, id).await;
        let path = format!("/environments/{id}/return");
        assert_eq!(client.get(&format!("/environments/{id}")).await.json(200)["typed_name"], "Payroll EU");
        for typed in ["", "payroll eu", "Payroll"] {
            let mut form = sure();
            form["typed_name"] = json!(typed);
            assert_eq!(fields(&client.post(&path, &form).await.problem(422, "NAME_MISMATCH")), ["typed_name"]);
        }
        let form = json!({"typed_name": "Payroll EU", "risk_acknowledged": true});
        client.post(&path, &form).await.problem(422, "NOT_CONFIRMED");
        let form = json!({"typed_name": "Payroll EU", "confirmed": true, "risk_acknowledged": true});
        client.post(&path, &form).await.json(202);
    }

    async fn lists_are_filtered_sorted_and_paged(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        for (name, kind) in [("A & B", "sandbox"), ("Ünïcode ~ 100%", "production"), ("a_c", "sandbox")] {
            house.environment(name, kind).await;
            house.wait(1);
        }
        for (query, expected) in [
            ("", vec!["A & B", "a_c", "Ünïcode ~ 100%"]),
            ("sort=-name", vec!["Ünïcode ~ 100%", "a_c", "A & B"]),
            ("sort=created", vec!["A & B", "Ünïcode ~ 100%", "a_c"]),
            ("sort=-created", vec!["a_c", "Ünïcode ~ 100%", "A & B"]),
            ("search=_C", vec!["a_c"]),
            ("search=100%25", vec!["Ünïcode ~ 100%"]),
            ("type=sandbox&region=europe&state=platform_managed", vec!["A & B", "a_c"]),
            ("region=us-east", vec![]),
        ] {
            assert_eq!(all(&client, query).await, expected, "{query}");
        }
        for bad in ["sort=size", "type=castle", "state=on", "limit=0", "limit=201", "limit=x", "after=xyz",
            "after=00", "after=ä", "colour=red", "search=%00"]
        {
            client.get(&format!("/environments?{}", bad.replace('ä', "%C3%A4"))).await.problem(422, "INVALID");
        }
        client.get("/environments?region=mars").await.problem(404, "NOT_FOUND");
    }

    async fn bad_input_names_its_field(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let good = json!({"name": "Good", "type": "sandbox", "region": "europe"});
        for (field, value) in
            [("name", ""), ("name", "a\u{0}b"), ("type", "castle"), ("region", "mars"), ("region", "\u{0}")]
        {
            let mut form = good.clone();
            form[field] = json!(value);
            let problem = client.post("/environments", &form).await.problem(422, "INVALID");
            assert_eq!(fields(&problem), [field], "{value:?}");
        }
        client.post("/environments", &good).await.json(201);
        assert_eq!(fields(&client.post("/environments", &good).await.problem(409, "CONFLICT")), ["name"]);
    }
}

/// The names of every environment `query` finds, a page of two at a time.
async fn all(client: &Client, query: &str) -> Vec<String> {
    let (mut names, mut after) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("/environments?limit=2&{query}{after}")).await.json(200);
        let items = page["items"].as_array().unwrap();
        names.extend(items.iter().map(|item| item["name"].as_str().unwrap().to_owned()));
        match page.get("next") {
            Some(next) => after = format!("&after={}", next.as_str().unwrap()),
            None => return names,
        }
    }
}
