//! No bytes make the reader panic, and none make it accept another key.

use std::sync::LazyLock;

use proptest::prelude::*;
use vault::{Fingerprint, pfx};

use crate::fixtures::{PASSWORD, bytes, fingerprint, password};

/// Small round counts, so that thousands of mutations take seconds.
static FILES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    ["openssl3.pfx", "openssl-legacy.pfx", "certificate-in-clear.pfx", "chain.pfx", "key-only.pfx"]
        .map(bytes)
        .into_iter()
        .collect()
});
static FINGERPRINT: LazyLock<Fingerprint> = LazyLock::new(|| fingerprint("key.fingerprint"));

fn never_another_key(file: &[u8], text: &str) -> Result<(), TestCaseError> {
    if let Ok(key) = pfx::read(file, &password(text)) {
        prop_assert_eq!(key.kek.fingerprint(), *FINGERPRINT);
    }
    Ok(())
}

#[derive(Debug, Clone)]
enum Mutation {
    Flip(prop::sample::Index, u8),
    Set(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Remove(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        4 => (at(), 0..8u8).prop_map(|(at, bit)| Mutation::Flip(at, bit)),
        4 => (at(), prop::sample::select(vec![0, 1, 0x7f, 0x80, 0x81, 0x84, 0xa0, 0x24, 0x30, 0xff]))
            .prop_map(|(at, byte)| Mutation::Set(at, byte)),
        1 => at().prop_map(Mutation::Cut),
        1 => (at(), 1..40usize).prop_map(|(at, length)| Mutation::Remove(at, length)),
        1 => (at(), 1..40usize).prop_map(|(at, length)| Mutation::Repeat(at, length)),
    ]
}

fn mutate(file: &mut Vec<u8>, mutation: &Mutation) {
    if file.is_empty() {
        return;
    }
    let (Mutation::Flip(at, _)
    | Mutation::Set(at, _)
    | Mutation::Cut(at)
    | Mutation::Remove(at, _)
    | Mutation::Repeat(at, _)) = mutation;
    let (at, end) = (at.index(file.len()), file.len());
    match mutation {
        Mutation::Flip(_, bit) => file[at] ^= 1 << bit,
        Mutation::Set(_, byte) => file[at] = *byte,
        Mutation::Cut(_) => file.truncate(at),
        Mutation::Remove(_, length) => drop(file.drain(at..end.min(at + length))),
        Mutation::Repeat(_, length) => {
            let part = file[at..end.min(at + length)].to_vec();
            file.splice(at..at, part);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn mutated_files_never_panic_and_never_give_another_key(
        which: prop::sample::Index,
        mutations in prop::collection::vec(mutation(), 1..4),
    ) {
        let mut file = FILES[which.index(FILES.len())].clone();
        mutations.iter().for_each(|mutation| mutate(&mut file, mutation));
        never_another_key(&file, PASSWORD)?;
    }

    /// Behind a right MAC, where every parser is reached.
    #[test]
    fn mutated_content_with_a_right_mac_never_panics(
        mutations in prop::collection::vec(mutation(), 1..4),
        encrypted: bool,
    ) {
        let (mut bags, fingerprint) = KEY.clone();
        mutations.iter().for_each(|mutation| mutate(&mut bags, mutation));
        let safe = if encrypted {
            crate::builder::encrypted_safe(&[bags], false)
        } else {
            crate::builder::safe(&[bags])
        };
        if let Ok(key) = pfx::read(&crate::builder::file(&[safe]), &password(PASSWORD)) {
            prop_assert_eq!(key.kek.fingerprint(), fingerprint);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(file: Vec<u8>, text: String) {
        prop_assert!(pfx::read(&file, &password(&text)).is_err());
    }
}

/// A bag with a plain key, so that mutations reach the key's own numbers, and the key's fingerprint.
static KEY: LazyLock<(Vec<u8>, Fingerprint)> = LazyLock::new(|| {
    let (pkcs8, fingerprint) = crate::pfx_format::a_key();
    (crate::builder::plain_key(&pkcs8), fingerprint)
});
