//! Keys made here: the file handed out once, and nothing used before it is shown that it was kept.

use crate::house::{FILE_PASSWORD, House, caller, code};
use domain::{KeyId, UserId, keys::KeyState};
use service::keys::{self, Generate, Proof};
use test_support::{TestDb, both_databases, pfx};
use vault::Password;

const HOUR: i64 = 3_600;

impl House {
    async fn generate(&self, name: &str, password: &str) -> Result<KeyId, service::ServiceError> {
        let form = Generate {
            name: name.to_owned(),
            password: Password::new(password.to_owned()),
            risk_acknowledged: false,
        };
        keys::generate(&self.portal, &self.admin, self.ring, form).await
    }

    async fn download(&self, key: KeyId) -> Result<(String, Vec<u8>), service::ServiceError> {
        keys::download(&self.portal, &self.admin, key).await
    }

    async fn prove(&self, key: KeyId, file: &[u8], password: &str) -> Result<(), service::ServiceError> {
        let proof = Proof { file: file.to_vec(), password: Password::new(password.to_owned()) };
        keys::prove(&self.portal, &self.admin, key, proof).await
    }

    async fn key(&self, id: KeyId) -> store::keys::Key {
        store::keys::get(self.portal.db().read(), id).await.unwrap().unwrap()
    }
}

both_databases! {
    async fn pp_057_a_key_is_made_downloaded_once_proved_and_activated(db: TestDb) {
        let house = House::new(&db).await;
        let id = house.generate("made-here", FILE_PASSWORD).await.unwrap();
        house.drain().await;
        assert_eq!(house.key(id).await.state, KeyState::Available, "X-06: a generated first key waits");
        assert_eq!(code(house.activate(id).await), "KEY_NOT_PROVED");

        let (name, file) = house.download(id).await.unwrap();
        assert_eq!(name, "made-here.pfx");
        let (of_key, of_certificate) = pfx::read_back(&file, FILE_PASSWORD).unwrap();
        assert_eq!(keys::sha256(&of_key), house.key(id).await.fingerprint);
        assert_eq!(of_certificate, of_key);
        assert_eq!(code(house.download(id).await), "KEY_FILE_GONE", "once");

        let other = pfx::modern("other", FILE_PASSWORD).unwrap();
        assert_eq!(code(house.prove(id, &other, FILE_PASSWORD).await), "KEY_FILE_MISMATCH");
        assert_eq!(code(house.prove(id, &file, "wrong").await), "KEY_FILE_BAD_PASSWORD");
        assert_eq!(code(house.activate(id).await), "KEY_NOT_PROVED", "a refused proof proves nothing");
        house.prove(id, &file, FILE_PASSWORD).await.unwrap();
        assert_eq!(code(house.prove(id, &file, FILE_PASSWORD).await), "CONFLICT");
        house.activate(id).await.unwrap();
        house.drain().await;
        assert!(matches!(house.key(id).await.state, KeyState::Active { .. }));

        let environment = house.environment("Payroll", "sandbox").await;
        let table = house.table(environment).await;
        house.import(table, 10).await;
        house.apply(environment).await.unwrap();
        house.drain().await;
        assert_eq!(house.all_rows(&house.portal, table).await.unwrap().len(), 10);
    }

    async fn the_file_waits_for_an_hour(db: TestDb) {
        let house = House::new(&db).await;
        let (first, second) = (
            house.generate("one", FILE_PASSWORD).await.unwrap(),
            house.generate("two", FILE_PASSWORD).await.unwrap(),
        );
        // The clock of the house runs on: a minute is more than the test takes.
        house.wait(HOUR - 60);
        house.download(first).await.unwrap();
        house.wait(60);
        assert_eq!(code(house.download(second).await), "KEY_FILE_GONE");
        service::upkeep::run_once(&house.portal).await;
        let left = store::key_files::waits_until(house.portal.db().read(), second).await.unwrap();
        assert_eq!(left, None, "what nobody downloaded is removed");
    }

    async fn pp_062_of_two_downloads_at_once_one_gets_the_file(db: TestDb) {
        let house = House::new(&db).await;
        let id = house.generate("made-here", FILE_PASSWORD).await.unwrap();
        let (one, other) = tokio::join!(house.download(id), house.download(id));
        let got = [&one, &other].iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(got, 1);
    }

    async fn only_who_had_the_key_made_downloads_its_file(db: TestDb) {
        let house = House::new(&db).await;
        let id = house.generate("made-here", FILE_PASSWORD).await.unwrap();
        let row = store::users::by_email(house.portal.db().read(), "admin-2@contoso.example").await;
        let other = caller(&house.portal, UserId(row.unwrap().unwrap().id)).await;
        assert_eq!(code(keys::download(&house.portal, &other, id).await), "FORBIDDEN");
        assert_eq!(keys::file_waits(&house.portal, &other, id).await.unwrap(), None);
        assert!(keys::file_waits(&house.portal, &house.admin, id).await.unwrap().is_some());
        house.download(id).await.unwrap();
    }

    async fn pp_061_x_39_bad_forms_make_no_key(db: TestDb) {
        let house = House::new(&db).await;
        assert_eq!(code(house.generate("key", "eleven char").await), "PASSWORD_WEAK");
        assert_eq!(code(house.generate("key", &"x".repeat(257)).await), "PASSWORD_WEAK");
        assert_eq!(code(house.generate("a key", FILE_PASSWORD).await), "KEY_NAME_INVALID");
        house.generate("key", "twelve chars").await.unwrap();
        assert_eq!(code(house.generate("key", FILE_PASSWORD).await), "KEY_NAME_TAKEN");
        let overview = keys::overview(&house.portal, &house.admin, house.ring).await.unwrap();
        assert_eq!(overview.keys.len(), 1);
    }

    async fn pp_070_an_upload_after_a_generated_key_still_activates_itself(db: TestDb) {
        let house = House::new(&db).await;
        house.generate("made-here", FILE_PASSWORD).await.unwrap();
        assert!(house.upload("brought").await.unwrap().activating, "no key was active yet");
    }
}
