//! Jobs and the mails they bring.

use super::client::Client;
use crate::{harness::House, shell::browser::Browser};
use serde_json::{Value, json};
use store::ConnectionTrait as _;
use test_support::{TestDb, both_databases};

both_databases! {
    async fn jobs_are_listed_filtered_and_paged(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        house.key("first").await;
        house.wait(1);
        let id = house.environment("Any", "sandbox").await;
        let sure = json!({"confirmed": true, "risk_acknowledged": true});
        client.post(&format!("/environments/{id}/apply"), &sure).await.json(202);
        assert_eq!(kinds(&client, "").await, ["environment_apply", "key_install"], "the newest first");
        assert_eq!(kinds(&client, "open=true").await, ["environment_apply"]);
        assert_eq!(kinds(&client, &format!("environment={id}")).await, ["environment_apply"]);
        assert_eq!(kinds(&client, "region=us-east").await, Vec::<String>::new());
        let page = client.get("/operations?limit=1").await.json(200);
        let next = page["next"].as_str().unwrap();
        assert_eq!(kinds(&client, &format!("after={next}")).await, ["key_install"]);
        house.drain().await;
        assert_eq!(kinds(&client, "open=true").await, Vec::<String>::new());
        let done = client.get(&format!("/operations?environment={id}")).await.json(200)["items"][0].clone();
        let steps = done["steps"].as_array().unwrap();
        assert!(steps.len() == 5 && steps.iter().all(|step| step["started_at"].is_string()), "{done}");
        for bad in ["environment=x", "open=maybe", "after=x", "limit=0"] {
            client.get(&format!("/operations?{bad}")).await.problem(422, "INVALID");
        }
    }

    async fn pp_033_each_administrator_has_a_message_about_each_change(db: TestDb) {
        let house = House::new(&db).await;
        let service = vec![domain::roles::Role::ServiceAdministrator];
        house.user(&house.admin, "service@contoso.example", service).await;
        let client = Client::admin(&house).await;
        house.key("first").await;
        let messages = client.get("/messages").await.json(200);
        let about = |event: &str| -> Vec<&str> {
            let items = messages["items"].as_array().unwrap().iter();
            let mut to: Vec<_> =
                items.filter(|m| m["event"] == event).map(|m| m["address"].as_str().unwrap()).collect();
            to.sort_unstable();
            to
        };
        let administrators = ["ada@contoso.example", "service@contoso.example"];
        assert_eq!(about("key_added"), administrators);
        assert_eq!(about("key_activated"), administrators);
        let message = &messages["items"][0];
        assert_eq!((&message["state"], message.get("text")), (&json!("queued"), None));
        let path = format!("/messages/{}", message["id"].as_str().unwrap());
        let whole = client.get(&path).await.json(200);
        assert!(whole["text"].as_str().unwrap().contains("first"), "{whole}");
        assert_eq!(whole["allowed_actions"][0]["allowed"], json!(false), "it was not tried yet");
        client.post(&format!("{path}/send"), &json!(null)).await.problem(409, "CONFLICT");
        let sql = "UPDATE messages SET state = 'failed', attempts = 80, last_error = '550 no such mailbox'";
        house.portal.db().write().execute_unprepared(sql).await.unwrap();
        let mut browser = Browser::signed_in(&house, "ada@contoso.example").await;
        let address = format!("/notifications/{}", message["id"].as_str().unwrap());
        assert!(browser.get(&address).await.text().contains("Send again"));
        let whole = client.get(&path).await.json(200);
        assert_eq!((&whole["state"], &whole["allowed_actions"][0]["allowed"]), (&json!("failed"), &json!(true)));
        let whole = client.post(&format!("{path}/send"), &json!(null)).await.json(200);
        assert_eq!((&whole["state"], &whole["attempts"]), (&json!("queued"), &json!(0)));
        let answer = browser.post(&address, &[]).await;
        assert_eq!((answer.status, answer.header("location")), (303, &*format!("{address}?done=message-queued")));
        assert!(browser.get(&address).await.text().contains("Try now"));
        let page = client.get("/messages?limit=3").await.json(200);
        let next = page["next"].as_str().unwrap();
        let rest = client.get(&format!("/messages?after={next}")).await.json(200);
        assert_eq!(rest["items"].as_array().unwrap().len(), messages["items"].as_array().unwrap().len() - 3);
    }
}

async fn kinds(client: &Client, query: &str) -> Vec<String> {
    let page: Value = client.get(&format!("/operations?{query}")).await.json(200);
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["kind"].as_str().unwrap().to_owned()).collect()
}
