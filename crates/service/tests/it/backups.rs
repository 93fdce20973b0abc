//! Backups, restore, copy and reset: every row comes back as it was, at its id; nothing goes where its key does not.

use crate::{
    house::{FILE_PASSWORD, House, add_user, caller, code},
    lock::Locked,
};
use domain::{
    BackupId, EnvironmentId, RowId, TableId,
    backups::BackupState,
    cells::Cell,
    environments::EnvironmentState,
    events::Event,
    operations::{OperationKind, OperationState},
    roles::Role,
};
use service::{
    Portal, backups, backups::TargetFilter, environments, operations, rows, tables, timers, worker,
};
use store::{ConnectionTrait, operations::Operation};
use test_support::{Kind, TestDb, both_databases, pfx};

const DAY: i64 = 24 * 3600;

type Rows = Vec<(RowId, Vec<Cell>)>;

/// Every row of every table of the environment, by the table's name.
async fn content(house: &House, environment: EnvironmentId) -> Vec<(String, Rows)> {
    let mut content = Vec::new();
    for table in tables::list(&house.portal, &house.admin, environment).await.unwrap() {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = rows::page(&house.portal, &house.admin, table.id, after, 1_000).await.unwrap().1;
            found.extend(
                page.items.into_iter().map(|row| row.whole().unwrap()).map(|row| (row.id, row.cells)),
            );
            let Some(next) = page.next else { break };
            after = Some(RowId(next.id));
        }
        assert_eq!(table.row_count, found.len() as u64, "what the table says it holds");
        content.push((table.shape.name.to_string(), found));
    }
    content
}

async fn table_of(house: &House, environment: EnvironmentId) -> TableId {
    let all = tables::list(&house.portal, &house.admin, environment).await.unwrap();
    all.iter().find(|table| table.shape.name.as_str() == "People").unwrap().id
}

async fn back_up(house: &House, environment: EnvironmentId) -> BackupId {
    backups::create(&house.portal, &house.admin, environment).await.unwrap();
    house.drain().await;
    newest(house, environment).await
}

async fn newest(house: &House, environment: EnvironmentId) -> BackupId {
    let overview = backups::overview(&house.portal, &house.admin, environment, None, 10).await.unwrap();
    let newest = &overview.backups.items[0];
    assert_eq!(newest.backup.state, BackupState::Complete);
    newest.backup.id
}

async fn restore(house: &House, from: EnvironmentId, id: BackupId, to: EnvironmentId) -> &'static str {
    let name = environments::get(&house.portal, &house.admin, to).await.unwrap().facts.name;
    let begun = environments::restore(&house.portal, &house.admin, (from, id), to, name).await;
    house.drain().await;
    code(begun)
}

async fn copy(house: &House, from: EnvironmentId, to: EnvironmentId) -> &'static str {
    let name = environments::get(&house.portal, &house.admin, to).await.unwrap().facts.name;
    let begun = environments::copy(&house.portal, &house.admin, from, to, name).await;
    house.drain().await;
    code(begun)
}

async fn last(house: &House) -> Operation {
    let all = store::operations::Filter::default();
    let page = operations::list(&house.portal, &house.admin, all, None, 1).await.unwrap();
    page.items.into_iter().next().unwrap()
}

/// Changes one row, deletes one, adds one and another table: nothing is left as it was.
async fn spoil(house: &House, environment: EnvironmentId) {
    let table = table_of(house, environment).await;
    let page = rows::page(&house.portal, &house.admin, table, None, 3).await.unwrap().1;
    let cells = vec![Cell::Text("spoiled".to_owned()), Cell::Empty, Cell::Empty];
    rows::update(&house.portal, &house.admin, table, page.items[0].id, cells.clone()).await.unwrap();
    rows::delete(&house.portal, &house.admin, table, page.items[1].id).await.unwrap();
    rows::insert(&house.portal, &house.admin, table, vec![cells]).await.unwrap();
    let column = tables::NewColumn {
        name: "A".to_owned(),
        holds: "text".to_owned(),
        options: Vec::new(),
        required: false,
    };
    let name = "Later".to_owned();
    tables::create(&house.portal, &house.admin, environment, name, vec![column]).await.unwrap();
}

/// An environment with two tables, one of them empty, and rows.
async fn filled(house: &House, name: &str, kind: &str, rows: usize) -> EnvironmentId {
    let environment = house.environment(name, kind).await;
    let table = house.table(environment).await;
    house.import(table, rows).await;
    let column = tables::NewColumn {
        name: "Choice".to_owned(),
        holds: "choice".to_owned(),
        options: vec!["one".to_owned(), "two".to_owned()],
        required: true,
    };
    let name = "Zero".to_owned();
    tables::create(&house.portal, &house.admin, environment, name, vec![column]).await.unwrap();
    environment
}

async fn count(portal: &Portal, sql: &str) -> i64 {
    let db = portal.db().read();
    let statement = sea_orm::Statement::from_string(db.get_database_backend(), sql);
    db.query_one_raw(statement).await.unwrap().unwrap().try_get("", "n").unwrap()
}

/// Nothing is left of what nobody sees any more.
pub(crate) async fn assert_swept(house: &House) {
    timers::run_once(&house.portal).await.unwrap();
    for sql in [
        "SELECT COUNT(*) AS n FROM backups WHERE state <> 'complete'",
        "SELECT COUNT(*) AS n FROM backup_pieces WHERE backup_id NOT IN (SELECT id FROM backups)",
        "SELECT COUNT(*) AS n FROM data_rows WHERE table_id NOT IN (SELECT id FROM data_tables WHERE hidden_by IS NULL)",
        "SELECT COUNT(*) AS n FROM environments WHERE replaced_by IS NOT NULL",
    ] {
        assert_eq!(count(&house.portal, sql).await, 0, "{sql}");
    }
}

/// What makes every piece vanish as soon as it is counted, and what ends that.
fn thief(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Sqlite => (
            "CREATE TRIGGER thief AFTER UPDATE ON backups WHEN NEW.pieces > 0 \
             BEGIN DELETE FROM backup_pieces WHERE backup_id = NEW.id; END",
            "DROP TRIGGER thief",
        ),
        Kind::Postgres => (
            "CREATE FUNCTION thief() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             DELETE FROM backup_pieces WHERE backup_id = NEW.id; RETURN NULL; END $$; \
             CREATE TRIGGER thief AFTER UPDATE ON backups FOR EACH ROW WHEN (NEW.pieces > 0) EXECUTE FUNCTION thief()",
            "DROP FUNCTION thief CASCADE",
        ),
    }
}

both_databases! {
    async fn every_row_comes_back_as_it_was_under_either_key(db: TestDb) {
        let house = House::new(&db).await;
        let environment = filled(&house, "Payroll", "production", 3_000).await;
        for own in [false, true] {
            if own {
                house.upload("contoso").await.unwrap();
                house.drain().await;
                house.apply(environment).await.unwrap();
                house.drain().await;
            }
            let before = content(&house, environment).await;
            let id = back_up(&house, environment).await;
            let listed = backups::get(&house.portal, &house.admin, environment, id).await.unwrap();
            assert_eq!(listed.backup.rows, 3_000);
            assert_eq!(listed.backup.key.map(|(name, _)| name), own.then(|| "contoso".to_owned()));
            spoil(&house, environment).await;
            assert_ne!(content(&house, environment).await, before);
            assert_eq!(restore(&house, environment, id, environment).await, "allowed");
            let after = content(&house, environment).await;
            assert_eq!(after, before, "own key: {own}");
            assert_swept(&house).await;
            // And a second time, from the same backup.
            spoil(&house, environment).await;
            assert_eq!(restore(&house, environment, id, environment).await, "allowed");
            assert_eq!(content(&house, environment).await, before, "own key: {own}");
        }
    }

    async fn pp_131_pp_132_data_goes_only_where_its_key_does(db: TestDb) {
        let house = House::new(&db).await;
        let source = filled(&house, "Source", "production", 800).await;
        let (platform, own) = (house.environment("Platform", "sandbox").await, house.environment("Own", "sandbox").await);
        let before = content(&house, source).await;
        let early = back_up(&house, source).await;
        assert_eq!(restore(&house, source, early, platform).await, "allowed");
        assert_eq!(content(&house, platform).await, before);
        house.upload("contoso").await.unwrap();
        house.drain().await;
        for id in [source, own] {
            house.apply(id).await.unwrap();
            house.drain().await;
        }
        assert_eq!(copy(&house, source, own).await, "allowed");
        assert_eq!(content(&house, own).await, before);
        assert_eq!(copy(&house, source, platform).await, "COPY_TARGET_KEY_MISMATCH");
        assert_eq!(copy(&house, platform, source).await, "COPY_TARGET_KEY_MISMATCH");
        assert_eq!(copy(&house, source, source).await, "INVALID");
        let late = back_up(&house, source).await;
        spoil(&house, own).await;
        assert_eq!(restore(&house, source, late, own).await, "allowed");
        assert_eq!(content(&house, own).await, before);
        assert_eq!(restore(&house, source, late, platform).await, "RESTORE_TARGET_KEY_MISMATCH");
        assert_eq!(restore(&house, source, early, own).await, "RESTORE_TARGET_KEY_MISMATCH");
        assert_eq!(restore(&house, source, early, platform).await, "allowed");
        // The page says the same, of every environment, before anybody asks for it.
        let targets = backups::restore_targets(&house.portal, &house.admin, source, late, filter()).await.unwrap();
        let said: Vec<(String, &str)> = targets
            .items
            .into_iter()
            .map(|t| (t.listed.environment.name, t.decision.err().map_or("allowed", |r| r.code.as_str())))
            .collect();
        let expected = [("Own", "allowed"), ("Platform", "RESTORE_TARGET_KEY_MISMATCH"), ("Source", "allowed")];
        assert_eq!(said, expected.map(|(name, code)| (name.to_owned(), code)));
        let targets = backups::copy_targets(&house.portal, &house.admin, source, filter()).await.unwrap();
        let allowed: Vec<bool> = targets.items.iter().map(|t| t.decision.is_ok()).collect();
        assert_eq!(allowed, [true, false, false]);
        // A wrong name, and a backup that is not the environment's.
        let wrong = environments::restore(&house.portal, &house.admin, (source, late), own, "own".to_owned()).await;
        assert_eq!(code(wrong), "NAME_MISMATCH");
        let foreign = environments::restore(&house.portal, &house.admin, (own, late), own, "Own".to_owned()).await;
        assert_eq!(code(foreign), "NOT_FOUND");
        assert_swept(&house).await;
    }

    async fn e13_reset_takes_data_and_backups_and_returns_to_the_platforms_key(db: TestDb) {
        let house = House::new(&db).await;
        house.upload("contoso").await.unwrap();
        house.drain().await;
        let (sandbox, other) = (filled(&house, "Sandbox", "sandbox", 900).await, filled(&house, "Other", "production", 50).await);
        house.apply(sandbox).await.unwrap();
        house.drain().await;
        back_up(&house, sandbox).await;
        back_up(&house, other).await;
        let reset = |id, name: &str| environments::reset(&house.portal, &house.admin, id, name.to_owned(), false);
        assert_eq!(code(reset(other, "Other").await), "ENVIRONMENT_NOT_ELIGIBLE");
        assert_eq!(code(reset(sandbox, "sandbox").await), "NAME_MISMATCH");
        let mails = |portal: Portal| async move {
            let event = Event::EnvironmentReset.as_str();
            count(&portal, &format!("SELECT COUNT(*) AS n FROM messages WHERE event = '{event}'")).await
        };
        assert_eq!(mails(house.portal.clone()).await, 0);
        assert_eq!(code(reset(sandbox, "Sandbox").await), "allowed");
        // At once: nothing there, nothing that opens it.
        assert!(content(&house, sandbox).await.is_empty());
        let details = environments::get(&house.portal, &house.admin, sandbox).await.unwrap();
        assert_eq!(details.facts.state, EnvironmentState::PlatformManaged, "PP-135");
        assert!(details.key.is_none());
        let overview = backups::overview(&house.portal, &house.admin, sandbox, None, 10).await.unwrap();
        assert!(overview.backups.items.is_empty(), "PP-134");
        house.drain().await;
        assert_eq!(last(&house).await.state, OperationState::Succeeded);
        assert_eq!(count(&house.portal, "SELECT COUNT(*) AS n FROM data_rows").await, 50, "the other's");
        assert_eq!(count(&house.portal, "SELECT COUNT(*) AS n FROM backups").await, 1);
        assert_eq!(mails(house.portal.clone()).await, 5, "to every administrator");
        // And it can be used again, under either key.
        let table = house.table(sandbox).await;
        house.import(table, 10).await;
        house.apply(sandbox).await.unwrap();
        house.drain().await;
        assert_eq!(content(&house, sandbox).await[0].1.len(), 10);
        assert_swept(&house).await;
    }

    async fn pp_102_a_lock_stops_backups_and_closes_them_until_the_file_is_back(db: TestDb) {
        let locked = Locked::new(&db).await;
        let (house, environment) = (&locked.house, locked.environment);
        let before = content(house, environment).await;
        let id = back_up(house, environment).await;
        let sandbox = house.environment("Twin", "sandbox").await;
        house.apply(sandbox).await.unwrap();
        house.drain().await;
        house.wait(3 * DAY + 1);
        // One restore is under way when the lock comes.
        environments::restore(&house.portal, &house.admin, (environment, id), sandbox, "Twin".to_owned()).await.unwrap();
        let restoring = last(house).await.id;
        locked.lock().await.unwrap();
        let stopped = operations::get(&house.portal, &house.admin, restoring).await.unwrap();
        assert_eq!((stopped.state, stopped.error.as_deref()), (OperationState::Failed, Some("The environment was locked.")));
        house.drain().await;
        assert_eq!(restore(house, environment, id, environment).await, "ENV_LOCKED");
        assert_eq!(code(backups::create(&house.portal, &house.admin, environment).await), "ENV_LOCKED");
        assert_eq!(code(backups::set_schedule(&house.portal, &house.admin, environment, 1, 1).await), "ENV_LOCKED");
        // Whoever holds the machine tries the backup's own key.
        let row = store::backups::sealed(house.portal.db().read(), id).await.unwrap().unwrap().0;
        assert_eq!(code(house.portal.keyring().ring_key(house.portal.db().read(), row.ring_key).await.map(drop)), "KEY_UNAVAILABLE");
        locked.unlock_all().await;
        assert_eq!(content(house, environment).await, before);
        assert_eq!(restore(house, environment, id, sandbox).await, "ENV_LOCKED", "the target is locked still");
        environments::unlock(&house.portal, &house.admin, sandbox, true, false).await.unwrap();
        house.drain().await;
        assert_eq!(restore(house, environment, id, sandbox).await, "allowed");
        assert_eq!(content(house, sandbox).await, before);
        assert_swept(house).await;
    }

    async fn x_14_a_backup_keeps_the_key_it_was_made_under(db: TestDb) {
        let house = House::new(&db).await;
        let (old_file, file) = (pfx::modern("old", FILE_PASSWORD).unwrap(), pfx::modern("new", FILE_PASSWORD).unwrap());
        house.upload_file("old", old_file.clone(), FILE_PASSWORD).await.unwrap();
        house.drain().await;
        let environment = filled(&house, "Payroll", "production", 500).await;
        house.apply(environment).await.unwrap();
        house.drain().await;
        let before = content(&house, environment).await;
        let id = back_up(&house, environment).await;
        house.wait(DAY);
        let key = house.upload_file("new", file.clone(), FILE_PASSWORD).await.unwrap().id;
        house.activate(key).await.unwrap();
        house.drain().await;
        spoil(&house, environment).await;
        assert_eq!(restore(&house, environment, id, environment).await, "allowed", "the old key is Available");
        assert_eq!(content(&house, environment).await, before);
        // The lock destroys the old key; the new one's file does not bring it back.
        house.wait(3 * DAY + 1);
        let locked = Locked { key, file, environment, table: table_of(&house, environment).await, house };
        locked.lock().await.unwrap();
        locked.house.drain().await;
        locked.unlock_all().await;
        let house = &locked.house;
        assert_eq!(restore(house, environment, id, environment).await, "KEY_UNAVAILABLE");
        // The old file does.
        house.upload_file("old-again", old_file, FILE_PASSWORD).await.unwrap();
        spoil(house, environment).await;
        assert_eq!(restore(house, environment, id, environment).await, "allowed");
        assert_eq!(content(house, environment).await, before);
    }

    async fn a_backup_that_was_tampered_with_changes_nothing(db: TestDb) {
        let house = House::new(&db).await;
        let environment = filled(&house, "Payroll", "production", 24_000).await;
        let id = back_up(&house, environment).await;
        let backup = backups::get(&house.portal, &house.admin, environment, id).await.unwrap().backup;
        assert!(backup.pieces > 1, "{} pieces", backup.pieces);
        spoil(&house, environment).await;
        let now = content(&house, environment).await;
        let write = house.portal.db().write();
        for damage in [
            "UPDATE backup_pieces SET seq = 100 - seq",
            "UPDATE backup_pieces SET seq = 100 - seq; UPDATE backup_pieces SET sealed = \
             (SELECT p.sealed FROM backup_pieces p WHERE p.seq = 1) WHERE seq = 0",
            "DELETE FROM backup_pieces WHERE seq = 1",
        ] {
            write.execute_unprepared(damage).await.unwrap();
            assert_eq!(restore(&house, environment, id, environment).await, "allowed");
            let operation = last(&house).await;
            assert_eq!(operation.state, OperationState::Failed, "{damage}");
            assert!(operation.error.unwrap().contains("does not open as a whole"), "{damage}");
            assert_eq!(content(&house, environment).await, now, "{damage}");
            let cells = vec![Cell::Text("x".to_owned()), Cell::Empty, Cell::Empty];
            let table = table_of(&house, environment).await;
            let row = rows::insert(&house.portal, &house.admin, table, vec![cells]).await.unwrap()[0];
            rows::delete(&house.portal, &house.admin, table, row).await.unwrap();
        }
        assert_swept(&house).await;
    }

    async fn meanwhile_the_target_is_read_not_written_and_the_source_not_changed(db: TestDb) {
        let house = House::new(&db).await;
        let (source, target) = (filled(&house, "Source", "production", 100).await, filled(&house, "Target", "production", 10).await);
        let (before, old) = (content(&house, source).await, content(&house, target).await);
        environments::copy(&house.portal, &house.admin, source, target, "Target".to_owned()).await.unwrap();
        assert_eq!(content(&house, target).await, old, "readable");
        let (portal, admin, table) = (&house.portal, &house.admin, table_of(&house, target).await);
        let cells = || vec![Cell::Text("x".to_owned()), Cell::Empty, Cell::Empty];
        assert_eq!(code(rows::insert(portal, admin, table, vec![cells()]).await), "ENV_BUSY");
        let row = old[0].1[0].0;
        assert_eq!(code(rows::update(portal, admin, table, row, cells()).await), "ENV_BUSY");
        assert_eq!(code(rows::delete(portal, admin, table, row).await), "ENV_BUSY");
        let column = tables::NewColumn { name: "A".to_owned(), holds: "text".to_owned(), options: vec![], required: false };
        assert_eq!(code(tables::create(portal, admin, target, "T".to_owned(), vec![column]).await), "ENV_BUSY");
        for id in [source, target] {
            assert_eq!(code(backups::create(portal, admin, id).await), "ENV_BUSY");
            let again = environments::copy(portal, admin, id, if id == source { target } else { source }, String::new()).await;
            assert_eq!(code(again), "ENV_BUSY");
        }
        // Rows of the source can be written; the copy holds what was there when its job began.
        house.drain().await;
        assert_eq!(content(&house, target).await, before);
        let notes = count(portal, "SELECT COUNT(*) AS n FROM messages WHERE event = 'environment_overwritten'").await;
        assert_eq!(notes, 5);
        rows::insert(portal, admin, table_of(&house, target).await, vec![cells()]).await.unwrap();
    }

    async fn what_is_cancelled_leaves_nothing_and_what_has_switched_is_not_cancelled(db: TestDb) {
        let house = House::new(&db).await;
        let (portal, admin) = (&house.portal, &house.admin);
        let (source, target) = (filled(&house, "Source", "production", 100).await, filled(&house, "Target", "production", 10).await);
        let old = content(&house, target).await;
        let backup = backups::create(portal, admin, source).await.unwrap();
        operations::cancel(portal, admin, backup).await.unwrap();
        assert!(backups::overview(portal, admin, source, None, 10).await.unwrap().backups.items.is_empty());
        let id = environments::copy(portal, admin, source, target, "Target".to_owned()).await.unwrap();
        operations::cancel(portal, admin, id).await.unwrap();
        assert_eq!(code(operations::cancel(portal, admin, id).await), "OPERATION_NOT_CANCELLABLE");
        house.drain().await;
        let cancelled = operations::get(portal, admin, id).await.unwrap();
        assert_eq!((cancelled.state, cancelled.error.as_deref()), (OperationState::Cancelled, Some("Ada Admin cancelled it.")));
        assert_eq!(content(&house, target).await, old);
        assert_eq!(copy(&house, source, target).await, "allowed", "and it can be asked for again");
        assert_eq!(code(operations::cancel(portal, admin, last(&house).await.id).await), "OPERATION_NOT_CANCELLABLE");
        assert_swept(&house).await;
    }

    async fn a_schedule_makes_backups_and_keeps_the_newest(db: TestDb) {
        let house = House::new(&db).await;
        let (portal, admin) = (&house.portal, &house.admin);
        let environment = filled(&house, "Payroll", "production", 20).await;
        let by_hand = back_up(&house, environment).await;
        assert_eq!(code(backups::set_schedule(portal, admin, environment, 0, 2).await), "INVALID");
        backups::set_schedule(portal, admin, environment, 6, 2).await.unwrap();
        for hours in [5, 6, 12, 18, 24] {
            house.clock.set(hours * 3_600 * 1_000_000 + 1_000_000 * 60);
            timers::run_once(portal).await.unwrap();
            worker::drain(portal).await.unwrap();
            timers::run_once(portal).await.unwrap();
        }
        let all = backups::overview(portal, admin, environment, None, 10).await.unwrap();
        let kinds: Vec<bool> = all.backups.items.iter().map(|listed| listed.backup.scheduled).collect();
        assert_eq!(kinds, [true, true, false], "the two newest, and what was made by hand");
        assert_eq!(all.backups.items[2].backup.id, by_hand);
        // One that fails is told to everybody: nobody waits for it.
        portal.db().write().execute_unprepared("UPDATE data_rows SET sealed = (SELECT b.manifest FROM backups b LIMIT 1)").await.unwrap();
        house.wait(6 * 3_600);
        timers::run_once(portal).await.unwrap();
        house.drain().await;
        let failed = last(&house).await;
        assert_eq!((failed.kind, failed.state), (OperationKind::EnvironmentBackup, OperationState::Failed));
        assert_eq!(count(portal, "SELECT COUNT(*) AS n FROM messages WHERE event = 'backup_failed'").await, 5);
        backups::cancel_schedule(portal, admin, environment).await.unwrap();
        assert_eq!(code(backups::cancel_schedule(portal, admin, environment).await), "NOT_FOUND");
        house.wait(DAY);
        timers::run_once(portal).await.unwrap();
        assert_eq!(last(&house).await.id, failed.id, "no more");
        assert_swept(&house).await;
    }

    async fn a_turn_that_fails_keeps_nobody_waiting_and_is_tried_later(db: TestDb) {
        let house = House::new(&db).await;
        let (portal, admin) = (&house.portal, &house.admin);
        let (broken, sound) = (filled(&house, "Broken", "sandbox", 5).await, filled(&house, "Sound", "sandbox", 5).await);
        for environment in [broken, sound] {
            backups::set_schedule(portal, admin, environment, 1, 2).await.unwrap();
        }
        // Nobody could have made that row; the other environment's turn comes after it.
        let spoil = "UPDATE environments SET generation = 7 WHERE name = 'Broken'";
        portal.db().write().execute_unprepared(spoil).await.unwrap();
        house.wait(3_600);
        assert!(timers::run_once(portal).await.is_err(), "it is told");
        house.drain().await;
        let made = backups::overview(portal, admin, sound, None, 10).await.unwrap();
        assert_eq!(made.backups.items.len(), 1);
        timers::run_once(portal).await.unwrap();
        let failures = "SELECT COUNT(*) AS n FROM audit_entries WHERE action = 'backup.create' AND outcome = 'failed'";
        assert_eq!(count(portal, failures).await, 1, "not at each look");
        house.wait(600);
        assert!(timers::run_once(portal).await.is_err(), "but after ten minutes");
        assert_eq!(count(portal, failures).await, 2);
    }

    async fn a_backup_with_a_piece_too_few_is_never_complete(db: TestDb) {
        let house = House::new(&db).await;
        let (portal, admin) = (&house.portal, &house.admin);
        let environment = filled(&house, "Payroll", "production", 20).await;
        // The trigger plays a worker that was overtaken and removes what its successor makes.
        let (begin, end) = thief(db.kind);
        portal.db().write().execute_unprepared(begin).await.unwrap();
        let backup = backups::create(portal, admin, environment).await.unwrap();
        worker::drain(portal).await.unwrap();
        let open = operations::get(portal, admin, backup).await.unwrap();
        assert_ne!(open.state, OperationState::Succeeded);
        portal.db().write().execute_unprepared(end).await.unwrap();
        house.wait(3_600);
        house.drain().await;
        assert_eq!(operations::get(portal, admin, backup).await.unwrap().state, OperationState::Succeeded);
        let made = backups::overview(portal, admin, environment, None, 10).await.unwrap();
        assert_eq!(made.backups.items[0].backup.rows, 20);
        assert_swept(&house).await;
    }

    async fn x_19_a_system_administrator_moves_data_between_the_own_environments_only(db: TestDb) {
        let house = House::new(&db).await;
        let (own, other) = (filled(&house, "Own", "sandbox", 5).await, filled(&house, "Other", "sandbox", 5).await);
        let (own_backup, other_backup) = (back_up(&house, own).await, back_up(&house, other).await);
        let user = add_user(&house.portal, house.admin.user(), "system", Role::SystemAdministrator(own)).await;
        let portal = &house.portal;
        let system = caller(portal, user).await;
        let auditor = store::users::by_email(portal.db().read(), "auditor@contoso.example").await.unwrap().unwrap();
        let auditor = caller(portal, domain::UserId(auditor.id)).await;
        let restore = |from, id, to: EnvironmentId, name: &str| environments::restore(portal, &system, (from, id), to, name.to_owned());
        assert_eq!(code(restore(other, other_backup, own, "Own").await), "NOT_FOUND");
        assert_eq!(code(restore(own, own_backup, other, "Other").await), "NOT_FOUND");
        assert_eq!(code(restore(own, own_backup, own, "Own").await), "allowed");
        house.drain().await;
        assert_eq!(code(environments::copy(portal, &system, other, own, "Own".to_owned()).await), "NOT_FOUND");
        assert_eq!(code(environments::copy(portal, &system, own, other, "Other".to_owned()).await), "NOT_FOUND");
        assert_eq!(code(backups::delete(portal, &system, other, other_backup, true).await), "NOT_FOUND");
        assert_eq!(code(backups::get(portal, &system, own, other_backup).await.map(drop)), "NOT_FOUND");
        let seen = backups::copy_targets(portal, &system, own, filter()).await.unwrap();
        assert_eq!(seen.items.len(), 1, "only what is visible");
        assert_eq!(code(backups::overview(portal, &auditor, own, None, 5).await.map(drop)), "allowed");
        assert_eq!(code(backups::create(portal, &auditor, own).await), "FORBIDDEN");
        assert_eq!(code(backups::delete(portal, &auditor, own, own_backup, true).await), "FORBIDDEN");
        // Who sees everything as an auditor and manages one environment does not bring the others' rows there.
        store::users::add_role(portal.db().write(), user, Role::Auditor).await.unwrap();
        let both = caller(portal, user).await;
        let wanted = environments::restore(portal, &both, (other, other_backup), own, "Own".to_owned()).await;
        assert_eq!(code(wanted), "FORBIDDEN");
        assert_eq!(code(environments::copy(portal, &both, other, own, "Own".to_owned()).await), "FORBIDDEN");
        let shown = backups::restore_targets(portal, &both, other, other_backup, filter()).await.unwrap();
        assert!(shown.items.iter().all(|target| target.decision.is_err()));
        assert_eq!(code(backups::delete(portal, &system, own, own_backup, false).await), "NOT_CONFIRMED");
        assert_eq!(code(backups::delete(portal, &system, own, own_backup, true).await), "allowed");
        assert_swept(&house).await;
    }
}

fn filter() -> TargetFilter {
    TargetFilter { limit: 50, ..TargetFilter::default() }
}
