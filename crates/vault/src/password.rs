//! Passwords: of administrators (hashed here) and of key files (used by [`crate::pfx`]).

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A password somebody typed. Zeroized on drop; cannot be printed, logged, serialized or cloned.
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes the text as typed: no trimming, no normalisation.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text, for the rules on length and common passwords. Goes nowhere else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether both are the same, in a time that depends only on their lengths (PP-061).
    pub fn matches(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

/// Argon2id with the parameters OWASP recommends: 19 MiB, 2 passes, 1 lane, 32 bytes out. Callers limit how many
/// run at once; each takes its memory for some 25 ms.
fn argon2id() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, Some(32)).expect("the recommended parameters are valid");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hashes a password with a fresh salt: a PHC string, `$argon2id$v=19$m=19456,t=2,p=1$…`.
pub fn hash(password: &Password) -> String {
    let hash: PasswordHash = argon2id()
        .hash_password(password.expose().as_bytes())
        .expect("Argon2id hashes any password with valid parameters");
    hash.to_string()
}

/// Whether the password is the one that was hashed, with the parameters the PHC string names. A string that is no
/// PHC string matches nothing.
pub fn verify(password: &Password, phc: &str) -> bool {
    PasswordHash::new(phc)
        .is_ok_and(|hash| argon2id().verify_password(password.expose().as_bytes(), &hash).is_ok())
}

/// Does the work of [`verify`] without a hash to compare with, so that an unknown user's sign-in takes as long as
/// a known one's.
pub fn dummy_verify(password: &Password) {
    let mut out = Zeroizing::new([0; 32]);
    argon2id()
        .hash_password_into(password.expose().as_bytes(), b"sixteen bytes ok", &mut *out)
        .expect("Argon2id hashes any password with valid parameters");
    std::hint::black_box(&*out);
}
