//! Why a key file is not accepted.

use thiserror::Error;

/// Why a key file is not accepted. The texts are for administrators: what was wrong, what is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PfxRefusal {
    /// Not a PFX file, or a damaged one (PP-039).
    #[error(
        "This is not a PFX file, or it is damaged. Accepted is a .pfx or .p12 file in the PKCS#12 format."
    )]
    NotPkcs12,
    /// No password was given, or the file does not need one: no MAC, or the key lies in it unencrypted (PP-041).
    #[error("PFX encryption key files must be password protected. Export the key again with a password.")]
    NoPassword,
    /// The password does not open the file.
    #[error("The password does not open this file.")]
    BadPassword,
    /// Only certificates, or nothing (PP-020).
    #[error(
        "The file holds no private key. Both halves of the key are needed: export it again together with its private key."
    )]
    NoPrivateKey,
    /// More than one private key.
    #[error(
        "The file holds several private keys. Export the one key you want to use into a file of its own."
    )]
    SeveralPrivateKeys,
    /// Another kind or size of key (PP-040).
    #[error("The file holds a key of type {found}. Accepted is a 2048-bit RSA key.")]
    Algorithm {
        /// Such as "RSA 4096" or "EC P-256".
        found: String,
    },
    /// The file is encrypted or signed in a way that is not read here.
    #[error(
        "The file is protected with {found}, which is not supported. Accepted are .pfx and .p12 files with AES-256 and a SHA-256 MAC, or in the \
         older triple DES and RC2 forms: export the key again with a current version of your tool."
    )]
    Scheme {
        /// The name or object identifier of the scheme.
        found: String,
    },
    /// An RSA key that failed a check.
    #[error("The key is not safe to use: {why}. Make a new 2048-bit RSA key.")]
    WeakKey {
        /// The check that failed, as part of a sentence.
        why: &'static str,
    },
    /// More than [`super::MAX_FILE`] bytes.
    #[error(
        "The file is larger than 256 KiB. A key file holds one private key and the certificates that belong to it."
    )]
    TooLarge,
    /// Opening the file would take too many rounds of key derivation.
    #[error(
        "Opening this file would take too many rounds of key derivation. Export the key again, as a .pfx or .p12 file with at most 600,000 iterations."
    )]
    WorkFactor,
}
