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

/// Random bytes for a batch: the operating system is asked once for many small draws, not for each.
///
/// Of nonces, make one for the batch and drop it with the batch: bytes that wait in memory for long could be
/// drawn twice, by a machine and by its copy.
pub struct Draws {
    bytes: [u8; Self::SIZE],
    used: usize,
}

impl Draws {
    /// Bytes of one call: 85 nonces.
    const SIZE: usize = 1024;

    /// Asks for nothing before the first draw.
    pub fn new() -> Self {
        Self { bytes: [0; Self::SIZE], used: Self::SIZE }
    }

    /// The next `N` bytes, at most 1,024. None is given twice.
    ///
    /// # Panics
    /// As [`fill`].
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        const { assert!(N <= Self::SIZE) };
        if Self::SIZE - self.used < N {
            fill(&mut self.bytes);
            self.used = 0;
        }
        let mut drawn = [0; N];
        drawn.copy_from_slice(&self.bytes[self.used..self.used + N]);
        self.used += N;
        drawn
    }
}

impl Default for Draws {
    fn default() -> Self {
        Self::new()
    }
}
