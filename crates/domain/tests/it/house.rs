//! Keeps the picture of the house true: which crate may use which, and which libraries.
//!
//! Fails after a change of a manifest? Then either the edge is a mistake, or the tables below and the
//! picture in `README.md` change with it, in the same commit and for a reason.

use serde_json::Value;
use std::{collections::BTreeSet, process::Command};

/// Every crate with the crates of ours it may use, outside of tests.
const EDGES: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("vault", &[]),
    ("store", &["domain"]),
    ("service", &["domain", "store", "vault"]),
    ("api-types", &[]),
    ("migrations", &[]),
    ("app", &["domain", "service"]),
    ("frontend", &["app"]),
    ("server", &["api-types", "app", "domain", "migrations", "service", "store", "vault"]),
    ("cli", &["api-types"]),
    ("test-support", &[]),
    ("bench", &["domain", "migrations", "service", "store", "test-support", "vault"]),
    ("xtask", &[]),
];

/// The inner crates with every library they may use, outside of tests.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("domain", &["serde", "time", "uuid"]),
    (
        "vault",
        &[
            "aes-gcm",
            "argon2",
            "aws-lc-rs",
            "base64ct",
            "cbc",
            "der",
            "des",
            "getrandom",
            "pkcs12",
            "pkcs5",
            "rc2",
            "rsa",
            "sha1",
            "sha2",
            "spki",
            "subtle",
            "thiserror",
            "zeroize",
        ],
    ),
    ("store", &["futures", "sea-orm", "serde", "serde_json", "sqlx", "thiserror", "tracing", "uuid"]),
    (
        "service",
        &[
            "anyhow",
            "csv-core",
            "futures",
            "jiff",
            "lettre",
            "sea-orm",
            "serde",
            "serde_json",
            "sha2",
            "thiserror",
            "tokio",
            "tokio-util",
            "tracing",
            "uuid",
        ],
    ),
    ("api-types", &["serde", "serde_json", "utoipa", "uuid"]),
    ("migrations", &["async-trait", "sea-orm-migration"]),
    ("frontend", &["console_error_panic_hook", "leptos", "wasm-bindgen"]),
];

/// Libraries with a place of their own: nobody else may use them, outside of tests.
const PLACES: &[(&str, &[&str])] = &[
    // Cryptography is `vault`'s; `bench` measures a bare cipher to compare with, `xtask` names files by digest.
    ("aes-gcm", &["vault", "bench"]),
    ("argon2", &["vault"]),
    ("aws-lc-rs", &["vault"]),
    ("getrandom", &["vault"]),
    ("rand", &[]),
    ("rsa", &["vault"]),
    ("sha1", &["vault"]),
    ("sha2", &["vault", "service", "xtask"]),
    // The database.
    ("sqlx", &["store"]),
    ("sea-orm", &["store", "service", "server", "bench"]),
    ("sea-orm-migration", &["migrations"]),
    // The network.
    // `bench` compares pages with a bare axum route, and asks over HTTP as a browser would.
    ("axum", &["app", "server", "bench"]),
    ("lettre", &["service"]),
    ("reqwest", &["cli", "bench"]),
    ("rustls", &["server"]),
    ("tower-sessions", &["server"]),
    ("tokio-rustls", &["test-support"]),
    // Pages.
    ("leptos", &["app", "frontend", "server"]),
    ("wasm-bindgen", &["app", "frontend"]),
];

/// A second TLS or cryptography beside aws-lc-rs, and C libraries of the system.
const BANNED: &[&str] = &["ring", "openssl", "openssl-sys", "native-tls"];

/// What a dependency of `domain` may be built from in the browser: no clock, no randomness, no IO.
const PURE: &[&str] = &[
    "deranged",
    "domain",
    "num-conv",
    "powerfmt",
    "serde",
    "serde_core",
    "serde_derive",
    "time",
    "time-core",
    "time-macros",
    "uuid",
    "proc-macro2",
    "quote",
    "syn",
    "unicode-ident",
];

struct Package {
    name: String,
    /// Normal and build dependencies, optional ones too: name, and whether it is one of ours.
    uses: Vec<(String, bool)>,
}

fn cargo(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).current_dir(env!("CARGO_MANIFEST_DIR")).args(args).output();
    let output = output.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {}: {errors}", args.join(" "));
    String::from_utf8(output.stdout).unwrap()
}

fn packages() -> Vec<Package> {
    let json = cargo(&["metadata", "--no-deps", "--format-version", "1", "--locked"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let packages = json["packages"].as_array().unwrap().iter().map(|package| {
        let outside_tests = |dependency: &&Value| dependency["kind"] != "dev";
        let dependencies = package["dependencies"].as_array().unwrap().iter().filter(outside_tests);
        let uses = dependencies.map(|d| (text(&d["name"]), d["path"].is_string())).collect();
        Package { name: text(&package["name"]), uses }
    });
    packages.collect()
}

/// The names of everything that `cargo tree` finds.
fn tree(args: &[&str]) -> BTreeSet<String> {
    let tree = cargo(&[&["tree", "--locked", "--prefix", "none", "--format", "{p}"], args].concat());
    tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

/// What `name` may use by this table.
fn row<'t>(table: &'t [(&str, &'t [&'t str])], name: &str) -> Option<&'t [&'t str]> {
    table.iter().find(|(row, _)| *row == name).map(|(_, may)| *may)
}

#[test]
fn crates_use_each_other_as_the_picture_says() {
    for package in packages() {
        let may = row(EDGES, &package.name);
        let may = may.unwrap_or_else(|| panic!("{} is not in the picture", package.name));
        for (used, _) in package.uses.iter().filter(|(_, ours)| *ours) {
            assert!(may.contains(&used.as_str()), "{} must not use {used}", package.name);
        }
    }
}

#[test]
fn store_and_vault_never_see_each_other() {
    for (one, other) in [("store", "vault"), ("vault", "store")] {
        let seen = tree(&["--package", one, "--edges", "normal,build,dev"]);
        assert!(seen.contains(one));
        assert!(!seen.contains(other), "{one} reaches {other}");
    }
}

#[test]
fn inner_crates_use_the_libraries_they_may() {
    for package in packages() {
        let Some(may) = row(LIBRARIES, &package.name) else { continue };
        let uses: BTreeSet<&str> =
            package.uses.iter().filter(|(_, ours)| !*ours).map(|(name, _)| name.as_str()).collect();
        for used in &uses {
            assert!(may.contains(used), "{} must not use {used}", package.name);
        }
    }
}

#[test]
fn libraries_stay_in_their_place() {
    for package in packages() {
        for (used, _) in &package.uses {
            if let Some(may) = row(PLACES, used) {
                assert!(may.contains(&package.name.as_str()), "{} must not use {used}", package.name);
            }
        }
    }
}

#[test]
fn nothing_banned_is_built() {
    let built = tree(&["--workspace", "--edges", "normal,build,dev"]);
    assert!(built.contains("aws-lc-rs"), "the tree was read");
    for name in BANNED {
        assert!(!built.contains(*name), "{name} is built; `cargo tree -i {name}` says for whom");
    }
}

#[test]
fn domain_is_pure() {
    const WASM: &str = "wasm32-unknown-unknown";
    let used = tree(&["--package", "domain", "--edges", "normal", "--target", WASM]);
    for name in &used {
        assert!(PURE.contains(&name.as_str()), "domain uses {name}");
    }
    assert!(used.contains("serde"), "the tree was read");
}

#[test]
fn the_browser_gets_pages_and_rules_and_no_keys() {
    let used = tree(&["--package", "frontend", "--edges", "normal", "--target", "wasm32-unknown-unknown"]);
    for name in ["app", "domain", "leptos"] {
        assert!(used.contains(name), "{name}");
    }
    for name in ["service", "store", "vault", "server", "sea-orm", "tokio", "axum", "aws-lc-rs"] {
        assert!(!used.contains(name), "{name} would travel to the browser");
    }
}

#[test]
fn everything_comes_from_crates_io() {
    let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock")).unwrap();
    let sources: BTreeSet<&str> = lock.lines().filter_map(|line| line.strip_prefix("source = ")).collect();
    let expected = BTreeSet::from(["\"registry+https://github.com/rust-lang/crates.io-index\""]);
    assert_eq!(sources, expected);
}
