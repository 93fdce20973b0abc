//! The root key's rotation: with a lock and by hand, beside others, and what it must not bring back.

use crate::{
    activation::since_activation,
    house::{FILE_PASSWORD, House},
    lock::Locked,
};
use service::{
    ServiceResult, keys, replicas,
    root_key::{self, By, RootKeyFile, RootKeys, Rotation, rotate},
    timers,
};
use std::{collections::BTreeSet, fs, path::PathBuf, time::Duration};
use store::{Db, replicas::Replica, sealed::Table};
use test_support::{TestDb, both_databases, pfx};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use vault::RootKey;

const HOUR: i64 = 3600;

/// Everything the root key seals.
async fn sealed(house: &House) -> BTreeSet<Vec<u8>> {
    let mut all = BTreeSet::new();
    for table in Table::ALL {
        let rows = store::sealed::page(house.portal.db().read(), table, Uuid::nil(), 1_000).await.unwrap();
        all.extend(rows.into_iter().map(|row| row.sealed));
    }
    all
}

async fn portal_row(house: &House) -> store::portal::Portal {
    store::portal::get(house.portal.db().read()).await.unwrap().unwrap()
}

fn files(house: &House) -> Vec<PathBuf> {
    let folder = fs::read_dir(house.root.parent().unwrap()).unwrap();
    folder.map(|entry| entry.unwrap().path()).collect()
}

fn key_in(path: &std::path::Path) -> RootKey {
    RootKey::from_bytes(&fs::read(path).unwrap()).unwrap()
}

async fn by_hand(house: &House) -> ServiceResult<Rotation> {
    rotate(&house.portal, By::Operator).await
}

/// As the error of a start with this file.
async fn refused(db: &TestDb, file: RootKeyFile) -> String {
    match RootKeys::open(&Db::connect(&db.url).await.unwrap(), file).await {
        Ok(_) => panic!("it opens"),
        Err(error) => format!("{error:#}"),
    }
}

/// A process with another data folder: it looks, and finds no next key.
async fn elsewhere(house: &House, db: &TestDb) -> tokio::task::JoinHandle<()> {
    let other = house.neighbour(db).await;
    let now = house.portal.clock().now();
    let blind = Replica { id: Uuid::from_u128(7), seen_at: now.0, looks: 1, root_seen: None };
    store::replicas::seen(other.db().write(), blind.clone()).await.unwrap();
    tokio::spawn(async move {
        for looks in 2.. {
            let seen_at = other.clock().now().0;
            store::replicas::seen(other.db().write(), Replica { looks, seen_at, ..blind.clone() })
                .await
                .unwrap();
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
}

both_databases! {
    async fn a_lock_replaces_the_root_key_and_everything_is_sealed_anew(db: TestDb) {
        let l = Locked::new(&db).await;
        let copy = l.house.root.with_extension("copy");
        fs::copy(&l.house.root, &copy).unwrap();
        let (before, key_before) = (sealed(&l.house).await, fs::read(&l.house.root).unwrap());
        let rows = l.house.all_rows(&l.house.portal, l.table).await.unwrap();
        since_activation(&l.house, 72 * HOUR).await;
        assert!(!root_key::is_due(l.house.portal.db().read()).await.unwrap(), "no lock yet");
        l.lock().await.unwrap();
        assert!(root_key::is_due(l.house.portal.db().read()).await.unwrap(), "the lock's job has not run");
        l.house.drain().await;
        assert!(!root_key::is_due(l.house.portal.db().read()).await.unwrap());
        // By an operator whose machine's clock is behind that of who locked.
        l.house.wait(-72 * HOUR);
        root_key::rotate(&l.house.portal, By::Operator).await.unwrap();
        assert!(!root_key::is_due(l.house.portal.db().read()).await.unwrap(), "it is after the lock");
        l.house.wait(72 * HOUR);
        assert!(before.is_disjoint(&sealed(&l.house).await), "something is sealed by the old key");
        assert_ne!(fs::read(&l.house.root).unwrap(), key_before);
        let row = portal_row(&l.house).await;
        assert_eq!(key_in(&l.house.root).check_value().to_vec(), row.root_check);
        assert_eq!(row.root_next, None);
        let text = refused(&db, RootKeyFile::handed_in(copy)).await;
        assert!(text.contains("is not this database's") && text.contains("rotated"), "{text}");
        // And back, byte for byte.
        l.unlock_all().await;
        assert_eq!(l.house.all_rows(&l.house.portal, l.table).await.unwrap(), rows);
        let restarted = l.house.neighbour(&db).await;
        assert_eq!(l.house.all_rows(&restarted, l.table).await.unwrap(), rows);
    }

    async fn what_a_backup_from_before_the_lock_holds_opens_with_no_root_key_there_is(db: TestDb) {
        let l = Locked::new(&db).await;
        let key = store::keys::get(l.house.portal.db().read(), l.key).await.unwrap().unwrap();
        let place = format!("{}|protection-key|{}", key.ring_id, key.id);
        let material = key.material.unwrap();
        let before = key_in(&l.house.root);
        assert!(before.open(&place, &material).is_ok(), "while it is active the portal can");
        since_activation(&l.house, 72 * HOUR).await;
        l.lock().await.unwrap();
        l.house.drain().await;
        assert!(key_in(&l.house.root).open(&place, &material).is_err());
        assert_eq!(files(&l.house), std::slice::from_ref(&l.house.root), "no other root key is left");
    }

    async fn every_process_goes_on_after_a_rotation(db: TestDb) {
        let l = Locked::new(&db).await;
        let neighbour = l.house.neighbour(&db).await;
        let cold = l.house.neighbour(&db).await;
        let rows = l.house.all_rows(&neighbour, l.table).await.unwrap();
        assert!(matches!(by_hand(&l.house).await, Ok(Rotation::Rotated { sealed_anew }) if sealed_anew >= 5));
        assert_eq!(l.house.all_rows(&neighbour, l.table).await.unwrap(), rows, "with hot ring keys");
        assert_eq!(l.house.all_rows(&cold, l.table).await.unwrap(), rows, "with nothing but the old root key");
        // A key sealed by a process that has not looked since opens for the others.
        by_hand(&l.house).await.unwrap();
        let file = pfx::modern("second", FILE_PASSWORD).unwrap();
        let form = service::keys::Upload {
            name: "second".to_owned(),
            file,
            password: vault::Password::new(FILE_PASSWORD.to_owned()),
            risk_acknowledged: false,
        };
        let second = service::keys::upload(&cold, &l.house.admin, l.house.ring, form).await.unwrap().id;
        since_activation(&l.house, 24 * HOUR).await;
        l.house.activate(second).await.unwrap();
        l.house.drain().await;
        assert_eq!(l.house.all_rows(&cold, l.table).await.unwrap(), rows);
        assert_eq!(files(&l.house).len(), 1);
    }

    async fn a_process_that_does_not_find_the_next_key_keeps_the_old_one_in_use(db: TestDb) {
        let house = House::new(&db).await;
        let elsewhere = elsewhere(&house, &db).await;
        let (before, key_before) = (sealed(&house).await, fs::read(&house.root).unwrap());
        assert_eq!(by_hand(&house).await.unwrap(), Rotation::NotSeen { processes: 1 });
        elsewhere.abort();
        assert_eq!((sealed(&house).await, fs::read(&house.root).unwrap()), (before, key_before));
        assert_eq!(portal_row(&house).await.root_next, None);
        assert_eq!(files(&house).len(), 1, "the next key is taken back");
    }

    async fn what_a_lock_could_not_do_is_shown_and_done_later(db: TestDb) {
        let l = Locked::new(&db).await;
        let before = fs::read(&l.house.root).unwrap();
        since_activation(&l.house, 72 * HOUR).await;
        let elsewhere = elsewhere(&l.house, &db).await;
        let operation = l.lock().await.unwrap();
        l.house.drain().await;
        let done = store::operations::get(l.house.portal.db().read(), operation).await.unwrap().unwrap();
        assert_eq!(done.state, domain::operations::OperationState::Succeeded, "the lock comes to its end");
        let due = || async {
            let overview = keys::overview(&l.house.portal, &l.house.admin, l.house.ring).await.unwrap();
            overview.root_key_due_since
        };
        assert!(due().await.is_some(), "it is shown");
        timers::rotate_root_key(&l.house.portal).await.unwrap();
        assert_eq!(fs::read(&l.house.root).unwrap(), before, "not yet");
        elsewhere.abort();
        l.house.wait(31);
        timers::rotate_root_key(&l.house.portal).await.unwrap();
        assert_ne!(fs::read(&l.house.root).unwrap(), before);
        assert_eq!(due().await, None);
    }

    async fn processes_that_look_let_a_rotation_happen_and_drop_the_old_key(db: TestDb) {
        let house = House::new(&db).await;
        let stop = CancellationToken::new();
        let mut running = Vec::new();
        for _ in 0..2 {
            running.push(tokio::spawn(replicas::run(house.neighbour(&db).await, stop.clone())));
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(matches!(by_hand(&house).await, Ok(Rotation::Rotated { .. })));
        stop.cancel();
        for task in running {
            task.await.unwrap();
        }
    }

    async fn of_two_rotations_at_once_nothing_is_lost(db: TestDb) {
        let l = Locked::new(&db).await;
        let neighbour = l.house.neighbour(&db).await;
        for _ in 0..10 {
            let (one, two) =
                tokio::join!(by_hand(&l.house), rotate(&neighbour, By::Operator));
            for outcome in [&one, &two] {
                if let Err(error) = outcome {
                    assert_eq!(error.refusal().map(|r| r.code.as_str()), Some("CONFLICT"), "{error}");
                }
            }
            assert!(one.is_ok() || two.is_ok(), "one of them comes to its end");
            let restarted = l.house.neighbour(&db).await;
            assert_eq!(l.house.all_rows(&restarted, l.table).await.unwrap().len(), 1_500);
        }
        by_hand(&l.house).await.unwrap();
        assert_eq!(files(&l.house).len(), 1, "no root key is left over");
    }

    async fn keys_that_come_during_rotations_open_afterwards(db: TestDb) {
        let house = House::new(&db).await;
        let neighbour = house.neighbour(&db).await;
        let rotating = tokio::spawn(async move {
            for _ in 0..15 {
                rotate(&neighbour, By::Operator).await.unwrap();
            }
        });
        let mut count = 0;
        while !rotating.is_finished() || count < 5 {
            count += 1;
            house.upload(&format!("key-{count}")).await.unwrap();
        }
        rotating.await.unwrap();
        let root = key_in(&house.root);
        let keys = store::keys::list(house.portal.db().read(), house.ring).await.unwrap();
        assert_eq!(keys.len(), count);
        for key in keys {
            let place = format!("{}|protection-key|{}", key.ring_id, key.id);
            assert!(root.open(&place, &key.material.unwrap()).is_ok(), "{}", key.name);
        }
    }

    async fn a_key_destroyed_while_it_is_sealed_anew_stays_destroyed(db: TestDb) {
        let house = House::new(&db).await;
        let id = house.upload("contoso").await.unwrap().id;
        house.drain().await;
        let destroying = house.portal.db().begin().await.unwrap();
        let key = store::keys::lock(&destroying, id).await.unwrap().unwrap();
        let state = key.state.lock(house.portal.clock().now()).unwrap();
        store::keys::destroy(&destroying, id, state, None).await.unwrap();
        let neighbour = house.neighbour(&db);
        let rotating = async {
            // Opening the neighbour waits too, where only one writes at a time.
            tokio::time::sleep(Duration::from_millis(1)).await;
            by_hand(&house).await
        };
        let ending = async {
            tokio::time::sleep(Duration::from_millis(400)).await;
            destroying.commit().await.unwrap();
        };
        let (rotated, ()) = tokio::join!(rotating, ending);
        assert!(matches!(rotated, Ok(Rotation::Rotated { .. })));
        let key = store::keys::get(neighbour.await.db().read(), id).await.unwrap().unwrap();
        assert!(key.material.is_none(), "the rotation has brought a destroyed key back");
    }

    async fn a_root_key_that_is_handed_in_is_replaced_by_who_handed_it_in(db: TestDb) {
        let house = House::new(&db).await;
        let table = {
            let environment = house.environment("Sales", "sandbox").await;
            house.table(environment).await
        };
        house.import(table, 20).await;
        let db_handle = Db::connect(&db.url).await.unwrap();
        let roots = RootKeys::open(&db_handle, RootKeyFile::handed_in(house.root.clone())).await.unwrap();
        let settings = service::Settings::default();
        let portal = service::Portal::new(db_handle, house.clock.clone(), roots, settings);
        assert_eq!(rotate(&portal, By::Operator).await.unwrap(), Rotation::HandedIn);
        let (before, next) = (fs::read(&house.root).unwrap(), house.root.with_extension("key.next"));
        fs::write(&next, [7; 32]).unwrap();
        fs::set_permissions(&next, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        assert!(matches!(rotate(&portal, By::Operator).await, Ok(Rotation::Rotated { .. })));
        assert_eq!(fs::read(&house.root).unwrap(), before, "only the operator touches it");
        assert_eq!(house.all_rows(&portal, table).await.unwrap().len(), 20);
        // Until it is in place, a start finds it where it is; then it needs the one file alone.
        let again = Db::connect(&db.url).await.unwrap();
        RootKeys::open(&again, RootKeyFile::handed_in(house.root.clone())).await.unwrap();
        fs::rename(&next, &house.root).unwrap();
        RootKeys::open(&again, RootKeyFile::handed_in(house.root.clone())).await.unwrap();
        assert_eq!(rotate(&portal, By::Operator).await.unwrap(), Rotation::HandedIn, "the same one again");
    }

    async fn every_organisations_trail_tells_of_a_rotation(db: TestDb) {
        let house = House::new(&db).await;
        by_hand(&house).await.unwrap();
        let filter = store::audit::Filter::default();
        let trail = service::audit::list(&house.portal, &house.admin, &filter, None, 10).await.unwrap();
        let entry = trail.iter().find(|entry| entry.action == "root_key.rotate").unwrap();
        assert_eq!((entry.actor.as_str(), entry.outcome.as_str()), ("operator", "succeeded"));
        let verdict = service::audit::verify(house.portal.db(), house.admin.tenant()).await.unwrap();
        assert!(matches!(verdict, service::audit::Verdict::Intact { .. }));
    }
}
