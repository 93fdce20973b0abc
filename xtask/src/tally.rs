//! How many things passed and failed, whatever ran them.

use crate::sh;
use anyhow::Result;
use std::{ops::AddAssign, process::ExitCode};

/// Counts of tests, checks and journeys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    pub(crate) const PASS: Self = Self { passed: 1, failed: 0 };

    /// One failure, with its reason on standard error.
    pub(crate) fn fail(reason: &str) -> Self {
        eprintln!("xtask: FAILED {reason}");
        Self { passed: 0, failed: 1 }
    }

    /// Prints the last line, `N passed, N failed`, and gives the exit code.
    pub(crate) fn finish(self) -> Result<ExitCode> {
        sh::say(&format!("{} passed, {} failed", self.passed, self.failed))?;
        // Nothing ran is no success either.
        Ok(if self.failed == 0 && self.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// What one line of `cargo test` adds: `test result: ok. 3 passed; 0 failed; …`.
    pub(crate) fn of_cargo_line(line: &str) -> Self {
        let Some(counts) = line.strip_prefix("test result: ") else { return Self::default() };
        let count = |what: &str| {
            let words: Vec<&str> = counts.split([' ', ';', '.']).filter(|word| !word.is_empty()).collect();
            let at = words.iter().position(|word| *word == what)?;
            words.get(at.checked_sub(1)?)?.parse().ok()
        };
        Self { passed: count("passed").unwrap_or(0), failed: count("failed").unwrap_or(0) }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_lines_are_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(Tally::of_cargo_line(line), Tally { passed: 12, failed: 3 });
        assert_eq!(Tally::of_cargo_line("test keys::three_failed ... ok"), Tally::default());
    }

    #[test]
    fn tallies_add_up() {
        let mut tally = Tally::PASS;
        tally += Tally { passed: 2, failed: 1 };
        assert_eq!(tally, Tally { passed: 3, failed: 1 });
    }
}
