//! How much work one file may cause.

use super::PfxRefusal;

/// The most rounds of one derivation.
const ONE: u64 = 1_000_000;
/// The most rounds of all derivations of a file: its MAC, its certificates and its key, 600,000 each.
const ALL: u64 = 2_000_000;

/// The rounds of key derivation that are left to a file. The counts stand in the file, so they are charged before
/// the work is done; otherwise a small file could keep a processor busy for hours.
pub(super) struct Budget(u64);

impl Budget {
    pub(super) fn new() -> Self {
        Self(ALL)
    }

    /// Charges one derivation of this many rounds.
    pub(super) fn charge(&mut self, rounds: u64) -> Result<(), PfxRefusal> {
        if rounds > ONE {
            return Err(PfxRefusal::WorkFactor);
        }
        self.0 = self.0.checked_sub(rounds).ok_or(PfxRefusal::WorkFactor)?;
        Ok(())
    }

    /// Charges an scrypt derivation: two rounds per block of 128 bytes it fills and reads, so at most 64 MB of memory.
    pub(super) fn charge_scrypt(&mut self, n: u64, r: u16, p: u16) -> Result<(), PfxRefusal> {
        self.charge(n.saturating_mul(2).saturating_mul(r.into()).saturating_mul(p.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_derivation_and_all_together_are_limited() {
        let mut budget = Budget::new();
        assert_eq!(budget.charge(ONE + 1), Err(PfxRefusal::WorkFactor));
        assert_eq!(budget.charge(ONE), Ok(()));
        assert_eq!(budget.charge(ONE), Ok(()));
        assert_eq!(budget.charge(1), Err(PfxRefusal::WorkFactor));
    }

    #[test]
    fn memory_counts_as_work() {
        // OpenSSL's own scrypt parameters are accepted; sixteen times the memory is not.
        assert_eq!(Budget::new().charge_scrypt(16_384, 8, 1), Ok(()));
        assert_eq!(Budget::new().charge_scrypt(16_384 * 16, 8, 1), Err(PfxRefusal::WorkFactor));
        assert_eq!(Budget::new().charge_scrypt(u64::MAX, u16::MAX, u16::MAX), Err(PfxRefusal::WorkFactor));
    }
}
