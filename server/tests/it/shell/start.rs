//! The program itself: started, asked, ended.

use crate::processes::program::{LIMIT, serve};
use domain::Timestamp;
use std::{fs, net::SocketAddr, os::unix::fs::PermissionsExt};
use test_support::{TestDb, both_databases};

async fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let answer = reqwest::get(format!("http://{address}{path}")).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// How far ahead the clock in the database is, in microseconds.
async fn offset(db: &TestDb) -> i64 {
    let database = store::Db::connect(&db.url).await.unwrap();
    store::portal::get(database.read()).await.unwrap().unwrap().clock_offset
}

both_databases! {
    async fn a_first_start_prints_the_code_and_ends_in_order(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let mut server = serve(&db, folder.path(), &[]).await;
        let (status, page) = get(server.listen, "/").await;
        assert_eq!(status, 200, "the wizard, after a redirect");
        assert!(page.contains("Set up Keystead"));
        assert_eq!(get(server.ops, "/livez").await, (200, "ok\n".to_owned()));
        assert_eq!(get(server.ops, "/readyz").await, (200, "ok\n".to_owned()));
        let (_, metrics) = get(server.ops, "/metrics").await;
        assert!(metrics.contains("keystead_build_info{version=\""), "{metrics}");
        assert!(metrics.contains("keystead_rsa_operations_total{kind=\"private\"} 0"), "{metrics}");
        assert_eq!(get(server.listen, "/metrics").await.0, 200, "only a page that leads to the wizard");

        let file = folder.path().join("setup-code");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let code = fs::read_to_string(&file).unwrap();
        let output = server.process.output().unwrap();
        assert!(output.contains(code.trim()), "{output}");
        assert!(output.contains("runs at http://localhost:"), "{output}");
        let ended = server.process.terminate(LIMIT).await.unwrap();
        assert!(ended.success(), "{ended}");
    }

    async fn the_dev_clock_exists_only_with_its_flag(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let post = async |address: SocketAddr, form: &'static str| {
            let request = client.post(format!("http://{address}/dev/clock")).body(form);
            request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap()
        };
        let mut server = serve(&db, folder.path(), &[]).await;
        let without = post(server.listen, "seconds=60&next=/environments").await;
        assert_ne!(without.headers().get("location").map(|there| there.to_str().unwrap()), Some("/environments"));
        assert_eq!(offset(&db).await, 0);
        server.process.terminate(LIMIT).await.unwrap();

        let mut server = serve(&db, folder.path(), &["--dev-clock"]).await;
        let database = store::Db::connect(&db.url).await.unwrap();
        let far = 4_102_444_800_000_000; // the year 2100
        let session = store::sessions::Session {
            id_hash: vec![1; 32],
            user_id: None,
            data: "{}".to_owned(),
            created_at: 0,
            seen_at: 0,
            expires_at: far,
        };
        assert!(store::sessions::insert(database.write(), session).await.unwrap());
        let moved = post(server.listen, "seconds=86400&next=/environments").await;
        assert_eq!((moved.status().as_u16(), moved.headers()["location"].to_str().unwrap()), (303, "/environments"));
        assert_eq!(post(server.listen, "seconds=-1").await.status(), 422);
        let page = client.get(format!("http://{}/dev/clock", server.listen)).send().await.unwrap();
        assert_eq!(page.headers()["location"], "/setup", "a page as any other");
        let json = client.post(format!("http://{}/dev/clock", server.listen)).json(&serde_json::json!({ "seconds": 1 }));
        let answer: serde_json::Value = json.send().await.unwrap().json().await.unwrap();
        assert!(answer["now"].as_str().unwrap().ends_with('Z'));
        server.process.terminate(LIMIT).await.unwrap();
        let session = store::sessions::get(database.read(), &[1; 32], Timestamp(0)).await.unwrap().unwrap();
        assert_eq!((session.created_at, session.expires_at), (86_401_000_000, far + 86_401_000_000), "taken along");
        assert_eq!(offset(&db).await, 86_401_000_000, "shared with every process through the database");
    }
}
