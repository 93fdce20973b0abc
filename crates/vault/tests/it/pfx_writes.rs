use std::time::Duration;
use vault::{Kek, PfxRefusal, RingKey, pfx};

use crate::fixtures::{PASSWORD, UNICODE_PASSWORD, password, refusal};

/// 27 November 2026.
const NOW: Duration = Duration::from_secs(1_795_737_600);

/// PP-057, PP-063: a generated key is downloaded as a PFX file, and that file must be able to unlock (PP-122).
#[test]
fn a_written_file_is_read_again_with_its_password_only() {
    let (kek, ring) = (Kek::generate().expect("a key"), RingKey::generate());
    let wrapped = kek.wrap(&ring);
    let file = pfx::write(&kek, "Schlüssel 🔑", &password(UNICODE_PASSWORD), NOW);
    assert!(file.len() < 3_000);
    let key = pfx::read(&file, &password(UNICODE_PASSWORD)).unwrap_or_else(|refusal| panic!("{refusal}"));
    assert_eq!(key.kek.fingerprint(), kek.fingerprint());
    assert_eq!(key.friendly_name.as_deref(), Some("Schlüssel 🔑"));
    assert!(key.kek.unwrap(&wrapped).is_ok());
    assert_eq!(refusal(pfx::read(&file, &password(PASSWORD))), PfxRefusal::BadPassword);
}

#[test]
fn a_file_written_without_a_password_is_not_accepted_back() {
    let file = pfx::write(&Kek::generate().expect("a key"), "key", &password(""), NOW);
    assert_eq!(refusal(pfx::read(&file, &password(""))), PfxRefusal::NoPassword);
}
