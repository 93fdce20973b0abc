//! Tables of an environment.

use super::client::{Client, fields};
use crate::harness::House;
use serde_json::json;
use test_support::{TestDb, both_databases};

both_databases! {
    async fn a_table_keeps_its_shape(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let path = format!("/environments/{}/tables", house.environment("Any", "sandbox").await);
        let columns = json!([
            {"name": "Name", "type": "text", "required": true},
            {"name": "Colour", "type": "choice", "options": ["red", "blue"], "required": false},
            {"name": "Photo", "type": "image", "required": false},
        ]);
        let answer = client.post(&path, &json!({"name": "People", "columns": columns})).await;
        let location = answer.header("location").to_owned();
        let made = answer.json(201);
        assert_eq!((&made["name"], &made["columns"], &made["rows"]), (&json!("People"), &columns, &json!(0)));
        let found = client.get(location.strip_prefix("https://keys.contoso.example").unwrap()).await.json(200);
        assert_eq!(found, made);
        assert_eq!(client.get(&path).await.json(200)["items"], json!([made]));
    }

    async fn a_table_without_sense_is_refused_at_its_field(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let path = format!("/environments/{}/tables", house.environment("Any", "sandbox").await);
        let text = json!({"name": "Name", "type": "text"});
        for (form, field) in [
            (json!({"name": "1", "columns": [text]}), "name"),
            (json!({"name": "T", "columns": []}), "columns"),
            (json!({"name": "T", "columns": [text, {"name": "NAME", "type": "text"}]}), "columns"),
            (json!({"name": "T", "columns": [text, {"name": "B", "type": "blob"}]}), "columns[1].type"),
            (json!({"name": "T", "columns": [{"name": "", "type": "text"}]}), "columns[0].name"),
            (json!({"name": "T", "columns": [{"name": "C", "type": "choice"}]}), "columns[0].type"),
            (json!({"name": "T", "columns": [{"name": "C", "type": "text", "size": 3}]}), "columns[0].size"),
            (json!({"name": "T", "columns": [{"name": "C", "type": 7}]}), "columns[0].type"),
        ] {
            let problem = client.post(&path, &form).await.problem(422, "INVALID");
            assert_eq!(fields(&problem), [field], "{form}");
        }
        client.post(&path, &json!({"name": "T", "columns": [text]})).await.json(201);
        let again = client.post(&path, &json!({"name": "t", "columns": [text]})).await;
        assert_eq!(fields(&again.problem(409, "CONFLICT")), ["name"]);
    }

    async fn x_21_files_do_not_enter_an_environment_with_its_own_key(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        house.key("first").await;
        let id = house.environment("Managed", "sandbox").await;
        let table = house.table(id, "Empty", &[("Name", "text"), ("Scan", "file")]).await;
        let sure = json!({"confirmed": true, "risk_acknowledged": true});
        client.post(&format!("/environments/{id}/apply"), &sure).await.json(202);
        house.drain().await;

        let form = json!({"name": "Scans", "columns": [{"name": "Scan", "type": "file"}]});
        client.post(&format!("/environments/{id}/tables"), &form).await.problem(409, "FILE_IMAGE_NOT_SUPPORTED");
        let file = json!({"name": "a.pdf", "media_type": "application/pdf", "content": "AAAA"});
        let with = json!({"cells": {"Name": "with", "Scan": file}});
        let path = format!("/tables/{table}/rows");
        client.post(&path, &json!({"rows": [with]})).await.problem(409, "FILE_IMAGE_NOT_SUPPORTED");
        let without = json!({"rows": [{"cells": {"Name": "without"}}]});
        let row = client.post(&path, &without).await.json(201)["ids"][0].as_str().unwrap().to_owned();
        client.put(&format!("{path}/{row}"), &with).await.problem(409, "FILE_IMAGE_NOT_SUPPORTED");
    }
}
