//! What pages say while a region is locked: nothing that is impossible, and how it all comes back.

use crate::{
    harness::{FILE_PASSWORD, House},
    shell::browser::Browser,
};
use domain::{EnvironmentId, KeyId, OperationId, roles::Role};
use service::{audit, environments, keys};
use test_support::{TestDb, both_databases, pfx};
use vault::Password;

const HOUR: i64 = 3_600;
const LOCKED: &str = "1 environment is locked in europe.";
const HELD: &str = "Not while environments are locked";

both_databases! {
    async fn while_a_region_is_locked_pages_say_so_and_how_it_comes_back(db: TestDb) {
        let Locked { house, key, file, locked, other, operation } = Locked::new(&db).await;
        let mut ada = at_risk(&house).await;
        let unlock = format!("/encryption-keys/{key}/unlock");
        let way = format!("/environments/{locked}/encryption/unlock");
        let (home, job) = (format!("/environments/{locked}"), format!("/operations/{operation}"));
        for (path, texts) in [
            ("/".to_owned(), &[LOCKED, HELD, "own file brings it back", "Show the way back"][..]),
            ("/encryption-keys".to_owned(), &[HELD, "Not now"]),
            (format!("/encryption-keys/{key}"), &["None is online with this key.", "Locked environments"]),
            ("/environments".to_owned(), &["tone-error wraps", "Locked, deleted in 2"]),
            (home.clone(), &["Environment locked.", "What is still locked on", "First the key"]),
            (format!("{home}/encryption"), &["Environment locked.", "First the key"]),
            (format!("/environments/{other}/encryption"), &["In the region europe 1 environment is locked"]),
            (job.clone(), &["What comes next", "an hour after the lock began", "copies its file to its safe place"]),
        ] {
            says(&mut ada, &path, texts).await;
        }
        // The text alone is in what the document hands over to the browser, too.
        let banner = "<strong>Environments in europe are locked.";
        says(&mut ada, "/environments", &[banner, "Show the way back"]).await;
        for itself in ["/", "/encryption-keys?region=europe", "/encryption-keys/new?region=europe"] {
            silent(&mut ada, itself, banner).await;
        }
        silent(&mut ada, &format!("/environments/{other}/encryption"), "Add and activate a key first").await;
        silent(&mut ada, &home, &way).await;
        // In the first hour the key cannot be unlocked yet: its page says from when on.
        says(&mut ada, &home, &["Show the key", "Possible "]).await;
        silent(&mut ada, &home, &unlock).await;

        house.wait(HOUR);
        let mut ada = at_risk(&house).await;
        for path in [&job, &home] {
            says(&mut ada, path, &["Unlock the key", &unlock]).await;
        }
        let password = Password::new(FILE_PASSWORD.to_owned());
        let form = keys::Unlock { file, password, risk_acknowledged: true };
        keys::unlock(&house.portal, &house.admin, key, form).await.unwrap();
        house.drain().await;
        says(&mut ada, "/", &[LOCKED, HELD, "Show the way back"]).await;
        says(&mut ada, &home, &["The key it was locked with is here again", &way]).await;
        silent(&mut ada, &home, &unlock).await;
        says(&mut ada, &job, &["Show the key", "copies its file to its safe place"]).await;
        environments::unlock(&house.portal, &house.admin, locked, true, true).await.unwrap();
        house.drain().await;
        silent(&mut ada, "/", LOCKED).await;
        silent(&mut ada, &home, "Environment locked.").await;
        // What came back was not activated, and the history names the key on both sides.
        says(&mut ada, "/", &["The key of europe was unlocked", "ada@contoso.example unlocked first."]).await;
        let encryption = ada.get(&format!("{home}/encryption")).await;
        let (_, history) = encryption.text().split_once("<section id=\"history\"").unwrap();
        let (_, unlock) = history.split_once("Unlock").unwrap();
        let (unlock, _) = unlock.split_once("</tr>").unwrap();
        assert_eq!(unlock.matches(">first<").count(), 2, "{unlock}");
    }
}

both_databases! {
    async fn pp_107_a_lock_signs_out_whom_it_leaves_nothing_and_nobody_else(db: TestDb) {
        let ready = Locked::ready(&db).await;
        let (house, locked, other) = (&ready.house, ready.locked, ready.other);
        let system = |id| Role::SystemAdministrator(id);
        house.user(&house.admin, "only@contoso.example", vec![system(locked)]).await;
        house.user(&house.admin, "both@contoso.example", vec![system(locked), system(other)]).await;
        house.user(&house.admin, "auditor@contoso.example", vec![Role::Auditor]).await;
        let mut people = Vec::new();
        for name in ["only", "both", "auditor", "ada"] {
            people.push((name, Browser::signed_in(house, &format!("{name}@contoso.example")).await));
        }
        ready.lock().await;
        for (name, browser) in &mut people {
            assert_eq!(browser.is_signed_in().await, *name != "only", "{name}");
        }
        let entries = audit::list(&house.portal, &house.admin, &audit_of_lock(), None, 5).await.unwrap();
        let details: Vec<&str> = entries.iter().map(|entry| entry.details.as_str()).collect();
        assert!(details.iter().any(|details| details.contains("\"ended_sessions\":1")), "{details:?}");
    }

    async fn x_02_the_panel_names_what_goes_offline_and_what_does_not(db: TestDb) {
        let ready = Locked::ready(&db).await;
        let mut ada = at_risk(&ready.house).await;
        let page = ada.get(&format!("/encryption-keys/{}/lock", ready.key)).await;
        let (_, reach) = page.text().split_once("1 environment goes offline").unwrap();
        let (goes, stays) = reach.split_once("1 environment stays online").unwrap();
        assert!(goes.contains(">Payroll<") && !goes.contains(">Trial<"), "{goes}");
        let (stays, _) = stays.split_once("</details>").unwrap();
        assert!(stays.contains(">Trial<") && !stays.contains(">Payroll<"), "{stays}");
    }

    async fn x_19_a_system_administrator_sees_that_all_is_locked_and_no_way_to_keys(db: TestDb) {
        let Locked { house, locked, .. } = Locked::new(&db).await;
        house.user(&house.admin, "sys@contoso.example", vec![Role::SystemAdministrator(locked)]).await;
        let mut sys = Browser::signed_in(&house, "sys@contoso.example").await;
        sys.post("/encryption-keys/risk", &[]).await;
        let home = format!("/environments/{locked}");
        for path in ["/".to_owned(), "/environments".to_owned(), home.clone(), format!("{home}/encryption")] {
            says(&mut sys, &path, &["locked"]).await;
            silent(&mut sys, &path, "href=\"/encryption-keys").await;
        }
        let page = sys.get("/encryption-keys").await;
        assert_eq!(page.status, 403, "{}", page.text());
    }
}

struct Locked {
    house: House,
    key: KeyId,
    /// The key's.
    file: Vec<u8>,
    locked: EnvironmentId,
    /// On the platform's key.
    other: EnvironmentId,
    operation: OperationId,
}

/// A region that can be locked.
struct Ready {
    house: House,
    key: KeyId,
    /// The key's.
    file: Vec<u8>,
    locked: EnvironmentId,
    /// On the platform's key.
    other: EnvironmentId,
}

impl Locked {
    async fn new(db: &TestDb) -> Self {
        let ready = Self::ready(db).await;
        let operation = ready.lock().await;
        let Ready { house, key, file, locked, other } = ready;
        Self { key, file, locked, other, operation, house }
    }

    async fn ready(db: &TestDb) -> Ready {
        let house = House::new(db).await;
        let (portal, admin) = (&house.portal, &house.admin);
        let password = || Password::new(FILE_PASSWORD.to_owned());
        let file = pfx::modern("first", FILE_PASSWORD).unwrap();
        let form = keys::Upload {
            name: "first".to_owned(),
            file: file.clone(),
            password: password(),
            risk_acknowledged: true,
        };
        let key = keys::upload(portal, admin, house.ring, form).await.unwrap().id;
        house.drain().await;
        let locked = house.environment("Payroll", "sandbox").await;
        let other = house.environment("Trial", "sandbox").await;
        environments::apply(portal, admin, locked, true, true).await.unwrap();
        house.drain().await;
        house.wait(72 * HOUR);
        Ready { key, file, locked, other, house }
    }
}

impl Ready {
    async fn lock(&self) -> OperationId {
        let form = keys::Lock {
            file: self.file.clone(),
            password: Password::new(FILE_PASSWORD.to_owned()),
            typed_text: "LOCK EUROPE".to_owned(),
            confirmed: true,
            risk_acknowledged: true,
        };
        let operation = keys::lock(&self.house.portal, &self.house.admin, self.key, form).await.unwrap();
        self.house.drain().await;
        operation
    }
}

fn audit_of_lock() -> store::audit::Filter {
    store::audit::Filter { action: Some("key.lock".to_owned()), ..Default::default() }
}

/// Signed in, with the risk acknowledged.
async fn at_risk(house: &House) -> Browser {
    let mut browser = Browser::signed_in(house, "ada@contoso.example").await;
    browser.post("/encryption-keys/risk", &[]).await;
    browser
}

async fn says(browser: &mut Browser, path: &str, texts: &[&str]) {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{path}: {}", page.text());
    for text in texts {
        assert!(page.text().contains(text), "{path} does not say {text}: {}", page.text());
    }
}

async fn silent(browser: &mut Browser, path: &str, text: &str) {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{path}: {}", page.text());
    assert!(!page.text().contains(text), "{path} says {text}");
}
