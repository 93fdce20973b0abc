//! Times in mails: UTC, and as the clocks of the organisation show it.

use domain::Timestamp;
use jiff::tz::TimeZone;

/// A time zone of the IANA database, as in `Europe/Berlin`.
#[derive(Clone, Debug)]
pub struct LocalTime {
    name: String,
    zone: TimeZone,
}

impl LocalTime {
    /// UTC alone: nothing local is said.
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), zone: TimeZone::UTC }
    }

    /// Reads the zone's name; the error says what is accepted.
    pub fn parse(name: &str) -> Result<Self, String> {
        let zone = TimeZone::get(name).map_err(|_| {
            format!("{name:?} is no time zone: give an IANA name, as in Europe/Berlin or UTC")
        })?;
        Ok(Self { name: name.to_owned(), zone })
    }

    /// `22 Nov 2026, 09:12 UTC (22 Nov 2026, 10:12 in Europe/Berlin)`.
    pub fn human(&self, at: Timestamp) -> String {
        let utc = at.human();
        let Ok(instant) = jiff::Timestamp::from_microsecond(at.0) else { return utc };
        if self.name == "UTC" {
            return utc;
        }
        let local = instant.to_zoned(self.zone.clone());
        format!("{utc} ({} in {})", local.strftime("%-d %b %Y, %H:%M"), self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x_40_times_are_said_in_utc_and_as_local_clocks_show_them() {
        let at = Timestamp::from_secs(1_794_957_120);
        let here = |name| LocalTime::parse(name).map(|zone| zone.human(at));
        assert_eq!(here("UTC").as_deref(), Ok("17 Nov 2026, 23:12 UTC"));
        let berlin = "17 Nov 2026, 23:12 UTC (18 Nov 2026, 00:12 in Europe/Berlin)";
        assert_eq!(here("Europe/Berlin").as_deref(), Ok(berlin));
        assert!(here("Europe/Nowhere").is_err());
    }
}
