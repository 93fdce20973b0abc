//! What is left on the stack: a key that is moved leaves a copy where it was, and the block ciphers decrypt a
//! kilobyte at a time in a buffer of their own. Nobody overwrites either, and a core dump found a private key's
//! primes there, long after its file was read.

use zeroize::Zeroize;

/// 8-byte words: enough for what makes a cipher of a key, in a build without optimization too.
pub(crate) const SHALLOW: usize = 16 * 1024 / 8;
/// As [`SHALLOW`], for what reads or writes a key file.
pub(crate) const DEEP: usize = 256 * 1024 / 8;

/// Runs `secret` and overwrites `WORDS` words of the stack below. What it returns is the caller's to keep safe.
pub(crate) fn wiped<const WORDS: usize, T>(secret: impl FnOnce() -> T) -> T {
    let outcome = below(secret);
    wipe::<WORDS>();
    outcome
}

/// In a frame of its own, so that everything it calls lies where [`wipe`] writes.
#[inline(never)]
fn below<T>(secret: impl FnOnce() -> T) -> T {
    secret()
}

#[inline(never)]
fn wipe<const WORDS: usize>() {
    let mut space = [0_u64; WORDS];
    // Volatile: the compiler cannot drop it.
    space.zeroize();
}
