//! Names people type, each with one constructor whose error is what the form shows at the field.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident: $check:expr),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes what was typed, trimmed; the error says what is accepted.
            pub fn parse(text: &str) -> Result<Self, &'static str> {
                let text = text.trim();
                let check: fn(&str) -> Result<(), &'static str> = $check;
                check(text).map(|()| Self(text.to_owned()))
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    )+};
}

names! {
    /// A protection key's name: 1 to 127 letters, digits and '-'.
    KeyName: |text| {
        let allowed = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if allowed && (1..=127).contains(&text.len()) { Ok(()) } else {
            Err("Use 1 to 127 letters, digits and hyphens.")
        }
    },
    /// The organisation's name.
    TenantName: |text| printable(text, 100, "Use 1 to 100 printable characters, without '<' and '>'."),
    /// A person's name as mails and the audit trail show it.
    PersonName: |text| printable(text, 100, "Use 1 to 100 printable characters, without '<' and '>'."),
    /// What an API token is for.
    TokenName: |text| printable(text, 100, "Use 1 to 100 printable characters, without '<' and '>'."),
    /// An environment's name; typed again to confirm a return in production (PP-094).
    EnvironmentName: |text| printable(text, 64, "Use 1 to 64 printable characters, without '<' and '>'."),
    /// A table's name.
    TableName: |text| identifier(text, "Start with a letter; then letters, digits, spaces, '_' or '-', 64 at most."),
    /// A column's name.
    ColumnName: |text| identifier(text, "Start with a letter; then letters, digits, spaces, '_' or '-', 64 at most."),
    /// A region's short name, part of addresses: `europe`, `us-east`.
    Region: |text| {
        let allowed = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if allowed && (2..=32).contains(&text.len()) && !text.starts_with('-') { Ok(()) } else {
            Err("Use 2 to 32 lower-case letters, digits and hyphens, as in 'europe'.")
        }
    },
    /// A mail address: also what a person signs in with.
    Email: |text| {
        let shaped = text.rsplit_once('@').is_some_and(|(user, host)| local_part(user) && host_name(host));
        if shaped && text.len() <= 254 { Ok(()) } else { Err("Enter an address such as 'ada@example.org'.") }
    },
}

impl Email {
    /// The form in which addresses are compared: lower case.
    pub fn canonical(&self) -> String {
        self.0.to_lowercase()
    }
}

fn printable(text: &str, max: usize, error: &'static str) -> Result<(), &'static str> {
    let clean = !text.chars().any(|c| c.is_control() || is_unseen(c) || matches!(c, '<' | '>'));
    if clean && (1..=max).contains(&text.chars().count()) { Ok(()) } else { Err(error) }
}

/// Characters that make a name look like another one: line separators, blanks without width, and the
/// controls of writing direction. The joiners that Persian, Hindi and emoji need are not among them.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// RFC 5322's dot-atom, at most 64 bytes: what mail servers take without quotes.
fn local_part(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    text.len() <= 64 && text.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(allowed))
}

fn host_name(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    text.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && label.bytes().all(allowed)
            && !label.starts_with('-')
            && !label.ends_with('-')
    })
}

fn identifier(text: &str, error: &'static str) -> Result<(), &'static str> {
    let starts = text.chars().next().is_some_and(char::is_alphabetic);
    let rest = text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-'));
    if starts && rest && text.chars().count() <= 64 { Ok(()) } else { Err(error) }
}
