//! Tables, rows, imports: what goes in comes out, what is wrong is said.

use crate::house::{House, code};
use domain::cells::{Cell, File};
use service::{audit, imports, operations, rows, tables};
use store::rows::SealedRow;
use test_support::{TestDb, both_databases};

fn text(value: &str) -> Cell {
    Cell::Text(value.to_owned())
}

both_databases! {
    async fn rows_are_added_changed_deleted_and_counted(db: TestDb) {
        let house = House::new(&db).await;
        let environment = house.environment("Sales", "sandbox").await;
        let table = house.table(environment).await;
        let new = vec![
            vec![text("Zoë"), Cell::WholeNumber(12), Cell::WholeNumber(41)],
            vec![text("Bob"), text("-3.25"), Cell::Empty],
        ];
        let ids = rows::insert(&house.portal, &house.admin, table, new).await.unwrap();
        let (_, first) = rows::get(&house.portal, &house.admin, table, ids[0]).await.unwrap();
        assert_eq!(first.cells, vec![text("Zoë"), text("12"), Cell::WholeNumber(41)]);
        let changed = vec![text("Zoe"), Cell::Empty, Cell::WholeNumber(42)];
        rows::update(&house.portal, &house.admin, table, ids[0], changed.clone()).await.unwrap();
        rows::delete(&house.portal, &house.admin, table, ids[1]).await.unwrap();
        assert_eq!(house.all_rows(&house.portal, table).await.unwrap(), vec![changed]);
        assert_eq!(code(rows::delete(&house.portal, &house.admin, table, ids[1]).await), "NOT_FOUND");
        assert_eq!(tables::get(&house.portal, &house.admin, table).await.unwrap().row_count, 1);
    }

    async fn a_wrong_value_names_its_row_and_column_and_stores_nothing(db: TestDb) {
        let house = House::new(&db).await;
        let table = house.table(house.environment("Sales", "sandbox").await).await;
        let new = vec![vec![text("a"), Cell::Empty, Cell::Empty], vec![text("b"), text("much"), text("forty")]];
        let error = rows::insert(&house.portal, &house.admin, table, new).await.unwrap_err();
        let refusal = error.refusal().unwrap();
        let fields: Vec<&str> = refusal.fields.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["rows[1].Salary", "rows[1].Age"]);
        assert!(refusal.fields[1].message.contains("whole number"));
        assert!(house.all_rows(&house.portal, table).await.unwrap().is_empty());
    }

    async fn an_import_stores_good_lines_and_reports_bad_ones(db: TestDb) {
        let house = House::new(&db).await;
        let table = house.table(house.environment("Sales", "sandbox").await).await;
        let mut upload = imports::begin(&house.portal, &house.admin, table).await.unwrap();
        let file = "\u{feff}age,Name\r\n41,\"Zo\u{eb} \"\"Z\"\"\nsecond line\"\r\nold,Bob\r\n\r\n7\r\n8,Eve\r\n";
        for byte in file.as_bytes().chunks(3) {
            upload.push(byte).await.unwrap();
        }
        let operation = upload.finish().await.unwrap();
        house.drain().await;
        let names: Vec<String> =
            house.all_rows(&house.portal, table).await.unwrap().iter().map(|cells| cells[0].text()).collect();
        assert_eq!(names, ["Zo\u{eb} \"Z\"\nsecond line", "Eve"]);
        let done = operations::get(&house.portal, &house.admin, operation).await.unwrap();
        let about = operations::about(&house.portal, &house.admin, &[done]).await.unwrap();
        assert_eq!(about[0].table.as_ref().map(|(_, name)| name.as_str()), Some("People"));
        assert_eq!(about[0].environment.as_ref().map(|(_, name)| name.as_str()), Some("Sales"));
        assert_eq!((about[0].region.as_str(), about[0].created_by.as_str()), ("europe", "ada@contoso.example"));
        let report = imports::report(&house.portal, &house.admin, operation, 0).await.unwrap();
        assert_eq!((report.stored, report.refused), (2, 2));
        let lines: Vec<(i64, &str)> = report.lines.iter().map(|l| (l.line, l.column_name.as_str())).collect();
        assert_eq!(lines, [(4, "Age"), (6, "")]);
        assert!(!report.lines.iter().any(|line| line.message.contains("old")), "no value in the report");
    }

    async fn an_import_with_an_unknown_column_is_refused_as_a_whole(db: TestDb) {
        let house = House::new(&db).await;
        let table = house.table(house.environment("Sales", "sandbox").await).await;
        let mut upload = imports::begin(&house.portal, &house.admin, table).await.unwrap();
        upload.push(b"Name,Height\nBob,3\n").await.unwrap();
        let id = upload.finish().await.unwrap();
        house.drain().await;
        let operation = operations::get(&house.portal, &house.admin, id).await.unwrap();
        assert_eq!(operation.state.as_str(), "failed");
        assert!(operation.error.unwrap().contains("field 2 of the header"));
        assert!(house.all_rows(&house.portal, table).await.unwrap().is_empty());
    }

    async fn pp_015_files_and_own_keys_exclude_each_other(db: TestDb) {
        let house = House::new(&db).await;
        let with_files = house.environment("Files", "sandbox").await;
        let column = || tables::NewColumn {
            name: "Scan".to_owned(),
            holds: "image".to_owned(),
            options: Vec::new(),
            required: false,
        };
        let table = tables::create(&house.portal, &house.admin, with_files, "Scans".to_owned(), vec![column()]);
        let table = table.await.unwrap();
        let image = File { name: "a.png".to_owned(), media_type: "image/png".to_owned(), content: "AAAA".to_owned() };
        rows::insert(&house.portal, &house.admin, table, vec![vec![Cell::File(image.clone())]]).await.unwrap();
        house.upload("key").await.unwrap();
        house.drain().await;
        assert_eq!(code(house.apply(with_files).await), "ENVIRONMENT_NOT_ELIGIBLE", "PP-015");
        let own = house.environment("Own", "sandbox").await;
        let empty = tables::create(&house.portal, &house.admin, own, "Scans".to_owned(), vec![column()]).await.unwrap();
        house.apply(own).await.unwrap();
        house.drain().await;
        let refused = rows::insert(&house.portal, &house.admin, empty, vec![vec![Cell::File(image)]]).await;
        assert_eq!(code(refused), "FILE_IMAGE_NOT_SUPPORTED", "X-21");
        let refused = tables::create(&house.portal, &house.admin, own, "More".to_owned(), vec![column()]).await;
        assert_eq!(code(refused), "FILE_IMAGE_NOT_SUPPORTED", "X-21");
    }

    async fn pp_014_and_types_decide_who_is_eligible(db: TestDb) {
        let house = House::new(&db).await;
        house.upload("key").await.unwrap();
        house.drain().await;
        for kind in ["trial", "default", "teams"] {
            let id = house.environment(kind, kind).await;
            assert_eq!(code(house.apply(id).await), "ENVIRONMENT_NOT_ELIGIBLE", "{kind}");
        }
        let old = house.environment("Old", "production").await;
        house.wait(10);
        let now = house.portal.clock().now();
        store::rings::set_enabled(house.portal.db().write(), house.ring, Some(now)).await.unwrap();
        assert_eq!(code(house.apply(old).await), "ENVIRONMENT_NOT_ELIGIBLE", "PP-014, X-38");
        house.wait(1);
        let new = house.environment("New", "production").await;
        house.apply(new).await.unwrap();
        assert_eq!(code(house.apply(new).await), "ENV_BUSY");
        house.drain().await;
        assert_eq!(code(house.apply(new).await), "ENV_STATE");
        assert_eq!(code(house.give_back(new, "new").await), "NAME_MISMATCH", "PP-094");
        house.give_back(new, "New").await.unwrap();
    }

    async fn a_damaged_row_keeps_no_other_back_and_no_export_passes_over_it(db: TestDb) {
        let house = House::new(&db).await;
        let table = house.table(house.environment("Sales", "sandbox").await).await;
        house.import(table, 5).await;
        let write = house.portal.db().write();
        let page = store::rows::page(write, table, None, 10).await.unwrap();
        let [before, broken, moved] = [0, 1, 2].map(|at: usize| page.items[at].clone());
        let mut bytes = broken.sealed.clone();
        *bytes.last_mut().unwrap() ^= 1;
        // One with a flipped bit, one with another row's bytes: neither is what was sealed there.
        let altered = [
            SealedRow { sealed: bytes, ..broken.clone() },
            SealedRow { sealed: before.sealed.clone(), ..moved.clone() },
        ];
        store::rows::reseal(write, table, altered.to_vec()).await.unwrap();

        let (portal, admin) = (&house.portal, &house.admin);
        let (_, page) = rows::page(portal, admin, table, None, 1_000).await.unwrap();
        let damaged: Vec<_> = page.items.iter().filter(|row| row.cells.is_none()).map(|row| row.id).collect();
        assert_eq!(damaged, [broken.id, moved.id]);
        assert!(page.items.len() == 5 && page.items[0].cells.is_some());
        assert_eq!(code(rows::get(portal, admin, table, broken.id).await), "ROW_DAMAGED");
        assert_eq!(code(rows::export_page(portal, admin, table, None).await), "ROW_DAMAGED");
        let filter = store::audit::Filter { target: Some("table".to_owned()), ..Default::default() };
        let trail = audit::list(portal, admin, &filter, None, 10).await.unwrap();
        let said: Vec<_> = trail.iter().take(3).map(|e| (e.action.as_str(), e.outcome.as_str())).collect();
        assert_eq!(said, [("row.export", "refused"), ("row.read", "refused"), ("row.read", "succeeded")]);
        assert!(trail[2].details.contains("\"damaged\":2"), "{}", trail[2].details);

        // It can be written anew, and be deleted.
        rows::update(portal, admin, table, broken.id, vec![text("Ann"), text("1"), Cell::WholeNumber(7)]).await.unwrap();
        rows::delete(portal, admin, table, moved.id).await.unwrap();
        assert!(rows::export_page(portal, admin, table, None).await.is_ok());
    }

    async fn a_page_ends_where_its_bytes_do_and_a_row_has_a_limit(db: TestDb) {
        let house = House::new(&db).await;
        let environment = house.environment("Payroll", "sandbox").await;
        let column = |n: usize| tables::NewColumn {
            name: format!("Note {n}"),
            holds: "text".to_owned(),
            options: Vec::new(),
            required: false,
        };
        let columns = (0..100).map(column).collect();
        let table = tables::create(&house.portal, &house.admin, environment, "Notes".to_owned(), columns);
        let table = table.await.unwrap();
        // Five rows of 1.5 MB: a page of 4 MiB begins with the third, and holds it whole.
        let row = |size: usize| vec![Cell::Text("x".repeat(size)); 100];
        for _ in 0..5 {
            rows::insert(&house.portal, &house.admin, table, vec![row(15_000)]).await.unwrap();
        }
        let mut lengths = Vec::new();
        let mut after = None;
        loop {
            let (_, page) = rows::page(&house.portal, &house.admin, table, after, 1_000).await.unwrap();
            lengths.push(page.items.len());
            match page.next {
                Some(cursor) => after = Some(domain::RowId(cursor.id)),
                None => break,
            }
        }
        assert_eq!(lengths, [3, 2]);
        // Control characters take six bytes each in JSON, so that 100 texts of a legal size are too much.
        let large = vec![Cell::Text("\u{1}".repeat(30_000)); 100];
        let refused = rows::insert(&house.portal, &house.admin, table, vec![large]).await;
        assert_eq!(code(refused), "TOO_LARGE");
    }
}
