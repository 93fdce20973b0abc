//! What is wrong with a request is a problem, whatever layer says it.

use super::client::{Client, fields};
use crate::harness::House;
use serde_json::json;
use store::ConnectionTrait as _;
use test_support::{TestDb, both_databases};

both_databases! {
    async fn bodies_that_are_no_json_are_refused(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let post = |media: &'static str, body: &'static str| client.send("POST", "/environments", media, body.into());
        let json = "application/json";
        let problem = post(json, "{\"name\":").await.problem(400, "MALFORMED");
        assert!(problem.detail.unwrap().contains("line 1 column"));
        post(json, "{}{}").await.problem(422, "INVALID");
        post(json, "{\"name\":\"a\",\"type\":\"sandbox\",\"region\":\"europe\"} {}").await.problem(400, "MALFORMED");
        post("", "{}").await.problem(415, "UNSUPPORTED_MEDIA_TYPE");
        post("text/plain", "{}").await.problem(415, "UNSUPPORTED_MEDIA_TYPE");
        post("application/json; charset=utf-16", "{}").await.problem(415, "UNSUPPORTED_MEDIA_TYPE");
        let problem = post(json, "{\"name\":7}").await.problem(422, "INVALID");
        assert_eq!(fields(&problem), ["name"]);
        let problem = post(json, "{\"colour\":7}").await.problem(422, "INVALID");
        assert_eq!(fields(&problem), ["colour"]);
        assert!(problem.errors[0].message.contains("`region`"), "what is accepted is named");
        let problem = post(json, "{\"name\":\"a\"}").await.problem(422, "INVALID");
        assert!(problem.detail.unwrap().contains("missing field `type`"));
        post("application/json; charset=UTF-8", "{\"name\":\"a\",\"type\":\"sandbox\",\"region\":\"europe\"}").await.json(201);
    }

    async fn bodies_are_limited(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let form = json!({"name": "x".repeat(1024 * 1024), "type": "sandbox", "region": "europe"});
        client.post("/environments", &form).await.problem(413, "TOO_LARGE");
        // Not even with the fields in their order.
        let list = r#" ["Payroll", "sandbox", "europe"]"#;
        let answer = client.send("POST", "/environments", "application/json", list.into()).await;
        assert!(answer.text().contains("Send a JSON object."), "{}", answer.text());
        answer.problem(422, "INVALID");
        let path = format!("/environments/{}/backup-schedule", house.environment("Payroll", "sandbox").await);
        let long = json!({"every_hours": "x".repeat(5_000), "keep": 7}).to_string();
        let answer = client.send("PUT", &path, "application/json", long.into()).await;
        assert!(answer.text().len() < 1_500, "what was sent does not come back whole: {}", answer.text());
        answer.problem(422, "INVALID");
        let nested = "[".repeat(100_000);
        client.send("POST", "/environments", "application/json", nested.into()).await.problem(422, "INVALID");
    }

    async fn addresses_and_methods_that_are_none_are_problems(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let lost = ["/api", "/api/", "/api/v2/tenant", "/api/v1", "/api/v1/", "/nothing", "/keys", "/tenant/",
            "/keys/x", "/keys/%00", "/environments/1", "/tables/x/rows/y", "/regions/%FF/keys"];
        for path in lost {
            client.get(path).await.problem(404, "NOT_FOUND");
        }
        for (method, path, allow) in [
            ("POST", "/tenant", "GET,HEAD"),
            ("PATCH", "/environments", "GET,HEAD,POST"),
            ("GET", "/keys/00000000-0000-0000-0000-000000000000/activate", "POST"),
        ] {
            let refused = client.send(method, path, "", axum::body::Body::empty()).await;
            assert_eq!(refused.header("allow"), allow);
            refused.problem(405, "METHOD_NOT_ALLOWED");
        }
    }

    async fn an_outage_tells_nothing_but_the_request_id(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        house.portal.db().write().execute_unprepared("DROP TABLE messages").await.unwrap();
        let answer = client.get("/messages").await;
        let text = answer.text().to_owned();
        let problem = answer.problem(500, "INTERNAL");
        assert_eq!((problem.detail, problem.remedy, problem.errors.len()), (None, None, 0));
        assert!(!text.contains("messages") && !text.contains("table"), "{text}");
    }
}
