//! The forms of backups, as they come back.

use super::operations::{copy, two};
use crate::{harness::House, shell::browser::Browser};
use service::backups;
use test_support::{TestDb, both_databases};

both_databases! {
    async fn a_refused_backup_leaves_the_schedule_in_its_form(db: TestDb) {
        let house = House::new(&db).await;
        let (source, target) = two(&house).await;
        backups::set_schedule(&house.portal, &house.admin, target, 36, 9).await.unwrap();
        copy(&house, source, target).await;
        let mut browser = Browser::signed_in(&house, "ada@contoso.example").await;
        let path = format!("/environments/{target}/backups");
        let answer = browser.post(&path, &[("do", "create")]).await;
        assert_eq!(answer.status, 409);
        for set in ["value=\"36\"", "value=\"9\""] {
            assert!(answer.text().contains(set), "{set}: {}", answer.text());
        }
        // Two forms: the fields that a schedule needs do not stand in the way of its end.
        let (_, last) = answer.text().rsplit_once("<form").unwrap();
        let (end, _) = last.split_once("</form>").unwrap();
        assert!(end.contains("cancel_schedule") && !end.contains("every_hours"), "{end}");
        assert_eq!(browser.post(&path, &[("do", "cancel_schedule")]).await.status, 303);
    }

    async fn targets_that_are_possible_come_first(db: TestDb) {
        let house = House::new(&db).await;
        let (source, busy) = two(&house).await;
        copy(&house, source, busy).await;
        let mut browser = Browser::signed_in(&house, "ada@contoso.example").await;
        let (from, _) = (house.environment("Fourth", "sandbox").await, house.environment("Third", "sandbox").await);
        let page = browser.get(&format!("/environments/{from}/copy")).await;
        let (_, list) = page.text().split_once("Where to?").unwrap();
        let at = |name: &str| list.find(name).unwrap_or_else(|| panic!("{name} is missing: {list}"));
        assert!(at("Third") < at("Target"), "a job runs on the one that comes first by name");
    }

    async fn what_was_wrong_stands_inside_of_the_dialog(db: TestDb) {
        let house = House::new(&db).await;
        let (source, target) = two(&house).await;
        backups::create(&house.portal, &house.admin, source).await.unwrap();
        house.drain().await;
        let made = backups::overview(&house.portal, &house.admin, source, None, 1).await.unwrap();
        let backup = made.backups.items[0].backup.id;
        let mut browser = Browser::signed_in(&house, "ada@contoso.example").await;
        let path = format!("/environments/{source}/backups/{backup}/delete");
        let refused = browser.post(&path, &[]).await;
        let path = format!("/environments/{source}/copy?target={target}");
        let mistyped = browser.post(&path, &[("target", &target.to_string()), ("confirmation", "x")]).await;
        for answer in [refused, mistyped] {
            assert_eq!(answer.status, 422, "{}", answer.text());
            let (before, inside) = answer.text().split_once("<dialog").unwrap();
            let (inside, _) = inside.split_once("</dialog>").unwrap();
            assert!(inside.contains("tone-error") || inside.contains("field-error"), "{inside}");
            assert!(!before.contains("tone-error"), "{before}");
        }
    }
}
