//! The one notion of time: microseconds since 1970 in UTC, handed in by the caller.

use serde::{Deserialize, Serialize};
use std::{fmt, ops::Add, ops::Sub, time::Duration};
use time::{OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};

/// A moment in UTC, in microseconds since the Unix epoch (the resolution both databases keep).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// 0000-01-01T00:00:00Z and the last microsecond of 9999.
const FIRST: i64 = -62_167_219_200_000_000;
const LAST: i64 = 253_402_300_799_999_999;

impl Timestamp {
    /// From whole seconds since the epoch.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs * 1_000_000)
    }

    /// The time since the epoch; none before it.
    pub fn since_epoch(self) -> Duration {
        Duration::from_micros(u64::try_from(self.0).unwrap_or_default())
    }

    /// Reads RFC 3339 (`2026-11-22T09:12:00Z`), to the microsecond; `None` when it is not that, or
    /// when the moment lies in UTC outside the years 0000 to 9999, which RFC 3339 cannot write.
    pub fn parse(text: &str) -> Option<Self> {
        let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        let at = i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000)).ok()?;
        (FIRST..=LAST).contains(&at).then_some(Self(at))
    }

    /// `2026-11-22T09:12:00Z`, to the second: the form of APIs, mails and the audit trail.
    pub fn rfc3339(self) -> String {
        self.format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z"))
    }

    /// As [`Timestamp::rfc3339`], with microseconds where there are any: what was typed into a cell
    /// comes back whole.
    pub fn rfc3339_exact(self) -> String {
        let micros = self.0.rem_euclid(1_000_000);
        let whole = Self(self.0 - micros).rfc3339();
        match (micros, whole.strip_suffix('Z')) {
            (1.., Some(seconds)) => format!("{seconds}.{}Z", format!("{micros:06}").trim_end_matches('0')),
            _ => whole,
        }
    }

    /// `22 Nov 2026, 09:12 UTC`: the form of pages and mails.
    pub fn human(self) -> String {
        self.format(format_description!("[day padding:none] [month repr:short] [year], [hour]:[minute] UTC"))
    }

    /// This moment, or the next whole second: what becomes possible then is shown so, and nobody comes too early.
    #[must_use]
    pub const fn whole_second(self) -> Self {
        Self((self.0 + 999_999).div_euclid(1_000_000) * 1_000_000)
    }

    /// This moment, or the whole second before: what is possible until then is shown so, and nobody comes too late.
    #[must_use]
    pub const fn begun_second(self) -> Self {
        Self(self.0.div_euclid(1_000_000) * 1_000_000)
    }

    /// The time since `earlier`, zero when `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    fn format(self, items: &[time::format_description::BorrowedFormatItem<'_>]) -> String {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000)
            .ok()
            .and_then(|at| at.format(items).ok())
            .unwrap_or_else(|| "out of range".to_owned())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, by: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
    }
}

/// `3 d 4 h`, `23 h 14 min`, `45 s`: a span as people read it, its two largest units.
pub fn human_span(span: Duration) -> String {
    let secs = span.as_secs();
    let (days, hours, minutes) = (secs / 86_400, secs / 3_600 % 24, secs / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{secs} s"),
        (0, 0, m) => format!("{m} min"),
        (0, h, m) => format!("{h} h {m} min"),
        (d, h, _) => format!("{d} d {h} h"),
    }
}
