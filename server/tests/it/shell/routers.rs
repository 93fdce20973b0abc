//! Several portals in one process, as these tests themselves are.

use super::browser::Browser;
use crate::harness::House;
use std::{
    sync::Arc,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use test_support::{TestDb, both_databases};

both_databases! {
    async fn pages_answer_while_another_portal_is_built(db: TestDb) {
        let house = House::new(&db).await;
        let mut browser = Browser::signed_in(&house, "ada@contoso.example").await;
        let done = Arc::new(AtomicBool::new(false));
        let builds = std::thread::spawn({
            let done = done.clone();
            move || {
                while !done.load(Ordering::Relaxed) {
                    drop(server::pages::router());
                }
            }
        });
        for _ in 0..20 {
            let answer = tokio::time::timeout(Duration::from_secs(60), browser.get("/environments")).await;
            assert_eq!(answer.expect("the page answers").status, 200);
        }
        done.store(true, Ordering::Relaxed);
        builds.join().unwrap();
    }
}
