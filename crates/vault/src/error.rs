//! What can go wrong with a key. None of these says anything about the key or the data.

use thiserror::Error;

/// Sealed or wrapped bytes did not open: another key, another place, altered or cut bytes.
///
/// One answer for every cause, so that nobody learns which part of a forgery was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the sealed bytes do not open: they were made with another key, for another place, or were altered")]
pub struct CannotOpen;

/// A root key that is not 32 bytes long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "a root key is {expected} bytes long, this one has {found}: give exactly {expected} random bytes",
    expected = 32
)]
pub struct WrongLength {
    /// The length that was given, in bytes.
    pub found: usize,
}

/// A key-encryption key could not be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyError {
    /// The cryptographic library could not make a key pair.
    #[error("no RSA key could be made")]
    Generation,
    /// Not the DER of an RSA key of 2048, 3072 or 4096 bits.
    #[error("this is not an RSA key of 2048, 3072 or 4096 bits")]
    NotAccepted,
    /// The root key does not open the sealed key.
    #[error(transparent)]
    CannotOpen(#[from] CannotOpen),
}
