//! Lock and unlock: guards, timers at −1 s, 0, +1 s, what is gone, and that it comes back byte for byte.

use crate::{
    activation::since_activation,
    ends::{blob, sql},
    house::{FILE_PASSWORD, House, code},
};
use domain::{
    EnvironmentId, KeyId, TableId, Timestamp, environments::EnvironmentState, events::Event, keys::KeyState,
    operations::OperationState,
};
use service::{ServiceError, ServiceResult, environments, keys, replicas, rows, timers};
use std::time::Duration;
use store::ConnectionTrait;
use test_support::{TestDb, both_databases, pfx};
use tokio_util::sync::CancellationToken;
use vault::Password;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// A house with an active key whose file is at hand and an environment of 1,500 rows under it.
pub(crate) struct Locked {
    pub house: House,
    pub key: KeyId,
    pub file: Vec<u8>,
    pub environment: EnvironmentId,
    pub table: TableId,
}

impl Locked {
    pub(crate) async fn new(db: &TestDb) -> Self {
        let house = House::new(db).await;
        let file = pfx::modern("contoso", FILE_PASSWORD).unwrap();
        let key = house.upload_file("contoso", file.clone(), FILE_PASSWORD).await.unwrap().id;
        house.drain().await;
        let environment = house.environment("Sales", "production").await;
        let table = house.table(environment).await;
        house.import(table, 1_500).await;
        house.apply(environment).await.unwrap();
        house.drain().await;
        Self { house, key, file, environment, table }
    }

    pub(crate) async fn lock(&self) -> ServiceResult<domain::OperationId> {
        self.lock_with(self.file.clone(), FILE_PASSWORD, "LOCK EUROPE").await
    }

    async fn lock_with(
        &self,
        file: Vec<u8>,
        password: &str,
        text: &str,
    ) -> ServiceResult<domain::OperationId> {
        let form = keys::Lock {
            file,
            password: Password::new(password.to_owned()),
            typed_text: text.to_owned(),
            confirmed: true,
            risk_acknowledged: false,
        };
        keys::lock(&self.house.portal, &self.house.admin, self.key, form).await
    }

    async fn unlock_with(&self, file: Vec<u8>) -> ServiceResult<domain::OperationId> {
        let password = Password::new(FILE_PASSWORD.to_owned());
        let form = keys::Unlock { file, password, risk_acknowledged: false };
        keys::unlock(&self.house.portal, &self.house.admin, self.key, form).await
    }

    async fn unlock_environment(&self) -> ServiceResult<domain::OperationId> {
        environments::unlock(&self.house.portal, &self.house.admin, self.environment, true, false).await
    }

    /// An hour after the lock: the key, and then the environment, with the file.
    pub(crate) async fn unlock_all(&self) {
        self.since_lock(HOUR).await;
        self.unlock_with(self.file.clone()).await.unwrap();
        self.house.drain().await;
        self.unlock_environment().await.unwrap();
        self.house.drain().await;
    }

    async fn locked(db: &TestDb) -> Self {
        let locked = Self::new(db).await;
        since_activation(&locked.house, 72 * HOUR).await;
        locked.lock().await.unwrap();
        locked.house.drain().await;
        locked
    }

    async fn key_state(&self) -> KeyState {
        store::keys::get(self.house.portal.db().read(), self.key).await.unwrap().unwrap().state
    }

    async fn state(&self) -> EnvironmentState {
        store::environments::get(self.house.portal.db().read(), self.environment)
            .await
            .unwrap()
            .unwrap()
            .state
    }

    async fn ring(&self) -> store::rings::Ring {
        let db = self.house.portal.db().read();
        store::rings::get(db, self.house.admin.tenant(), self.house.ring).await.unwrap().unwrap()
    }

    /// Since when the environment is in its state, and since when anything is locked.
    async fn since(&self) -> (Timestamp, Option<Timestamp>) {
        let db = self.house.portal.db().read();
        let found = store::environments::get(db, self.environment).await.unwrap().unwrap();
        let place = service::overview::place(&self.house.portal, &self.house.admin).await.unwrap();
        let facts = store::rings::facts(db, self.house.ring).await.unwrap();
        let shown = place.locked.first().map(|lock| lock.deletion);
        let deletion = facts.locked_since.map(|at| at + domain::rings::LOCKED_AT_MOST);
        assert_eq!(shown, deletion, "every page's banner and the guards' facts");
        (found.state_since, facts.locked_since)
    }

    /// Moves the clock so that `seconds` have passed since the lock began.
    async fn since_lock(&self, seconds: i64) {
        let now = self.house.portal.clock().now().0;
        let wanted = self.ring().await.lock_started_at.unwrap() + seconds * 1_000_000;
        self.house.clock.set(self.house.clock.offset() + wanted - now);
    }

    async fn mails(&self, event: Event) -> usize {
        let db = self.house.portal.db().read();
        let page = store::messages::list(db, self.house.admin.tenant(), None, 1_000).await.unwrap();
        page.items.iter().filter(|message| message.event == event).count()
    }
}

async fn operation(house: &House, id: domain::OperationId) -> store::operations::Operation {
    store::operations::get(house.portal.db().read(), id).await.unwrap().unwrap()
}

fn refusal<T>(result: Result<T, ServiceError>) -> domain::Refusal {
    match result {
        Err(ServiceError::Refused(refusal)) => *refusal,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("allowed"),
    }
}

both_databases! {
    async fn pp_032_no_lock_for_72_hours_after_a_key_change(db: TestDb) {
        let l = Locked::new(&db).await;
        since_activation(&l.house, 72 * HOUR - 1).await;
        let refused = refusal(l.lock().await);
        assert_eq!(refused.code.as_str(), "LOCK_COOLDOWN");
        let activated = Timestamp(l.ring().await.last_activation_at.unwrap());
        assert_eq!(refused.allowed_at, Some(activated + domain::rings::NO_LOCK_AFTER_CHANGE));
        assert!(matches!(l.key_state().await, KeyState::Active { .. }), "nothing changed");
        since_activation(&l.house, 72 * HOUR).await;
        l.lock().await.unwrap();
    }

    async fn pp_107_a_lock_destroys_active_and_available_keys_and_closes_the_data(db: TestDb) {
        let l = Locked::new(&db).await;
        let second = l.house.upload("second").await.unwrap().id;
        since_activation(&l.house, 72 * HOUR).await;
        let before = l.house.all_rows(&l.house.portal, l.table).await.unwrap();
        assert_eq!(before.len(), 1_500);
        // A second server that holds the ring key in memory.
        let neighbour = l.house.neighbour(&db).await;
        assert_eq!(l.house.all_rows(&neighbour, l.table).await.unwrap().len(), 1_500);
        let id = l.lock().await.unwrap();

        // Before the job has done anything: closed on both servers, by the ring's word and by the key's absence.
        assert!(matches!(l.key_state().await, KeyState::Locking { .. }));
        assert_eq!(l.state().await, EnvironmentState::Locking);
        for portal in [&l.house.portal, &neighbour] {
            assert_eq!(code(l.house.all_rows(portal, l.table).await), "ENV_LOCKED");
            let write = rows::insert(portal, &l.house.admin, l.table, vec![before[0].clone()]).await;
            assert_eq!(code(write), "ENV_LOCKED", "PP-098");
        }
        let ring_key = domain::RingKeyId(l.ring().await.active_ring_key.unwrap());
        for portal in [&l.house.portal, &neighbour] {
            let opened = portal.keyring().ring_key(portal.db().read(), ring_key).await;
            assert_eq!(code(opened.map(drop)), "KEY_UNAVAILABLE", "memory does not open it either");
        }

        l.house.drain().await;
        let done = operation(&l.house, id).await;
        assert_eq!((done.state, done.done, done.total), (OperationState::Succeeded, 1, 1));
        let key = store::keys::get(l.house.portal.db().read(), l.key).await.unwrap().unwrap();
        assert!(matches!(key.state, KeyState::Locked { .. }) && key.material.is_none(), "X-12");
        let gone = store::keys::get(l.house.portal.db().read(), second).await.unwrap().unwrap();
        assert!(matches!(gone.state, KeyState::Deleted { .. }) && gone.material.is_none(), "PP-107");
        let listed = keys::overview(&l.house.portal, &l.house.admin, l.house.ring).await.unwrap();
        assert_eq!(listed.keys.len(), 1, "X-12: Available keys vanish from the list");
        let (record, _) = keys::get(&l.house.portal, &l.house.admin, second).await.unwrap();
        assert_eq!((record.key.name.as_str(), record.key.fingerprint), ("second", gone.fingerprint));
        for decision in [record.activate, record.prove, record.lock, record.unlock] {
            assert!(decision.is_err(), "nothing can be done with a record");
        }
        assert_eq!(l.state().await, EnvironmentState::Locked);
        assert_eq!(code(l.house.apply(l.environment).await), "ENV_LOCKED");
        assert_eq!(code(l.house.give_back(l.environment, "Sales").await), "ENV_LOCKED");
        assert_eq!(l.mails(Event::KeyLocked).await, 5, "PP-033: every administrator");
    }

    async fn pp_120_pp_080_no_new_key_while_anything_is_locked(db: TestDb) {
        let l = Locked::locked(&db).await;
        assert_eq!(code(l.house.upload("another").await.map(drop)), "KEYS_BLOCKED_BY_LOCK");
        let other = l.house.environment("Marketing", "sandbox").await;
        assert_eq!(code(l.house.apply(other).await), "NO_ACTIVE_KEY", "X-37");
    }

    async fn pp_106_no_unlock_within_an_hour_of_the_lock(db: TestDb) {
        let l = Locked::locked(&db).await;
        l.since_lock(HOUR - 1).await;
        let refused = refusal(l.unlock_with(l.file.clone()).await);
        assert_eq!(refused.code.as_str(), "UNLOCK_TOO_EARLY");
        let started = Timestamp(l.ring().await.lock_started_at.unwrap());
        assert_eq!(refused.allowed_at, Some(started + domain::rings::NO_UNLOCK_AFTER_LOCK));
        l.since_lock(HOUR).await;
        l.unlock_with(l.file.clone()).await.unwrap();
    }

    async fn x_18_no_unlock_before_the_lock_is_done(db: TestDb) {
        let l = Locked::new(&db).await;
        since_activation(&l.house, 72 * HOUR).await;
        l.lock().await.unwrap();
        l.since_lock(2 * HOUR).await;
        let refused = refusal(l.unlock_with(l.file.clone()).await);
        assert_eq!((refused.code.as_str(), refused.allowed_at), ("UNLOCK_TOO_EARLY", None));
        assert_eq!(code(l.lock().await.map(drop)), "KEYS_BLOCKED_BY_LOCK", "another lock");
    }

    async fn k6_to_e10_the_file_brings_every_row_back(db: TestDb) {
        let l = Locked::new(&db).await;
        let before = l.house.all_rows(&l.house.portal, l.table).await.unwrap();
        since_activation(&l.house, 72 * HOUR).await;
        l.lock().await.unwrap();
        l.house.drain().await;
        l.since_lock(HOUR).await;
        assert_eq!(code(l.unlock_environment().await.map(drop)), "NO_ACTIVE_KEY", "PP-123");
        l.unlock_with(l.file.clone()).await.unwrap();
        assert!(matches!(l.key_state().await, KeyState::Unlocking { .. }));
        l.house.drain().await;
        assert!(matches!(l.key_state().await, KeyState::Active { .. }));
        assert_eq!(l.state().await, EnvironmentState::Locked, "PP-115: not by itself");
        assert_eq!(code(l.lock().await.map(drop)), "LOCK_COOLDOWN", "X-08");
        assert_eq!(code(l.house.upload("third").await.map(drop)), "KEYS_BLOCKED_BY_LOCK", "PP-120");

        let id = l.unlock_environment().await.unwrap();
        assert_eq!(l.state().await, EnvironmentState::Unlocking);
        assert_eq!(code(l.house.all_rows(&l.house.portal, l.table).await), "ENV_OFFLINE");
        l.house.drain().await;
        assert_eq!(l.state().await, EnvironmentState::SelfManaged);
        assert_eq!(operation(&l.house, id).await.done, 1_500);
        let after = l.house.all_rows(&l.house.portal, l.table).await.unwrap();
        assert_eq!(before, after, "byte for byte");
        l.house.upload("third").await.unwrap();
        for event in [Event::KeyUnlocking, Event::KeyUnlocked, Event::EnvironmentUnlocked] {
            assert_eq!(l.mails(event).await, 5, "{event:?}");
        }
    }

    async fn pp_111_only_the_active_keys_file_and_the_exact_text_lock(db: TestDb) {
        let l = Locked::new(&db).await;
        let other = pfx::modern("other", FILE_PASSWORD).unwrap();
        l.house.upload_file("other", other.clone(), FILE_PASSWORD).await.unwrap();
        since_activation(&l.house, 72 * HOUR).await;
        let file = l.file.clone();
        let mismatch = refusal(l.lock_with(other, FILE_PASSWORD, "LOCK EUROPE").await);
        assert_eq!(mismatch.code.as_str(), "LOCK_KEY_MISMATCH");
        let expected = store::keys::get(l.house.portal.db().read(), l.key).await.unwrap().unwrap().fingerprint;
        assert!(mismatch.detail.contains(&keys::hex(&expected)), "X-15: expected and found: {}", mismatch.detail);
        assert_eq!(code(l.lock_with(file.clone(), "wrong", "LOCK EUROPE").await), "KEY_FILE_BAD_PASSWORD");
        for text in ["LOCK europe", "lock EUROPE", "LOCK US-EAST", ""] {
            assert_eq!(code(l.lock_with(file.clone(), FILE_PASSWORD, text).await), "LOCK_TEXT_MISMATCH", "{text}");
        }
        assert!(matches!(l.key_state().await, KeyState::Active { .. }));
        assert_eq!(l.mails(Event::LockRefused).await, 5, "X-05: told once, not six times");
        assert_eq!(code(l.lock_with(file, FILE_PASSWORD, " LOCK EUROPE ").await), "allowed");
    }

    async fn pp_114_another_file_does_not_unlock(db: TestDb) {
        let l = Locked::locked(&db).await;
        l.since_lock(HOUR).await;
        let other = pfx::modern("other", FILE_PASSWORD).unwrap();
        assert_eq!(code(l.unlock_with(other).await.map(drop)), "UNLOCK_KEY_MISMATCH");
        assert!(matches!(l.key_state().await, KeyState::Locked { .. }));
        assert_eq!(l.mails(Event::UnlockRefused).await, 5);
    }

    async fn k10_a_file_whose_ring_key_does_not_open_leaves_the_key_locked(db: TestDb) {
        let l = Locked::locked(&db).await;
        let sql = "UPDATE ring_keys SET wrapped = (SELECT wrapped FROM ring_keys WHERE protection_key_id IS NULL LIMIT 1) \
                   WHERE protection_key_id IS NOT NULL";
        l.house.portal.db().write().execute_unprepared(sql).await.unwrap();
        l.since_lock(HOUR).await;
        l.unlock_with(l.file.clone()).await.unwrap();
        l.house.drain().await;
        let key = store::keys::get(l.house.portal.db().read(), l.key).await.unwrap().unwrap();
        assert_eq!(key.state, KeyState::Locked { since: Timestamp(l.ring().await.lock_started_at.unwrap()) });
        assert!(key.material.is_none() && key.error.is_some());
        assert_eq!(l.mails(Event::KeyUnlockFailed).await, 5);
    }

    async fn pp_103_locked_environments_are_deleted_after_28_days(db: TestDb) {
        let l = Locked::locked(&db).await;
        l.since_lock(28 * DAY - 1).await;
        timers::run_once(&l.house.portal).await.unwrap();
        assert_eq!(l.state().await, EnvironmentState::Locked);
        l.since_lock(28 * DAY).await;
        assert_eq!(code(l.unlock_environment().await.map(drop)), "UNLOCK_TOO_LATE");
        // Two servers look at once: one deletes.
        let neighbour = l.house.neighbour(&db).await;
        let (one, two) = tokio::join!(timers::run_once(&l.house.portal), timers::run_once(&neighbour));
        one.and(two).unwrap();
        assert_eq!(l.state().await, EnvironmentState::Deleted);
        assert_eq!(l.mails(Event::EnvironmentDeleted).await, 5, "once");
        l.house.drain().await;
        assert_eq!(rows_left(&l).await, 0);
        let key = store::keys::get(l.house.portal.db().read(), l.key).await.unwrap().unwrap();
        assert!(matches!(key.state, KeyState::Deleted { .. }), "K11");
        let next = l.house.upload("next").await.unwrap();
        assert!(!next.activating, "X-16: not the first");
    }

    async fn pp_103_a_second_lock_and_a_failed_unlock_change_nothing_about_the_first_ones_28_days(db: TestDb) {
        let l = Locked::new(&db).await;
        let old = l.environment;
        let new = l.house.environment("Newer", "production").await;
        l.house.apply(new).await.unwrap();
        l.house.drain().await;
        since_activation(&l.house, 72 * HOUR).await;
        l.lock().await.unwrap();
        let first = Timestamp(l.ring().await.lock_started_at.unwrap());
        l.house.drain().await;
        // The key and the newer environment come back; three days later all is locked a second time.
        l.since_lock(HOUR).await;
        l.unlock_with(l.file.clone()).await.unwrap();
        l.house.drain().await;
        environments::unlock(&l.house.portal, &l.house.admin, new, true, false).await.unwrap();
        l.house.drain().await;
        since_activation(&l.house, 72 * HOUR).await;
        l.lock().await.unwrap();
        let second = Timestamp(l.ring().await.lock_started_at.unwrap());
        assert_eq!(l.since().await, (first, Some(first)), "while the second lock runs");
        let locked = keys::overview(&l.house.portal, &l.house.admin, l.house.ring).await.unwrap();
        assert_eq!((locked.locked, locked.self_managed), (2, 0), "the one that its job has not come to, too");
        l.house.drain().await;
        assert_eq!(l.since().await, (first, Some(first)));

        // An unlock that fails leaves it locked since when it was.
        l.since_lock(HOUR).await;
        l.unlock_with(l.file.clone()).await.unwrap();
        l.house.drain().await;
        let good = store::data_keys::get(l.house.portal.db().read(), old.0, 2).await.unwrap().unwrap();
        let swap = |from: &[u8], to: &[u8]| {
            format!("UPDATE data_keys SET wrapped = {} WHERE wrapped = {}", blob(&db, to), blob(&db, from))
        };
        sql(&l.house, &swap(&good.wrapped, &[7; 60])).await;
        l.unlock_environment().await.unwrap();
        // What is being unlocked is not deleted meanwhile.
        assert_eq!((l.state().await, l.since().await), (EnvironmentState::Unlocking, (first, Some(second))));
        l.house.drain().await;
        assert_eq!((l.state().await, l.since().await), (EnvironmentState::Locked, (first, Some(first))));
        sql(&l.house, &swap(&[7; 60], &good.wrapped)).await;

        // What was locked first is deleted first, the other after its own 28 days.
        l.house.clock.set(l.house.clock.offset() + (first + domain::rings::LOCKED_AT_MOST).0 - l.house.portal.clock().now().0);
        timers::run_once(&l.house.portal).await.unwrap();
        let of = async |id| store::environments::get(l.house.portal.db().read(), id).await.unwrap().unwrap();
        assert_eq!((l.state().await, of(new).await.state), (EnvironmentState::Deleted, EnvironmentState::Locked));
        assert_eq!((of(new).await.state_since, l.since().await.1), (second, Some(second)));
    }

    async fn x_41_reminders_on_days_7_14_21_26_and_27(db: TestDb) {
        let l = Locked::locked(&db).await;
        let mut expected = 0;
        for day in 1..28 {
            l.since_lock(day * DAY - 1).await;
            timers::run_once(&l.house.portal).await.unwrap();
            assert_eq!(l.mails(Event::DeletionReminder).await, expected, "before day {day}");
            l.since_lock(day * DAY).await;
            expected += if domain::rings::REMINDER_DAYS.map(i64::from).contains(&day) { 5 } else { 0 };
            timers::run_once(&l.house.portal).await.unwrap();
            timers::run_once(&l.house.portal).await.unwrap();
            assert_eq!(l.mails(Event::DeletionReminder).await, expected, "day {day}");
        }
    }

    async fn pp_082_a_locked_environment_is_deleted_by_its_typed_name(db: TestDb) {
        let l = Locked::locked(&db).await;
        let delete = async |typed: &str| {
            let typed = typed.to_owned();
            environments::delete(&l.house.portal, &l.house.admin, l.environment, typed, false).await
        };
        assert_eq!(code(delete("sales").await), "NAME_MISMATCH");
        delete("Sales").await.unwrap();
        assert_eq!(code(delete("Sales").await), "NOT_FOUND");
        l.house.drain().await;
        assert_eq!(rows_left(&l).await, 0);
        l.house.upload("next").await.unwrap();
        let fresh = l.house.environment("Sales", "sandbox").await;
        assert_eq!(code(environments::delete(&l.house.portal, &l.house.admin, fresh, "Sales".to_owned(), false).await), "ENV_STATE");
    }

    async fn pp_098_no_row_is_written_under_a_lock_that_was_answered(db: TestDb) {
        let l = Locked::new(&db).await;
        since_activation(&l.house, 72 * HOUR).await;
        let neighbour = l.house.neighbour(&db).await;
        let cells = l.house.all_rows(&l.house.portal, l.table).await.unwrap()[0].clone();
        // Eight writers on two servers, none of which knows of the lock.
        let writers: Vec<_> = (0..8)
            .map(|n| {
                let portal = if n % 2 == 0 { l.house.portal.clone() } else { neighbour.clone() };
                let (admin, table, cells) = (l.house.admin.clone(), l.table, cells.clone());
                tokio::spawn(async move {
                    let mut written = 0_u64;
                    loop {
                        match rows::insert(&portal, &admin, table, vec![cells.clone()]).await {
                            Ok(_) => written += 1,
                            Err(error) => break (written, code(Err::<(), _>(error))),
                        }
                    }
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(300)).await;
        l.lock().await.unwrap();
        let at_answer = stored(&l).await;
        let mut written = 0;
        for writer in writers {
            let (count, why) = writer.await.unwrap();
            assert_eq!(why, "ENV_LOCKED");
            written += count;
        }
        assert!(written > 8, "they did write: {written}");
        assert_eq!(stored(&l).await, at_answer, "nothing came after the answer");
        assert_eq!(at_answer, 1_500 + written, "and nothing that was answered is lost");
        println!("{:?}: {written} rows by 8 writers before the lock, none after", db.kind);
    }

    async fn the_lock_waits_until_every_server_has_forgotten(db: TestDb) {
        let l = Locked::new(&db).await;
        let neighbour = l.house.neighbour(&db).await;
        let stop = CancellationToken::new();
        let looking = tokio::spawn(replicas::run(neighbour.clone(), stop.clone()));
        let alive = async || {
            let since = l.house.portal.clock().now() - Duration::from_secs(60);
            store::replicas::alive(l.house.portal.db().read(), since).await.unwrap()
        };
        while alive().await.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        since_activation(&l.house, 72 * HOUR).await;
        l.house.all_rows(&neighbour, l.table).await.unwrap();
        while alive().await.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let looks = alive().await[0].looks;
        l.lock().await.unwrap();
        l.house.drain().await;
        assert!(alive().await[0].looks >= looks + 2, "it looked twice before the lock was done");
        stop.cancel();
        looking.await.unwrap();
        assert!(alive().await.is_empty(), "who stops says so");
    }
}

async fn rows_left(l: &Locked) -> u64 {
    store::rows::page(l.house.portal.db().read(), l.table, None, 10).await.unwrap().items.len() as u64
}

async fn stored(l: &Locked) -> u64 {
    let tables = store::tables::list(l.house.portal.db().read(), l.environment).await.unwrap();
    tables.iter().map(|table| table.row_count).sum()
}
