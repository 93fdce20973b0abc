use vault::{ImportedKey, PfxRefusal, RingKey};

use crate::fixtures::{PASSWORD, UNICODE_PASSWORD, fingerprint, read, read_with, refusal};

/// Every one of these holds the same key.
const FILES: [(&str, &str, Option<&str>); 11] = [
    ("openssl3.pfx", PASSWORD, Some("Contoso key 1")),
    ("openssl-legacy.pfx", PASSWORD, Some("Contoso key 1")),
    ("windows-like.pfx", PASSWORD, Some("Contoso key 1")),
    ("rc2-128.pfx", PASSWORD, Some("Contoso key 1")),
    ("des2.pfx", PASSWORD, Some("Contoso key 1")),
    ("aes128-sha512.pfx", PASSWORD, Some("Contoso key 1")),
    ("certificate-in-clear.pfx", PASSWORD, Some("Contoso key 1")),
    ("chain.pfx", PASSWORD, Some("Blatt-Schlüssel 鍵")),
    ("key-only.pfx", PASSWORD, None),
    ("unicode.pfx", UNICODE_PASSWORD, Some("Unicode")),
    ("unicode-3des.pfx", UNICODE_PASSWORD, Some("Unicode")),
];

fn accepted(name: &str, password: &str) -> ImportedKey {
    read_with(name, password).unwrap_or_else(|refusal| panic!("{name}: {refusal}"))
}

#[test]
fn key_files_of_every_common_form_are_read() {
    let expected = fingerprint("key.fingerprint");
    for (name, password, friendly_name) in FILES {
        let key = accepted(name, password);
        assert_eq!(key.kek.fingerprint(), expected, "{name}");
        assert_eq!(key.kek.bits(), 2048, "{name}");
        assert_eq!(key.friendly_name.as_deref(), friendly_name, "{name}");
    }
}

#[test]
fn a_key_file_of_keytool_is_read() {
    let key = accepted("keytool.pfx", PASSWORD);
    assert_eq!(key.kek.fingerprint(), fingerprint("keytool.fingerprint"));
    assert_eq!(key.friendly_name.as_deref(), Some("contoso java"));
}

#[test]
fn the_same_key_from_two_files_unwraps_what_the_other_wrapped() {
    let (modern, legacy) =
        (accepted("openssl3.pfx", PASSWORD).kek, accepted("openssl-legacy.pfx", PASSWORD).kek);
    assert!(legacy.unwrap(&modern.wrap(&RingKey::generate())).is_ok());
}

#[test]
fn every_file_needs_its_own_password() {
    for (name, password, _) in FILES {
        for wrong in ["x", &password[1..], &password.to_uppercase(), &format!("{password} ")] {
            assert_eq!(refusal(read_with(name, wrong)), PfxRefusal::BadPassword, "{name}");
        }
    }
    assert_eq!(refusal(read("unicode.pfx")), PfxRefusal::BadPassword);
}
