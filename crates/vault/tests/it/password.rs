use vault::password::{dummy_verify, hash, verify};

use crate::fixtures::password;

#[test]
fn a_hash_names_the_recommended_parameters_and_verifies() {
    let phc = hash(&password("correct horse battery"));
    assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
    assert!(verify(&password("correct horse battery"), &phc));
    assert!(!verify(&password("correct horse batterz"), &phc));
    assert!(!verify(&password(""), &phc));
}

#[test]
fn the_same_password_hashes_differently_each_time() {
    assert_ne!(hash(&password("correct horse battery")), hash(&password("correct horse battery")));
}

#[test]
fn long_and_unicode_passwords_count_in_full() {
    let long = "ü🔑".repeat(200);
    let phc = hash(&password(&long));
    assert!(verify(&password(&long), &phc));
    assert!(!verify(&password(&long[..long.len() - 4]), &phc));
}

/// A vector of the reference implementation, 256 KiB: hashes made before the parameters were raised stay valid.
#[test]
fn a_hash_with_other_parameters_verifies_with_its_own() {
    let phc = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    assert!(verify(&password("password"), phc));
    assert!(!verify(&password("passwort"), phc));
}

#[test]
fn what_is_no_hash_matches_nothing() {
    for text in ["", "!", "$argon2id$", "$2b$12$abc", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ"] {
        assert!(!verify(&password("correct horse battery"), text), "{text}");
        assert!(!verify(&password(""), text), "{text}");
    }
}

#[test]
fn an_unknown_user_costs_work_with_any_password() {
    for text in ["", "x", "correct horse battery"] {
        dummy_verify(&password(text));
    }
}

#[test]
fn two_entries_match_only_when_they_are_the_same() {
    assert!(password("correct horse").matches(&password("correct horse")));
    assert!(!password("correct horse").matches(&password("correct horsf")));
    assert!(!password("correct horse").matches(&password("correct horse ")));
    assert!(password("").is_empty() && !password(" ").is_empty());
}
