//! How often PostgreSQL had to break a deadlock: the portal tries again, and nobody who asks it could tell.

use super::program::{LIMIT, Server};
use std::time::Duration;
use store::{ConnectionTrait as _, Db};
use test_support::{Kind, TestDb, postgres::sql};
use tokio::time::Instant;

/// Between two looks at who is still connected.
const PAUSE: Duration = Duration::from_millis(50);

/// Stops the servers; there was no deadlock as long as they ran.
pub(super) async fn none_until_stopped(db: &TestDb, servers: &mut [Server]) {
    for server in servers {
        server.process.terminate(LIMIT).await.unwrap();
    }
    let deadlocks = counted(db).await;
    println!("{deadlocks} deadlocks");
    assert_eq!(deadlocks, "0", "deadlocks in the database");
}

/// How many there were. A connection reports what it counted at the latest when it ends, before it is off the list: the
/// number is whole once nobody is connected.
async fn counted(db: &TestDb) -> String {
    let others = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
                  AND backend_type = 'client backend' AND pid <> pg_backend_pid()";
    let ends = Instant::now() + LIMIT;
    while sql(&db.url, others).await.unwrap().trim() != "0" {
        assert!(Instant::now() < ends, "somebody is still connected");
        tokio::time::sleep(PAUSE).await;
    }
    let count = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    sql(&db.url, count).await.unwrap().trim().to_owned()
}

#[test]
fn a_deadlock_would_be_counted() {
    test_support::both::run(Kind::Postgres, |db| async move {
        let connected = Db::connect(&db.url).await.unwrap();
        let make = "CREATE TABLE pair (id INT PRIMARY KEY, n INT); INSERT INTO pair VALUES (1, 0), (2, 0)";
        connected.write().execute_unprepared(make).await.unwrap();
        let (one, other) = (connected.begin().await.unwrap(), connected.begin().await.unwrap());
        let (first, second) = ("UPDATE pair SET n = 1 WHERE id = 1", "UPDATE pair SET n = 1 WHERE id = 2");
        one.execute_unprepared(first).await.unwrap();
        other.execute_unprepared(second).await.unwrap();
        // Whoever is ended lets the other go on.
        let ended = async |tx: store::DatabaseTransaction, what: &str| match tx.execute_unprepared(what).await
        {
            Ok(_) => tx.commit().await.map(|()| 0).unwrap(),
            Err(error) => {
                assert!(store::StoreError::from(error).is_transient());
                tx.rollback().await.map(|()| 1).unwrap()
            }
        };
        let (here, there) = tokio::join!(ended(one, second), ended(other, first));
        assert_eq!(here + there, 1, "one of the two is ended");
        connected.write().close_by_ref().await.unwrap();
        assert_eq!(counted(&db).await, "1");
    });
}
