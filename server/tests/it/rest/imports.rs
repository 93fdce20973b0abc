//! CSV files on their way in.

use super::client::Client;
use crate::harness::House;
use axum::body::Body;
use futures::stream;
use serde_json::json;
use test_support::{TestDb, both_databases};

both_databases! {
    async fn a_file_becomes_rows_and_its_bad_lines_a_report(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let environment = house.environment("Any", "sandbox").await;
        let table = house.table(environment, "People", &[("Name", "text"), ("Age", "whole_number")]).await;
        // 600 bad lines: more than a page of the report. It arrives in pieces that cut lines in two.
        let mut csv = "Age,Name\r\n1,first\r\n".to_owned();
        (0..600).for_each(|_| csv += "secret,nobody\r\n");
        csv += "2,last\r\n";
        let pieces: Vec<_> = csv.as_bytes().chunks(1000).map(|c| Ok::<_, std::io::Error>(c.to_vec())).collect();
        let body = Body::from_stream(stream::iter(pieces));
        let answer = client.send("POST", &format!("/tables/{table}/imports"), "text/csv; charset=UTF-8", body).await;
        let location = answer.header("operation-location").to_owned();
        let operation = answer.json(202);
        assert_eq!((&operation["kind"], &operation["total"]), (&json!("row_import"), &json!(csv.len())));
        house.drain().await;

        let path = location.strip_prefix("https://keys.contoso.example").unwrap();
        assert_eq!(client.get(path).await.json(200)["state"], "succeeded");
        let first = client.get(&format!("{path}/report")).await.json(200);
        assert_eq!((&first["stored"], &first["refused"]), (&json!(2), &json!(600)));
        assert_eq!(first["items"].as_array().unwrap().len(), 500);
        assert_eq!((&first["items"][0]["line"], &first["items"][0]["column"]), (&json!(3), &json!("Age")));
        assert!(!first.to_string().contains("secret"), "no value of the file is repeated");
        let rest = client.get(&format!("{path}/report?after={}", first["next"].as_str().unwrap())).await.json(200);
        assert_eq!((rest["items"].as_array().unwrap().len(), rest.get("next")), (100, None));
        let rows = client.get(&format!("/tables/{table}/rows")).await.json(200);
        assert_eq!(rows["items"][1]["cells"], json!({"Name": "last", "Age": 2}));
    }

    async fn what_is_no_csv_file_is_refused(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let environment = house.environment("Any", "sandbox").await;
        let table = house.table(environment, "People", &[("Name", "text")]).await;
        let path = format!("/tables/{table}/imports");
        client.send("POST", &path, "text/csv", Body::empty()).await.problem(422, "INVALID");
        client.post(&path, &json!({})).await.problem(415, "UNSUPPORTED_MEDIA_TYPE");
        let latin = client.send("POST", &path, "text/csv; charset=iso-8859-1", "Name\n".into());
        latin.await.problem(415, "UNSUPPORTED_MEDIA_TYPE");
        let lost = stream::iter([Ok("Name\nAda".as_bytes()), Err(std::io::Error::other("gone"))]);
        let broken = client.send("POST", &path, "text/csv", Body::from_stream(lost)).await;
        broken.problem(400, "MALFORMED");
        house.drain().await;
        assert_eq!(client.get("/operations").await.json(200), json!({"items": []}), "nothing was queued");

        client.send("POST", &path, "text/csv", "Height\n180\n".into()).await.json(202);
        house.drain().await;
        let failed = client.get("/operations").await.json(200)["items"][0].clone();
        assert_eq!(failed["state"], "failed");
        assert!(failed["error"].as_str().unwrap().contains("header"), "{failed}");
    }
}
