//! The operating system's random numbers: the only source of keys, nonces and identifiers' tails.

/// Fills `buffer` with bytes from the operating system.
///
/// # Panics
/// When the operating system gives no random numbers. No key, nonce or token can be made safely then, and
/// every caller would have to stop anyway.
pub fn fill(buffer: &mut [u8]) {
    getrandom::fill(buffer).expect("the operating system gives random numbers");
}

/// `N` random bytes: a salt, a row's id, the 10 random bytes of a version-7 UUID.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes);
    bytes
}
