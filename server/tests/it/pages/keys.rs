//! The form of a new key, as it comes back.

use super::authorization::stage::Stage;
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
}
