//! Key files: PKCS#12 (PFX) as OpenSSL, Windows, keytool and macOS write it (PP-019, PP-039).
//!
//! The file is read here part by part, not with a key-store crate, because the rules need what such a crate does
//! not tell: whether the key itself lies encrypted in the file (PP-041), and how much work a file asks for before
//! that work is done. Nothing of a file is believed before its MAC matches.

mod archive;
mod asn1;
mod bags;
mod ber;
mod budget;
mod certificate;
mod check;
mod choose;
mod decrypt;
mod encode;
mod mac;
mod oid;
mod passphrase;
mod prime;
mod refusal;
mod write;

pub use refusal::PfxRefusal;
pub use write::write;

use crate::{Kek, Password, stack};
use bags::Bags;
use budget::Budget;
use passphrase::Passphrase;

/// The largest key file that is looked at, in bytes. A key with a long certificate chain takes some 10 KiB.
pub const MAX_FILE: usize = 256 * 1024;

/// A key that passed every check.
pub struct ImportedKey {
    /// The private key.
    pub kek: Kek,
    /// The name the file gives the key, at most 256 characters, as it stands there.
    pub friendly_name: Option<String>,
}

/// Reads the one private key of a password-protected key file and checks it (PP-020, PP-039..041): RSA, 2048
/// bits, sound numbers, and the certificate that goes with it, if any, is of the same key.
///
/// # Errors
/// [`PfxRefusal`], which says what is accepted.
pub fn read(file: &[u8], password: &Password) -> Result<ImportedKey, PfxRefusal> {
    if file.len() > MAX_FILE {
        return Err(PfxRefusal::TooLarge);
    }
    stack::wiped::<{ stack::DEEP }, _>(|| read_parts(file, password))
}

fn read_parts(file: &[u8], password: &Password) -> Result<ImportedKey, PfxRefusal> {
    let der = ber::to_der(file).ok_or(PfxRefusal::NotPkcs12)?;
    let pfx = asn1::Pfx::read(&der)?;
    if password.is_empty() {
        return Err(PfxRefusal::NoPassword);
    }
    let passphrase = Passphrase::new(password);
    let mut budget = Budget::new();
    let authenticated = mac::verify(&pfx, &passphrase, &mut budget)?;
    let safes = archive::open(authenticated, &passphrase, &mut budget)?;
    let bags = Bags::read(&safes)?;
    let key = choose::the_one_key(&bags)?;
    let pkcs8 = key.decrypt(&passphrase, &mut budget)?;
    check::sound(&pkcs8)?;
    let kek = Kek::from_pkcs8_der(&pkcs8)
        .map_err(|_| PfxRefusal::WeakKey { why: "its numbers do not belong together" })?;
    choose::certificate_matches(&bags, key, &kek)?;
    Ok(ImportedKey { kek, friendly_name: key.friendly_name.clone() })
}
