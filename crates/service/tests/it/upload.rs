//! Each refusal of an upload, by its code; what was refused leaves nothing behind.

use crate::house::{FILE_PASSWORD, House, code};
use test_support::{TestDb, both_databases, pfx};

both_databases! {
    async fn every_bad_file_has_its_own_refusal(db: TestDb) {
        let house = House::new(&db).await;
        let p = FILE_PASSWORD;
        let cases: Vec<(&str, Vec<u8>, &str, &str)> = vec![
            ("pp-039-garbage", b"not a key file at all".to_vec(), p, "KEY_FILE_FORMAT"),
            ("pp-039-empty", Vec::new(), p, "KEY_FILE_FORMAT"),
            ("too-large", vec![0x30; keys_max() + 1], p, "TOO_LARGE"),
            ("pp-041-no-mac", pfx::no_mac("a", p).unwrap(), p, "KEY_FILE_NO_PASSWORD"),
            ("pp-041-empty", pfx::modern("a", "").unwrap(), "", "KEY_FILE_NO_PASSWORD"),
            ("wrong-password", pfx::modern("a", p).unwrap(), "wrong", "KEY_FILE_BAD_PASSWORD"),
            ("pp-020-no-private", pfx::cert_only("a", p).unwrap(), p, "KEY_FILE_NO_PRIVATE"),
            ("pp-040-1024", pfx::rsa_bits(1024, "a", p).unwrap(), p, "KEY_ALGORITHM"),
            ("pp-040-4096", pfx::rsa_bits(4096, "a", p).unwrap(), p, "KEY_ALGORITHM"),
            ("pp-040-ec", pfx::ec("a", p).unwrap(), p, "KEY_ALGORITHM"),
            ("weak-exponent", pfx::rsa_exponent_3("a", p).unwrap(), p, "KEY_WEAK"),
        ];
        for (name, file, password, expected) in cases {
            assert_eq!(code(house.upload_file(name, file, password).await), expected, "{name}");
        }
        let overview = service::keys::overview(&house.portal, &house.admin, house.ring).await.unwrap();
        assert!(overview.keys.is_empty());
    }

    async fn pp_019_files_of_every_make_are_taken(db: TestDb) {
        let house = House::new(&db).await;
        let p = FILE_PASSWORD;
        house.upload_file("modern", pfx::modern("m", p).unwrap(), p).await.unwrap();
        house.drain().await;
        house.upload_file("triple-des", pfx::triple_des("t", p).unwrap(), p).await.unwrap();
        house.upload_file("legacy", pfx::legacy("l", p).unwrap(), p).await.unwrap();
        house.upload_file("key-only", pfx::key_only("k", p).unwrap(), p).await.unwrap();
    }

    async fn x_39_names_are_checked_and_never_used_twice(db: TestDb) {
        let house = House::new(&db).await;
        house.upload("name-1").await.unwrap();
        assert_eq!(code(house.upload("name-1").await), "KEY_NAME_TAKEN");
        assert_eq!(code(house.upload("a name").await), "KEY_NAME_INVALID");
        assert_eq!(code(house.upload(&"x".repeat(128)).await), "KEY_NAME_INVALID");
        let again = pfx::modern("name-1", FILE_PASSWORD).unwrap();
        assert_eq!(code(house.upload_file("other", again, FILE_PASSWORD).await), "KEY_ALREADY_PRESENT");
    }

    async fn pp_004_005_013_the_operators_switches_guard_uploads(db: TestDb) {
        let house = House::new(&db).await;
        let write = house.portal.db().write();
        let tenant = house.admin.tenant();
        store::tenants::set_eligibility(write, tenant, (1000, 1000, true)).await.unwrap();
        assert_eq!(code(house.upload("a").await), "NOT_ELIGIBLE", "PP-004: strictly more than the threshold");
        store::tenants::set_eligibility(write, tenant, (1001, 1000, false)).await.unwrap();
        assert_eq!(code(house.upload("a").await), "NOT_ELIGIBLE", "PP-005");
        store::tenants::set_eligibility(write, tenant, (1001, 1000, true)).await.unwrap();
        store::rings::set_enabled(write, house.ring, None).await.unwrap();
        assert_eq!(code(house.upload("a").await), "FEATURE_NOT_ENABLED", "PP-013");
        store::rings::set_enabled(write, house.ring, Some(house.portal.clock().now())).await.unwrap();
        house.upload("a").await.unwrap();
    }
}

fn keys_max() -> usize {
    service::keys::MAX_FILE
}
