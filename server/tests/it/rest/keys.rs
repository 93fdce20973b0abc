//! Keys: what uploads are refused for, and when activations are possible.

use super::client::{Client, fields};
use crate::harness::{FILE_PASSWORD, House, PUBLIC_URL};
use domain::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;
use test_support::{TestDb, both_databases, pfx};

/// What an activation must say.
fn sure() -> Value {
    json!({"confirmed": true, "risk_acknowledged": true})
}

both_databases! {
    async fn pp_070_the_first_uploaded_key_activates_itself(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let answer = client.upload_key("first").await;
        let location = answer.header("location").to_owned();
        let added = answer.json(201);
        assert_eq!(location, format!("{PUBLIC_URL}/api/v1/keys/{}", added["id"].as_str().unwrap()));
        assert_eq!((&added["state"], &added["operation"]["kind"]), (&json!("installing"), &json!("key_install")));
        house.drain().await;
        let key = client.get(location.strip_prefix(PUBLIC_URL).unwrap()).await.json(200);
        assert_eq!((&key["state"], &key["name"], &key["bits"]), (&json!("active"), &json!("first"), &json!(2048)));
        assert_eq!(key["created_by"], house.admin.email());
        let path = format!("/operations/{}", added["operation"]["id"].as_str().unwrap());
        assert_eq!(client.get(&path).await.json(200)["state"], "succeeded");
    }

    async fn pp_057_x_06_a_generated_key_is_downloaded_once_and_proved_before_it_is_activated(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let weak = json!({"name": "made", "password": "short", "risk_acknowledged": true});
        let refused = client.post("/regions/europe/keys/generate", &weak).await.problem(422, "PASSWORD_WEAK");
        assert_eq!(fields(&refused), ["password"]);
        let form = json!({"name": "made", "password": FILE_PASSWORD, "risk_acknowledged": true});
        let made = client.post("/regions/europe/keys/generate", &form).await.json(201);
        assert_eq!((&made["source"], &made["state"]), (&json!("generated"), &json!("available")));
        assert_eq!(made.get("proved_at"), None);
        let path = format!("/keys/{}", made["id"].as_str().unwrap());
        let refused = client.post(&format!("{path}/activate"), &sure()).await.json(409);
        assert_eq!(refused["type"], "urn:keystead:problem:KEY_NOT_PROVED");

        let file = client.post(&format!("{path}/file"), &json!(null)).await;
        assert_eq!((file.status, file.header("content-type")), (200, "application/x-pkcs12"));
        assert_eq!(file.header("cache-control"), "no-store");
        assert_eq!(client.post(&format!("{path}/file"), &json!(null)).await.status, 410);

        let password = FILE_PASSWORD.as_bytes();
        let parts = [("file", &file.body[..]), ("password", password)];
        let proved = client.multipart(&format!("{path}/proof"), &parts).await.json(200);
        assert!(proved["proved_at"].is_string());
        assert_eq!(client.post(&format!("{path}/activate"), &sure()).await.status, 202);
    }

    async fn pp_071_later_uploads_wait_for_an_activation(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        house.key("first").await;
        let second = client.upload_key("second").await.json(201);
        assert_eq!((&second["state"], second.get("operation")), (&json!("available"), None));
        house.drain().await;
        let keys = client.get("/regions/europe/keys").await.json(200);
        let states: Vec<_> = keys["items"].as_array().unwrap().iter().map(|k| (&k["name"], &k["state"])).collect();
        assert_eq!(states.len(), 2);
        assert!(states.contains(&(&json!("first"), &json!("active"))));
        assert!(states.contains(&(&json!("second"), &json!("available"))));
    }

    async fn pp_083_activations_are_24_hours_apart(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        house.key("first").await;
        let activated = house.portal.clock().now();
        let second = id(&client.upload_key("second").await.json(201));
        let path = format!("/keys/{second}/activate");
        let boundary = activated + Duration::from_secs(24 * 3600);

        for early in [Duration::from_secs(24 * 3600), Duration::from_secs(1), Duration::from_micros(1)] {
            house.set(Timestamp(boundary.0 - i64::try_from(early.as_micros()).unwrap()));
            let renewed = Client::admin(&house).await;
            let problem = renewed.post(&path, &sure()).await.problem(409, "ACTIVATION_COOLDOWN");
            assert_eq!(problem.allowed_at.as_deref(), Some(boundary.rfc3339().as_str()));
            let shown = renewed.get(&format!("/keys/{second}")).await.json(200)["allowed_actions"][0].clone();
            assert_eq!((&shown["allowed"], &shown["code"]), (&json!(false), &json!("ACTIVATION_COOLDOWN")));
            assert_eq!(shown["allowed_at"], boundary.rfc3339());
        }
        house.set(boundary);
        let client = Client::admin(&house).await;
        let shown = client.get(&format!("/keys/{second}")).await.json(200)["allowed_actions"][0].clone();
        assert_eq!(shown, json!({"action": "key.activate", "allowed": true}));
        let answer = client.post(&path, &sure()).await;
        let location = answer.header("operation-location").to_owned();
        let operation = answer.json(202);
        assert_eq!(location, format!("{PUBLIC_URL}/api/v1/operations/{}", id(&operation)));
        house.drain().await;
        assert_eq!(client.get(&format!("/keys/{second}")).await.json(200)["state"], "active");
    }

    async fn pp_083_one_second_after_the_boundary_is_late_enough(db: TestDb) {
        let house = House::new(&db).await;
        house.key("first").await;
        house.wait(24 * 3600 + 1);
        let client = Client::admin(&house).await;
        let second = id(&client.upload_key("second").await.json(201));
        client.post(&format!("/keys/{second}/activate"), &sure()).await.json(202);
    }

    async fn pp_046_one_key_at_a_time_is_installed(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        client.upload_key("first").await.json(201);
        let second = id(&client.upload_key("second").await.json(201));
        let refused = client.post(&format!("/keys/{second}/activate"), &sure()).await;
        let problem = refused.problem(409, "ACTIVATION_IN_PROGRESS");
        assert!(problem.detail.unwrap().contains("first"), "which key is named");
    }

    async fn pp_073_only_an_available_key_is_activated(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let first = house.key("first").await;
        client.post(&format!("/keys/{first}/activate"), &sure()).await.problem(409, "KEY_NOT_AVAILABLE");
    }

    async fn pp_074_075_an_activation_must_be_acknowledged_and_confirmed(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        house.key("first").await;
        let second = id(&client.upload_key("second").await.json(201));
        let path = format!("/keys/{second}/activate");
        client.post(&path, &json!({"confirmed": true})).await.problem(409, "RISK_NOT_ACKNOWLEDGED");
        let problem = client.post(&path, &json!({"risk_acknowledged": true})).await.problem(422, "NOT_CONFIRMED");
        assert_eq!(fields(&problem), ["confirmed"]);
    }

    async fn pp_020_039_040_041_each_bad_file_has_its_own_refusal(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let p = FILE_PASSWORD;
        let cases = [
            ("PP-039", b"no key file".to_vec(), p, "KEY_FILE_FORMAT", "file"),
            ("PP-039", Vec::new(), p, "KEY_FILE_FORMAT", "file"),
            ("PP-041", pfx::modern("a", "").unwrap(), "", "KEY_FILE_NO_PASSWORD", "file"),
            ("PP-041", pfx::modern("a", p).unwrap(), "wrong", "KEY_FILE_BAD_PASSWORD", "password"),
            ("PP-020", pfx::cert_only("a", p).unwrap(), p, "KEY_FILE_NO_PRIVATE", "file"),
            ("PP-040", pfx::rsa_bits(3072, "a", p).unwrap(), p, "KEY_ALGORITHM", "file"),
            ("PP-040", pfx::ec("a", p).unwrap(), p, "KEY_ALGORITHM", "file"),
        ];
        for (rule, file, password, code, field) in cases {
            let problem = client.upload("key", &file, password).await.problem(422, code);
            assert_eq!(fields(&problem), [field], "{rule}");
        }
        let large = vec![0x30; service::keys::MAX_FILE + 1];
        client.upload("key", &large, p).await.problem(413, "TOO_LARGE");
        let keys = client.get("/regions/europe/keys").await.json(200);
        assert_eq!(keys["items"], json!([]), "nothing is left of what was refused");
    }

    async fn x_39_names_are_checked_and_never_used_twice(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        for name in ["", "two words", "umlaut-ä", &"x".repeat(128)] {
            let problem = client.upload_key(name).await.problem(422, "KEY_NAME_INVALID");
            assert_eq!(fields(&problem), ["name"]);
        }
        client.upload_key(&"x".repeat(127)).await.json(201);
        let file = pfx::modern("another", FILE_PASSWORD).unwrap();
        let again = client.upload(&"x".repeat(127), &file, FILE_PASSWORD).await;
        assert_eq!(fields(&again.problem(422, "KEY_NAME_TAKEN")), ["name"]);
    }

    async fn an_upload_is_one_whole_form(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let path = "/regions/europe/keys";
        let problem = client.multipart(path, &[("name", b"key")]).await.problem(422, "INVALID");
        assert_eq!(fields(&problem), ["file", "password"]);
        let problem = client.multipart(path, &[("colour", b"red")]).await.problem(422, "INVALID");
        assert_eq!(fields(&problem), ["colour"]);
        let problem = client.multipart(path, &[("name", b"a"), ("name", b"b")]).await.problem(422, "INVALID");
        assert_eq!(fields(&problem), ["name"]);
        let whole = [("name", &b"key"[..]), ("file", b"x"), ("password", b"x")];
        client.multipart(path, &whole).await.problem(409, "RISK_NOT_ACKNOWLEDGED");
        client.post(path, &json!({})).await.problem(415, "UNSUPPORTED_MEDIA_TYPE");
        client.multipart(path, &[("file", &vec![0; 600 * 1024])]).await.problem(413, "TOO_LARGE");
        client.multipart("/regions/mars/keys", &whole).await.problem(404, "NOT_FOUND");
    }
}

/// The id of an object.
fn id(object: &Value) -> String {
    object["id"].as_str().unwrap().to_owned()
}
