use vault::{Password, PfxRefusal, pfx};

use crate::fixtures::{PASSWORD, bytes, password, read, read_with, refusal};

/// PP-041: a PFX must be password protected.
#[test]
fn files_that_need_no_password_are_refused() {
    for name in ["no-mac.pfx", "nothing-encrypted.pfx", "key-in-clear.pfx"] {
        assert_eq!(refusal(read(name)), PfxRefusal::NoPassword, "{name}");
    }
    for name in ["empty-password.pfx", "openssl3.pfx", "no-mac.pfx"] {
        assert_eq!(refusal(read_with(name, "")), PfxRefusal::NoPassword, "{name}");
    }
    assert_eq!(refusal(read("empty-password.pfx")), PfxRefusal::BadPassword);
}

/// PP-020: both halves are needed.
#[test]
fn files_without_exactly_one_private_key_are_refused() {
    assert_eq!(refusal(read("certificate-only.pfx")), PfxRefusal::NoPrivateKey);
    assert_eq!(refusal(read("two-keys.pfx")), PfxRefusal::SeveralPrivateKeys);
}

/// PP-040: 2048-bit RSA.
#[test]
fn other_kinds_and_sizes_of_key_are_refused_by_name() {
    let files = [
        ("rsa1024.pfx", "RSA 1024"),
        ("rsa3072.pfx", "RSA 3072"),
        ("rsa4096.pfx", "RSA 4096"),
        ("rsa-pss.pfx", "RSA-PSS"),
        ("ec-p256.pfx", "EC P-256"),
        ("ec-p384.pfx", "EC P-384"),
        ("ed25519.pfx", "Ed25519"),
    ];
    for (name, found) in files {
        assert_eq!(refusal(read(name)), PfxRefusal::Algorithm { found: found.into() }, "{name}");
    }
}

#[test]
fn keys_that_fail_a_check_are_refused_with_the_reason() {
    let files = [
        ("weak-exponent-3.pfx", "its public exponent is even, smaller than 65537 or longer than 33 bits"),
        (
            "weak-short-private-exponent.pfx",
            "its public exponent is even, smaller than 65537 or longer than 33 bits",
        ),
        ("weak-unequal-primes.pfx", "its primes are not 1024 bits long each"),
        ("weak-close-primes.pfx", "its primes are too close together"),
        ("weak-wrong-modulus.pfx", "its modulus is not the product of its primes"),
        ("weak-wrong-exponent.pfx", "its numbers do not belong together"),
        ("weak-wrong-crt-exponent.pfx", "its numbers do not belong together"),
        ("weak-wrong-coefficient.pfx", "its numbers do not belong together"),
        ("weak-composite-prime.pfx", "its primes are not prime"),
    ];
    for (name, why) in files {
        assert_eq!(refusal(read(name)), PfxRefusal::WeakKey { why }, "{name}");
    }
}

#[test]
fn a_file_that_asks_for_too_much_work_is_refused_before_the_work() {
    assert_eq!(refusal(read("too-many-rounds.pfx")), PfxRefusal::WorkFactor);
}

#[test]
fn large_files_are_refused_unread() {
    let mut large = bytes("openssl3.pfx");
    large.resize(30 * 1024 * 1024, 0);
    assert_eq!(refusal(pfx::read(&large, &password(PASSWORD))), PfxRefusal::TooLarge);
    large.truncate(pfx::MAX_FILE + 1);
    assert_eq!(refusal(pfx::read(&large, &password(PASSWORD))), PfxRefusal::TooLarge);
    large.truncate(pfx::MAX_FILE);
    assert_eq!(refusal(pfx::read(&large, &password(PASSWORD))), PfxRefusal::NotPkcs12);
}

#[test]
fn what_is_no_key_file_is_refused() {
    let file = bytes("openssl3.pfx");
    let pem = b"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----\n";
    let trailing = [&*file, b"\n"].concat();
    let deep = [[0x30, 0x80]; 50_000].concat();
    let long = [0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    for bad in [&[][..], &[0], b"PK\x03\x04", pem, &trailing, &deep, &long, &[0x30; 1000], &file[1..]] {
        assert_eq!(refusal(pfx::read(bad, &password(PASSWORD))), PfxRefusal::NotPkcs12);
    }
    for length in 0..file.len() {
        assert_eq!(
            refusal(pfx::read(&file[..length], &password(PASSWORD))),
            PfxRefusal::NotPkcs12,
            "{length}"
        );
    }
}

#[test]
fn refusals_say_what_is_accepted_and_nothing_about_the_password() {
    let refusals = [
        PfxRefusal::NotPkcs12,
        PfxRefusal::NoPassword,
        PfxRefusal::BadPassword,
        PfxRefusal::NoPrivateKey,
        PfxRefusal::SeveralPrivateKeys,
        PfxRefusal::Algorithm { found: "RSA 4096".into() },
        PfxRefusal::Scheme { found: "a PBMAC1 MAC".into() },
        PfxRefusal::WeakKey { why: "its primes are not prime" },
        PfxRefusal::TooLarge,
        PfxRefusal::WorkFactor,
    ];
    for refusal in refusals {
        let text = refusal.to_string();
        assert!(text.ends_with('.') && !text.contains("  ") && !text.contains(PASSWORD), "{text}");
    }
    let text = PfxRefusal::Algorithm { found: "RSA 4096".into() }.to_string();
    assert_eq!(text, "The file holds a key of type RSA 4096. Accepted is a 2048-bit RSA key.");
    assert!(
        PfxRefusal::NoPassword
            .to_string()
            .starts_with("PFX encryption key files must be password protected.")
    );
    assert!(Password::new(String::new()).is_empty());
}
