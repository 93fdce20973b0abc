//! One scheduler at a time: whoever has the lease, until it says nothing more, or the clock jumps.

use crate::house::House;
use service::scheduler::{self, Scheduler};
use test_support::{TestDb, both_databases};
use tokio_util::sync::CancellationToken;

both_databases! {
    async fn due_things_are_done_by_one_process_at_a_time(db: TestDb) {
        let house = House::new(&db).await;
        let other = house.neighbour(&db).await;
        let (mut first, mut second) = (Scheduler::new(&house.portal), Scheduler::new(&other));
        assert!(first.turn(&house.portal).await.unwrap());
        assert!(!second.turn(&other).await.unwrap());
        // It keeps the lease as long as it looks, however long that is.
        for _ in 0..5 {
            house.wait(4);
            assert!(first.turn(&house.portal).await.unwrap());
            assert!(!second.turn(&other).await.unwrap());
        }
        // Silent for a moment it has the lease still; after ten seconds another one takes over, and it finds that out.
        house.wait(3);
        assert!(!second.turn(&other).await.unwrap());
        house.wait(8);
        assert!(second.turn(&other).await.unwrap());
        assert!(!first.turn(&house.portal).await.unwrap());
    }

    async fn a_clock_that_goes_back_leaves_no_lease_behind(db: TestDb) {
        let house = House::new(&db).await;
        let other = house.neighbour(&db).await;
        house.wait(3_600);
        assert!(Scheduler::new(&house.portal).turn(&house.portal).await.unwrap());
        house.wait(-3_600);
        assert!(Scheduler::new(&other).turn(&other).await.unwrap());
    }

    async fn a_process_that_stops_gives_the_lease_back(db: TestDb) {
        let house = House::new(&db).await;
        let stop = CancellationToken::new();
        stop.cancel();
        scheduler::run(house.portal.clone(), stop).await;
        let other = house.neighbour(&db).await;
        assert!(Scheduler::new(&other).turn(&other).await.unwrap());
    }
}
