//! What a deleted key leaves behind is removed.

use crate::house::House;
use test_support::{Kind, TestDb, both_databases};

both_databases! {
    async fn scrubbing_empties_the_write_ahead_log(db: TestDb) {
        let house = House::new(&db).await;
        house.environment("Sales", "sandbox").await;
        let log = db.url.strip_prefix("sqlite://").map(|path| format!("{}-wal", path.split('?').next().unwrap()));
        let length = |log: &String| std::fs::metadata(log).unwrap().len();
        assert_eq!(db.kind == Kind::Sqlite, log.as_ref().is_some_and(|log| length(log) > 0));
        house.portal.db().scrub_keys().await.unwrap();
        assert_eq!(log.as_ref().map_or(0, length), 0);
    }
}
