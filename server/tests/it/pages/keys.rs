//! The form of a new key, as it comes back.

use super::authorization::stage::Stage;
use crate::{harness::House, shell::browser::Browser};
use store::ConnectionTrait as _;
use test_support::{TestDb, both_databases};

const ADMINISTRATOR: usize = 2;

both_databases! {
    async fn a_refused_form_is_the_one_that_was_sent(db: TestDb) {
        let stage = Stage::new(&db).await;
        let mut browser = stage.browser(ADMINISTRATOR);
        let fields = [("region", "europe"), ("name", "made-here"), ("password", "x7!qZ"), ("password_again", "x7!qZ")];
        let sent = [&fields[..], &[("how", "generate")]].concat();
        let answer = browser.post("/encryption-keys/new", &sent).await;
        assert_eq!(answer.status, 422);
        for text in ["Password of the new file", "Use 12 to 256 characters", "value=\"made-here\""] {
            assert!(answer.text().contains(text), "{text}");
        }
        assert!(!answer.text().contains("x7!qZ"), "what was typed into a password field does not come back");

        // One that does not say which it is brings a file, as before there were others.
        let answer = browser.upload("/encryption-keys/new", &[("region", b"europe"), ("name", b"brought")]).await;
        assert_eq!(answer.status, 422);
        for text in ["Select a key file", "Password of the file", "value=\"brought\""] {
            assert!(answer.text().contains(text), "{text}");
        }
    }
    async fn a_name_that_cannot_be_used_is_refused_before_a_file_is_chosen(db: TestDb) {
        let house = House::new(&db).await;
        house.key("taken").await;
        let mut browser = Browser::signed_in(&house, "ada@contoso.example").await;
        browser.post("/encryption-keys/risk", &[]).await;
        let names = [("no_line", "Use 1 to 127 letters"), ("taken", "There is or was a key called taken")];
        for (name, wrong) in names {
            let page = browser.get(&format!("/encryption-keys/new?region=europe&how=upload&name={name}")).await;
            for text in [wrong, "Where the key comes from", &format!("value=\"{name}\"")] {
                assert!(page.text().contains(text), "{text}: {}", page.text());
            }
        }
        // The name of a key that is deleted since is none for another one, either.
        let sql = "UPDATE protection_keys SET name = 'gone', state = 'deleted', material = NULL";
        let ring = "UPDATE rings SET active_ring_key = NULL";
        for sql in [ring, sql] {
            house.portal.db().write().execute_unprepared(sql).await.unwrap();
        }
        let page = browser.get("/encryption-keys/new?region=europe&how=generate&name=gone").await;
        assert!(page.text().contains("There is or was a key called gone"), "{}", page.text());
        let page = browser.get("/encryption-keys/new?region=europe&how=upload&name=fresh").await;
        assert!(page.text().contains("Password of the file"), "{}", page.text());
    }
}
