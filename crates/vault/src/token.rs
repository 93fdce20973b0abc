//! Bearer tokens: shown once, kept only as a hash.

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// A new token: 32 random bytes. Zeroized on drop; cannot be printed, logged, serialized or cloned.
pub struct Token(Zeroizing<String>);

impl Token {
    /// What the database keeps instead of the token: see [`hash`].
    pub fn hash(&self) -> [u8; 32] {
        hash(&self.0)
    }

    /// Gives the text away, once: 43 characters of base64url without padding.
    pub fn expose(self) -> Zeroizing<String> {
        self.0
    }
}

/// A new token from the operating system's random numbers.
pub fn generate() -> Token {
    let mut bytes = Zeroizing::new([0; 32]);
    crate::random::fill(&mut *bytes);
    Token(Zeroizing::new(Base64UrlUnpadded::encode_string(&*bytes)))
}

/// SHA-256 of a token's text. A plain hash is enough for 256 random bits, and looking a token up by its hash
/// leaks no timing about the token.
pub fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
