//! Passwords: how long they are, and how hard to guess.

use std::collections::BTreeSet;

/// the shortest and the longest password, in characters; nobody need hash megabytes.
pub const LENGTH: std::ops::RangeInclusive<usize> = 12..=256;

/// Whether the password has a length that is accepted.
pub fn is_long_enough(password: &str) -> bool {
    LENGTH.contains(&password.chars().count())
}

/// How hard a password is to guess, roughly: a hint while it is typed, no rule.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Strength {
    TooShort,
    Weak,
    Fair,
    Good,
    Strong,
}

impl Strength {
    /// 0 to 4.
    pub const fn value(self) -> u8 {
        self as u8
    }

    /// What the meter says.
    pub const fn label(self) -> &'static str {
        match self {
            Self::TooShort => "Too short",
            Self::Weak => "Weak: much of it repeats",
            Self::Fair => "Fair: make it longer",
            Self::Good => "Good",
            Self::Strong => "Strong",
        }
    }
}

/// Judges by length and by how many different characters and words there are: words in a row are better than
/// few strange characters.
pub fn strength(password: &str) -> Strength {
    if !is_long_enough(password) {
        return Strength::TooShort;
    }
    let different = password.to_lowercase().chars().collect::<BTreeSet<_>>().len();
    let runs = password.chars().zip(password.chars().skip(1)).filter(|(a, b)| follows(*a, *b)).count();
    let length = password.chars().count() - runs;
    match (different, length) {
        (..=5, _) | (_, ..=8) => Strength::Weak,
        (..=8, _) | (_, ..=14) => Strength::Fair,
        (_, ..=19) => Strength::Good,
        _ => Strength::Strong,
    }
}

/// Whether `b` repeats `a` or is the next one: `aa`, `12`, `ab`.
fn follows(a: char, b: char) -> bool {
    a == b || u32::from(a) + 1 == u32::from(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x_39_twelve_characters_are_the_least_and_256_the_most() {
        assert!(!is_long_enough("eleven chrs") && is_long_enough("twelve chars"));
        assert!(is_long_enough(&"ü".repeat(256)) && !is_long_enough(&"ü".repeat(257)));
    }

    #[test]
    fn strength_grows_with_what_must_be_guessed() {
        assert_eq!(strength("short"), Strength::TooShort);
        assert_eq!(strength("aaaaaaaaaaaa"), Strength::Weak);
        assert_eq!(strength("abcdefghijkl"), Strength::Weak);
        assert_eq!(strength("kq7 x!mzp#w4"), Strength::Fair);
        assert_eq!(strength("window rain copper"), Strength::Good);
        assert_eq!(strength("correct horse battery staple"), Strength::Strong);
    }
}
