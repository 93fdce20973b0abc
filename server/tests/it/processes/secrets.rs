//! Looks for secrets where a thief would: in every byte of the database's files and of the logs.

use memchr::memmem::Finder;
use std::{
    fs,
    path::{Path, PathBuf},
};
use test_support::pfx;

/// What must be nowhere, by name.
#[derive(Default)]
pub(super) struct Secrets(Vec<(String, Vec<u8>)>);

impl Secrets {
    pub(super) fn add(&mut self, name: &str, bytes: impl Into<Vec<u8>>) {
        self.0.push((name.to_owned(), bytes.into()));
    }

    /// The same, to be looked for by name among what is found.
    pub(super) fn finders(&self) -> Vec<(&str, Finder<'_>)> {
        self.0.iter().map(|(name, bytes)| (name.as_str(), Finder::new(bytes))).collect()
    }

    /// Bytes, as they are and as hexadecimal digits of both kinds.
    pub(super) fn add_key(&mut self, name: &str, bytes: &[u8]) {
        let hex = service::keys::hex(bytes);
        self.add(&format!("{name}, in hexadecimal"), hex.to_uppercase());
        self.add(&format!("{name}, in hexadecimal"), hex);
        self.add(name, bytes);
    }

    /// The primes of a key file's key, as libraries keep them in memory: the last digit first.
    pub(super) fn add_primes_in_memory(&mut self, name: &str) {
        let der = pfx::private_key_der(name).unwrap();
        for (part, number) in ["p", "q"].iter().zip(&private_numbers(&der)[1..3]) {
            self.add(
                &format!("{part} of {name}, in memory"),
                number.iter().rev().copied().collect::<Vec<u8>>(),
            );
        }
    }

    /// The private numbers of a key file's key, and its whole private half.
    pub(super) fn add_key_file(&mut self, name: &str) {
        let der = pfx::private_key_der(name).unwrap();
        let parts = ["d", "p", "q", "d mod p-1", "d mod q-1", "1/q mod p"];
        let numbers = private_numbers(&der);
        assert_eq!(numbers.len(), parts.len());
        for (part, number) in parts.iter().zip(numbers) {
            self.add_key(&format!("{part} of {name}"), number);
        }
        self.add(&format!("the private key {name}"), der);
    }

    /// Every secret found, with the file it is in; and how many bytes were searched.
    pub(super) fn search(&self, places: &[PathBuf]) -> (Vec<String>, usize) {
        let finders = self.finders();
        let (mut found, mut searched) = (Vec::new(), 0);
        for file in files(places) {
            // Files of a running database come and go.
            let Ok(bytes) = fs::read(&file) else { continue };
            searched += bytes.len();
            let here = finders.iter().filter(|(_, finder)| finder.find(&bytes).is_some());
            found.extend(here.map(|(name, _)| format!("{name} in {}", file.display())));
        }
        (found, searched)
    }
}

fn files(places: &[PathBuf]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for place in places {
        match fs::read_dir(place) {
            Ok(entries) => {
                let inside: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
                found.extend(files(&inside));
            }
            Err(_) => found.push(place.clone()),
        }
    }
    found
}

/// The RSAPrivateKey's numbers after the public ones (RFC 8017, A.1.2), without leading zeros.
fn private_numbers(key: &[u8]) -> Vec<&[u8]> {
    let (mut numbers, _) = element(key);
    let mut all = Vec::new();
    while !numbers.is_empty() {
        let (number, rest) = element(numbers);
        all.push(number.strip_prefix(&[0]).unwrap_or(number));
        numbers = rest;
    }
    // Version, modulus, public exponent.
    all.split_off(3)
}

/// The content of the first DER element, and what follows it.
fn element(der: &[u8]) -> (&[u8], &[u8]) {
    let (length, start) = match der[1] {
        short @ 0..=127 => (usize::from(short), 2),
        long => {
            let bytes = usize::from(long & 127);
            let length = der[2..2 + bytes].iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
            (length, 2 + bytes)
        }
    };
    (&der[start..start + length], &der[start + length..])
}

/// Waits for nothing: a name that lies in the database as it is proves that the search would find others.
pub(super) fn is_there(places: &[PathBuf], plain: &str) -> bool {
    let mut witness = Secrets::default();
    witness.add(plain, plain);
    !witness.search(places).0.is_empty()
}

/// The bytes of the portal's root key.
pub(super) fn root_key(folder: &Path) -> Vec<u8> {
    fs::read(folder.join("root.key")).unwrap()
}
