//! Rows: written in bulk, read by page, exported.

use super::client::{Client, fields};
use crate::{harness::House, shell::browser::Browser};
use domain::TableId;
use serde_json::{Value, json};
use test_support::{TestDb, both_databases};

const COLUMNS: &[(&str, &str)] = &[
    ("Name", "text"),
    ("Salary", "decimal"),
    ("Age", "whole_number"),
    ("Born", "date_time"),
    ("Here", "yes_no"),
];

async fn people(house: &House) -> TableId {
    let environment = house.environment("People", "sandbox").await;
    house.table(environment, "People", COLUMNS).await
}

both_databases! {
    async fn a_damaged_row_is_told_of_by_list_row_export_and_page(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let table = people(&house).await;
        let path = format!("/tables/{table}/rows");
        let rows = json!({"rows": [{"cells": {"Name": "Ada"}}, {"cells": {"Name": "Grace"}}]});
        let added = client.post(&path, &rows).await.json(201);
        let write = house.portal.db().write();
        let stored = store::rows::page(write, table, None, 1).await.unwrap().items.remove(0);
        let broken = store::rows::SealedRow { sealed: vec![9; 80], ..stored };
        store::rows::reseal(write, table, vec![broken]).await.unwrap();

        let list = client.get(&path).await.json(200);
        assert_eq!((&list["items"][0]["damaged"], &list["items"][0]["cells"]), (&json!(true), &json!({})));
        assert_eq!((list["items"][1].get("damaged"), &list["items"][1]["cells"]["Name"]), (None, &json!("Grace")));
        let one = added["ids"][0].as_str().unwrap();
        client.get(&format!("{path}/{one}")).await.problem(409, "ROW_DAMAGED");
        client.get(&format!("/tables/{table}/export")).await.problem(409, "ROW_DAMAGED");

        let mut browser = Browser::signed_in(&house, "ada@contoso.example").await;
        let page = browser.get(&format!("/tables/{table}")).await;
        for words in ["Damaged row", "Cannot be read", "Grace"] {
            assert!(page.status == 200 && page.text().contains(words), "{words}: {}", page.text());
        }
        let page = browser.get(&format!("/tables/{table}/rows/{one}")).await;
        for words in ["This row cannot be read.", "opens under no key", "Save", "Delete"] {
            assert!(page.status == 200 && page.text().contains(words), "{words}: {}", page.text());
        }
        let file = browser.get(&format!("/tables/{table}/export.csv")).await;
        let said = "<span>What is stored of the row";
        assert!(file.status == 409 && file.text().contains(said), "{}", file.text());

        // A backup is not made without it: its page says so, and where the row is.
        let table_of = client.get(&format!("/tables/{table}")).await.json(200);
        let backups = format!("/environments/{}/backups", table_of["environment_id"].as_str().unwrap());
        client.post(&backups, &json!(null)).await.json(202);
        house.drain().await;
        let page = browser.get(&backups).await;
        let row = format!("<a href=\"/tables/{table}/rows/{one}\">the row");
        for words in ["The last backup failed.", "nothing is backed up without it", &row] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        client.put(&format!("{path}/{one}"), &json!({"cells": {"Name": "Ada"}})).await.json(204);
        client.get(&format!("{path}/{one}")).await.json(200);
    }

    async fn a_row_is_written_read_replaced_and_deleted(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let path = format!("/tables/{}/rows", people(&house).await);
        let row = json!({"cells": {"name": "Ada", "SALARY": "-12.50", "Age": 36, "Born": "1815-12-10", "Here": true}});
        let added = client.post(&path, &json!({"rows": [row]})).await.json(201);
        let one = format!("{path}/{}", added["ids"][0].as_str().unwrap());
        let read = client.get(&one).await.json(200);
        assert_eq!(
            read["cells"],
            json!({"Name": "Ada", "Salary": "-12.50", "Age": 36, "Born": "1815-12-10T00:00:00Z", "Here": true})
        );
        client.put(&one, &json!({"cells": {"Name": "Grace"}})).await.json(204);
        let cells = client.get(&one).await.json(200)["cells"].clone();
        assert_eq!(cells, json!({"Name": "Grace", "Salary": null, "Age": null, "Born": null, "Here": null}));
        client.delete(&one).await.json(204);
        client.get(&one).await.problem(404, "NOT_FOUND");
        client.delete(&one).await.problem(404, "NOT_FOUND");
        client.put(&one, &row).await.problem(404, "NOT_FOUND");
    }

    async fn rows_come_all_or_none_and_errors_name_row_and_column(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let path = format!("/tables/{}/rows", people(&house).await);
        let good = json!({"cells": {"Name": "Ada"}});
        for (bad, field) in [
            (json!({"cells": {"Age": "old"}}), "rows[1].Age"),
            (json!({"cells": {"Height": 180}}), "rows[1].Height"),
            (json!({"cells": {"Name": "a", "NAME": "b"}}), "rows[1].Name"),
            (json!({"cells": {"Name": {"content": "AAAA"}}}), "rows[1].cells.Name"),
            (json!({"cells": {"Salary": 12.5}}), "rows[1].cells.Salary"),
            (json!({"cells": {}, "id": 7}), "rows[1].id"),
        ] {
            let problem = client.post(&path, &json!({"rows": [good, bad]})).await.problem(422, "INVALID");
            assert_eq!(fields(&problem), [field], "{bad}");
        }
        client.post(&path, &json!({"rows": []})).await.problem(422, "INVALID");
        assert_eq!(client.get(&path).await.json(200), json!({"items": []}));
    }

    async fn ten_thousand_rows_are_taken_at_once_and_no_more(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let table = people(&house).await;
        let path = format!("/tables/{table}/rows");
        // Over 1 MiB, which is the limit of other addresses.
        let row = |n: usize| json!({"cells": {"Name": format!("{n:0100}")}});
        let mut rows: Vec<Value> = (0..10_001).map(row).collect();
        let problem = client.post(&path, &json!({"rows": rows})).await.problem(422, "INVALID");
        assert_eq!(fields(&problem), ["rows"]);
        rows.pop();
        let added = client.post(&path, &json!({"rows": rows})).await.json(201);
        assert_eq!(added["ids"].as_array().unwrap().len(), 10_000);
        assert_eq!(client.get(&format!("/tables/{table}")).await.json(200)["rows"], 10_000);
        let page = client.get(&format!("{path}?limit=1000")).await.json(200);
        let first = &page["items"].as_array().unwrap()[999]["cells"]["Name"];
        assert_eq!(first.as_str().unwrap(), format!("{:0100}", 999));
        let next = page["next"].as_str().unwrap();
        let page = client.get(&format!("{path}?limit=1&after={next}")).await.json(200);
        assert_eq!(page["items"][0]["cells"]["Name"].as_str().unwrap(), format!("{:0100}", 1000));
        client.get(&format!("{path}?limit=1001")).await.problem(422, "INVALID");
    }

    async fn a_row_has_no_more_cells_than_a_table_has_columns(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let path = format!("/tables/{}/rows", people(&house).await);
        let cells: serde_json::Map<String, Value> = (0..101).map(|n| (format!("c{n}"), json!(n))).collect();
        let problem = client.post(&path, &json!({"rows": [{"cells": cells}]})).await.problem(422, "INVALID");
        assert_eq!(fields(&problem), ["rows[0].cells"]);
        assert!(problem.detail.unwrap().contains("at most 100"));
        let twice = "{\"rows\": [{\"cells\": {\"Name\": \"a\", \"Name\": \"b\"}}]}";
        let problem = client.send("POST", &path, "application/json", twice.into()).await.problem(422, "INVALID");
        assert!(problem.detail.unwrap().contains("twice"));
    }

    async fn an_export_has_every_row_and_can_be_imported_again(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let table = people(&house).await;
        let rows: Vec<Value> = (0..20).map(|n| json!({"cells": {"Name": format!("No \"{n}\", yes"), "Age": n}})).collect();
        client.post(&format!("/tables/{table}/rows"), &json!({"rows": rows})).await.json(201);
        let export = client.get(&format!("/tables/{table}/export")).await;
        assert_eq!((export.status, export.header("content-type")), (200, "text/csv; charset=utf-8"));
        assert_eq!(export.header("content-disposition"), "attachment; filename=\"People.csv\"");
        let mut expected = "Name,Salary,Age,Born,Here\n".to_owned();
        (0..20).for_each(|n| expected += &format!("\"No \"\"{n}\"\", yes\",,{n},,\n"));
        assert_eq!(export.text(), expected);
        let csv = export.body.clone().into();
        client.send("POST", &format!("/tables/{table}/imports"), "text/csv", csv).await.json(202);
        house.drain().await;
        assert_eq!(client.get(&format!("/tables/{table}")).await.json(200)["rows"], 40);
    }

    async fn only_a_spreadsheets_export_marks_what_looks_like_a_formula(db: TestDb) {
        let house = House::new(&db).await;
        let client = Client::admin(&house).await;
        let table = people(&house).await;
        let names = ["=1+1", "+cmd", "-x", "@a", "plain", "-5"];
        let rows: Vec<Value> = names.iter().map(|name| json!({"cells": {"Name": name, "Salary": "-1.5"}})).collect();
        client.post(&format!("/tables/{table}/rows"), &json!({"rows": rows})).await.json(201);
        let column = |text: &str| -> Vec<String> {
            text.lines().skip(1).map(|line| line.strip_suffix(",-1.5,,,").unwrap().to_owned()).collect()
        };
        let plain = client.get(&format!("/tables/{table}/export")).await;
        assert_eq!(column(plain.text()), names);
        let marked = client.get(&format!("/tables/{table}/export?spreadsheet=true")).await;
        assert_eq!(column(marked.text()), ["'=1+1", "'+cmd", "'-x", "'@a", "plain", "-5"]);
    }
}
