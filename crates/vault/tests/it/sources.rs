//! What must not stand in the crate's sources.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn lines_with(needles: &[&str]) -> Vec<String> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 20, "the sources were found");
    let mut lines = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a source file");
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            if needles.iter().any(|needle| line.contains(needle)) {
                lines.push(format!("{}: {line}", file.display()));
            }
        }
    }
    lines
}

/// RUSTSEC-2023-0071 and docs/adr/0002: PKCS#1 v1.5 decryption does not exist here, and `rsa` decrypts nothing.
#[test]
fn there_is_no_pkcs1_v1_5_decryption_and_no_private_operation_in_rsa() {
    let found = lines_with(&[
        "Pkcs1v15",
        "pkcs1v15",
        "Pkcs1PrivateDecryptingKey",
        "Pkcs1PublicEncryptingKey",
        "RSA1_5",
        "rsa::RsaPrivateKey",
        "rsa::Oaep",
        "PaddingScheme",
    ]);
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn nothing_catches_panics_or_prints() {
    let found = lines_with(&["catch_unwind", "println!", "eprintln!", "dbg!", "{:?}", ".unwrap()"]);
    assert_eq!(found, Vec::<String>::new());
}
