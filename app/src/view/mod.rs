//! What pages are told: small structs that the server builds from the service's answers.
//!
//! Times come as text ([`Moment`], [`Deadline`]) and decisions with their reason, so the browser
//! computes and decides nothing.

mod clock;
mod decision;
mod locked;
mod operation;
mod told;

pub use crate::ui::{Deadline, Moment, Why};
pub use clock::clock_card;
pub use decision::{ViewDecision, not_now, why};
pub use locked::{LockBar, lock_bar};
pub use operation::{ViewOperation, operation_card};
pub use told::told;

/// `1,204,118`: a count as people read it.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `412 MB`: bytes as people read them, in powers of ten.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1_000 {
        return format!("{bytes} B");
    }
    let (mut value, mut unit) = (bytes / 100, 0);
    while value >= 10_000 && unit + 1 < UNITS.len() {
        (value, unit) = (value / 1_000, unit + 1);
    }
    if value >= 100 {
        format!("{} {}", count(value / 10), UNITS[unit])
    } else {
        format!("{}.{} {}", value / 10, value % 10, UNITS[unit])
    }
}

/// `1 table`, `3 tables`.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        let cases =
            [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (9_949, "9.9 kB"), (412_000_000, "412 MB")];
        for (bytes, expected) in cases.into_iter().chain([(1_500_000_000, "1.5 GB"), (999_999, "999 kB")]) {
            assert_eq!(size(bytes), expected);
        }
    }

    #[test]
    fn counts_have_commas_and_the_right_word() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_204_118), "1,204,118");
        assert_eq!(counted(1, "table", "tables"), "1 table");
        assert_eq!(counted(1_000, "row", "rows"), "1,000 rows");
    }
}
