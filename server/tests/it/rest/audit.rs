//! The audit trail: what a token does is its owner's doing.

use super::client::Client;
use crate::harness::House;
use serde_json::json;
use test_support::{TestDb, both_databases};

both_databases! {
    async fn changes_refusals_and_reads_are_on_record(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let environment = house.environment("Any", "sandbox").await;
        let table = house.table(environment, "People", &[("Name", "text")]).await;
        let added = client.post(&format!("/tables/{table}/rows"), &json!({"rows": [{"cells": {"Name": "Ada"}}]})).await;
        let request = added.header("x-request-id").to_owned();
        added.json(201);
        let apply = json!({"confirmed": true, "risk_acknowledged": true});
        client.post(&format!("/environments/{environment}/apply"), &apply).await.problem(409, "NO_ACTIVE_KEY");
        client.get(&format!("/tables/{table}/rows")).await.json(200);

        let trail = client.get("/audit?limit=3").await.json(200);
        let items = trail["items"].as_array().unwrap();
        let said: Vec<_> = items.iter().map(|e| (&e["action"], &e["outcome"], &e["actor"])).collect();
        let by = json!("ada@contoso.example");
        assert_eq!(said, [
            (&json!("row.read"), &json!("succeeded"), &by),
            (&json!("environment.apply"), &json!("refused"), &by),
            (&json!("row.write"), &json!("succeeded"), &by),
        ]);
        assert_eq!(items[1]["details"]["code"], "NO_ACTIVE_KEY");
        assert_eq!((&items[2]["request_id"], &items[2]["details"]), (&json!(request), &json!({"rows": 1})));
        assert!(!trail.to_string().contains("\"Ada\""), "no data is in the trail");
        assert_eq!(items[0]["seq"].as_i64().unwrap(), items[2]["seq"].as_i64().unwrap() + 2);

        let older = client.get(&format!("/audit?before={}", trail["next"].as_str().unwrap())).await.json(200);
        assert_eq!(older["items"][0]["seq"].as_i64().unwrap(), items[2]["seq"].as_i64().unwrap() - 1);
        assert_eq!(older.get("next"), None, "the chain's first entry is on the last page");
        for (filter, count) in [
            ("outcome=refused".to_owned(), 1),
            ("action=row.write&actor=ada".to_owned(), 1),
            (format!("target={table}&action=row.read"), 1),
            ("actor=nobody".to_owned(), 0),
        ] {
            let found = client.get(&format!("/audit?{filter}")).await.json(200);
            assert_eq!(found["items"].as_array().unwrap().len(), count, "{filter}");
        }
        for bad in ["before=x", "outcome=good", "target=x", "limit=1000", "actor=%00"] {
            client.get(&format!("/audit?{bad}")).await.problem(422, "INVALID");
        }
    }
}
