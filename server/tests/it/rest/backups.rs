//! Backups, restore, copy and reset over the API.

use super::client::{Client, fields};
use crate::harness::House;
use domain::EnvironmentId;
use serde_json::{Value, json};
use test_support::{TestDb, both_databases};

async fn filled(house: &House, client: &Client, name: &str) -> EnvironmentId {
    let id = house.environment(name, "sandbox").await;
    let table = house.table(id, "People", &[("Name", "text")]).await;
    let rows: Vec<Value> = (0..5).map(|n| json!({"cells": {"Name": format!("{name} {n}")}})).collect();
    client.post(&format!("/tables/{table}/rows"), &json!({ "rows": rows })).await.json(201);
    id
}

/// Every row of the environment's only table, ids and all.
async fn rows(client: &Client, id: EnvironmentId) -> Value {
    let tables = client.get(&format!("/environments/{id}/tables")).await.json(200);
    let table = tables["items"][0]["id"].as_str().unwrap().to_owned();
    client.get(&format!("/tables/{table}/rows")).await.json(200)["items"].clone()
}

both_databases! {
    async fn a_backup_is_made_restored_and_deleted(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let (payroll, twin) = (filled(&house, &client, "Payroll").await, filled(&house, &client, "Twin").await);
        let at = |rest: &str| format!("/environments/{payroll}{rest}");
        let begun = client.post(&at("/backups"), &json!({})).await;
        assert!(begun.header("operation-location").contains("/operations/"));
        assert_eq!(begun.json(202)["kind"], "environment_backup");
        client.post(&at("/backups"), &json!({})).await.problem(409, "ENV_BUSY");
        house.drain().await;
        let list = client.get(&at("/backups")).await.json(200);
        let backup = &list["items"][0];
        assert_eq!((&backup["state"], &backup["rows"], &backup["scheduled"]), (&json!("complete"), &json!(5), &json!(false)));
        assert_eq!(backup.get("key"), None, "under the platform's key");
        let id = backup["id"].as_str().unwrap();
        let one = |rest: &str| at(&format!("/backups/{id}{rest}"));
        assert_eq!(client.get(&one("")).await.json(200), *backup);
        client.get(&format!("/environments/{twin}/backups/{id}")).await.problem(404, "NOT_FOUND");

        let targets = client.get(&one("/targets?search=twin")).await.json(200);
        assert_eq!(targets["items"].as_array().unwrap().len(), 1);
        assert_eq!(targets["items"][0]["allowed_action"], json!({"action": "environment.restore", "allowed": true}));
        let to = |typed: &str| json!({"target_id": twin.to_string(), "typed_name": typed});
        let refused = client.post(&one("/restore"), &to("")).await.problem(422, "NAME_MISMATCH");
        assert_eq!(fields(&refused), ["typed_name"]);
        client.post(&one("/restore"), &json!({})).await.problem(422, "INVALID");
        let begun = client.post(&one("/restore"), &to("Twin")).await.json(202);
        assert_eq!(begun["backup_id"], id);
        client.delete(&one("")).await.problem(409, "ENV_BUSY");
        house.drain().await;
        assert_eq!(rows(&client, twin).await, rows(&client, payroll).await, "ids and all");
        assert_eq!(client.delete(&one("")).await.status, 204);
        client.get(&one("")).await.problem(404, "NOT_FOUND");
        client.delete(&one("")).await.problem(404, "NOT_FOUND");
    }

    async fn copy_and_reset_and_cancel(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let (payroll, twin) = (filled(&house, &client, "Payroll").await, filled(&house, &client, "Twin").await);
        let before = rows(&client, twin).await;
        let copy = json!({"target_id": twin.to_string(), "typed_name": "Twin"});
        let path = format!("/environments/{payroll}/copy");
        let targets = client.get(&format!("/environments/{payroll}/copy-targets")).await.json(200);
        let codes: Vec<&Value> = targets["items"].as_array().unwrap().iter().map(|t| &t["allowed_action"]["code"]).collect();
        assert_eq!(codes, [&json!("INVALID"), &Value::Null]);
        let begun = client.post(&path, &copy).await.json(202);
        let operation = format!("/operations/{}", begun["id"].as_str().unwrap());
        let cancel = json!([{"action": "operation.cancel", "allowed": true}]);
        assert_eq!(client.get(&operation).await.json(200)["allowed_actions"], cancel);
        let shown = client.get(&format!("/environments/{twin}")).await.json(200);
        let code_of = |action: &str| {
            let actions = shown["allowed_actions"].as_array().unwrap();
            actions.iter().find(|shown| shown["action"] == action).unwrap()["code"].clone()
        };
        for action in ["row.write", "row.delete", "table.create"] {
            assert_eq!(code_of(action), "ENV_BUSY", "{action} while its data is replaced");
        }
        for action in ["row.read", "row.export"] {
            assert_eq!(code_of(action), Value::Null, "{action} while its data is replaced");
        }
        let cancelled = client.post(&format!("{operation}/cancel"), &json!({})).await.json(200);
        assert_eq!(cancelled["state"], "cancelled");
        assert_eq!(cancelled["allowed_actions"][0]["code"], "OPERATION_NOT_CANCELLABLE");
        client.post(&format!("{operation}/cancel"), &json!({})).await.problem(409, "OPERATION_NOT_CANCELLABLE");
        house.drain().await;
        assert_eq!(rows(&client, twin).await, before);
        client.post(&path, &copy).await.json(202);
        house.drain().await;
        assert_eq!(rows(&client, twin).await, rows(&client, payroll).await);

        let reset = |typed: &str| json!({"typed_name": typed, "risk_acknowledged": true});
        let path = format!("/environments/{twin}/reset");
        client.post(&path, &json!({"typed_name": "Twin"})).await.problem(409, "RISK_NOT_ACKNOWLEDGED");
        client.post(&path, &reset("twin")).await.problem(422, "NAME_MISMATCH");
        client.post(&path, &reset("Twin")).await.json(202);
        let empty = client.get(&format!("/environments/{twin}/tables")).await.json(200);
        assert_eq!(empty["items"], json!([]));
        house.drain().await;
    }

    async fn pp_131_pp_132_pp_133_data_goes_only_where_the_key_is_the_same(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        house.key("first").await;
        let payroll = filled(&house, &client, "Payroll").await;
        let twin = house.environment("Twin", "sandbox").await;
        let support = house.environment("Support", "support_investigation").await;
        let backup = async |of: EnvironmentId| {
            let path = format!("/environments/{of}/backups");
            let id = client.post(&path, &json!({})).await.json(202)["backup_id"].as_str().unwrap().to_owned();
            house.drain().await;
            id
        };
        let before = backup(payroll).await;
        service::environments::apply(&house.portal, &house.admin, payroll, true, true).await.unwrap();
        house.drain().await;
        let after = backup(payroll).await;
        let to = |target: EnvironmentId, name: &str| json!({"target_id": target.to_string(), "typed_name": name});
        let restore = async |of: EnvironmentId, backup: &str, target: &Value, code: &str| {
            let path = format!("/environments/{of}/backups/{backup}/restore");
            client.post(&path, target).await.problem(409, code);
        };
        restore(payroll, &after, &to(twin, "Twin"), "RESTORE_TARGET_KEY_MISMATCH").await;
        restore(payroll, &after, &to(support, "Support"), "RESTORE_TARGET_KEY_MISMATCH").await;
        let of_twin = backup(twin).await;
        restore(twin, &of_twin, &to(payroll, "Payroll"), "RESTORE_TARGET_KEY_MISMATCH").await;
        let copy = async |of: EnvironmentId, target: &Value, code: &str| {
            client.post(&format!("/environments/{of}/copy"), target).await.problem(409, code);
        };
        copy(payroll, &to(twin, "Twin"), "COPY_TARGET_KEY_MISMATCH").await;
        copy(twin, &to(payroll, "Payroll"), "COPY_TARGET_KEY_MISMATCH").await;
        copy(payroll, &to(support, "Support"), "SUPPORT_ENV_NOT_CMK").await;
        let targets = client.get(&format!("/environments/{payroll}/copy-targets")).await.json(200);
        let codes: Vec<&Value> = targets["items"].as_array().unwrap().iter().map(|t| &t["allowed_action"]["code"]).collect();
        assert_eq!(codes, ["INVALID", "SUPPORT_ENV_NOT_CMK", "COPY_TARGET_KEY_MISMATCH"], "Payroll, Support, Twin");
        // Of before the key was applied: under the platform's, so that it goes to the others.
        let path = format!("/environments/{payroll}/backups/{before}/restore");
        client.post(&path, &to(twin, "Twin")).await.json(202);
        house.drain().await;
        assert_eq!(rows(&client, twin).await, rows(&client, payroll).await);
    }

    async fn a_schedule_is_set_and_ended(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let id = filled(&house, &client, "Payroll").await;
        let path = format!("/environments/{id}/backup-schedule");
        client.get(&path).await.problem(404, "NOT_FOUND");
        for (form, field) in [
            (json!({"every_hours": 0, "keep": 1}), "every_hours"),
            (json!({"every_hours": 1, "keep": 101}), "keep"),
        ] {
            let problem = client.put(&path, &form).await.problem(422, "INVALID");
            assert_eq!(fields(&problem), [field]);
        }
        let set = client.put(&path, &json!({"every_hours": 24, "keep": 7})).await.json(200);
        assert_eq!((&set["every_hours"], &set["keep"]), (&json!(24), &json!(7)));
        assert_eq!(client.get(&path).await.json(200), set);
        assert_eq!(client.delete(&path).await.status, 204);
        client.delete(&path).await.problem(404, "NOT_FOUND");
    }
}
