//! Moments by the calendar, as people and files write them. What must not go back when somebody sets
//! the clock uses [`crate::clock`].

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use humantime::{format_rfc3339_seconds, parse_rfc3339};
use serde::{Deserialize, Serialize};

/// The last moment that can be written (the end of the year 9999), seconds since 1970.
const SECONDS_MAX: u64 = 253_402_300_799;

/// A second of the calendar, written as in RFC 3339: `2026-11-26T19:30:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Stamp(u64);

impl Stamp {
    /// The present second.
    #[must_use]
    pub fn now() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(since_1970.as_secs().min(SECONDS_MAX))
    }

    /// The moment so much later; the end of the calendar if that is beyond it.
    #[must_use]
    pub fn after(self, time: Duration) -> Self {
        Self(self.0.saturating_add(time.as_secs()).min(SECONDS_MAX))
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(self.0)).fmt(f)
    }
}

impl FromStr for Stamp {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let since_1970 =
            parse_rfc3339(text).ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        since_1970.map(|time| Self(time.as_secs())).ok_or_else(|| {
            "must be a moment in UTC since 1970, such as 2026-11-26T19:30:00Z".to_owned()
        })
    }
}

impl TryFrom<String> for Stamp {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Stamp> for String {
    fn from(stamp: Stamp) -> Self {
        stamp.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_as_it_is_written() {
        for text in ["1970-01-01T00:00:00Z", "2026-11-26T19:30:00Z", "9999-12-31T23:59:59Z"] {
            assert_eq!(text.parse::<Stamp>().unwrap().to_string(), text);
        }
        let end = "9999-12-31T23:59:59Z".parse::<Stamp>().unwrap();
        assert_eq!(end.after(Duration::MAX), end);
        let hour = Duration::from_secs(3_600);
        let noon: Stamp = "2026-11-26T12:00:00Z".parse().unwrap();
        assert_eq!(noon.after(hour).to_string(), "2026-11-26T13:00:00Z");
        for text in ["", "tomorrow", "2026-11-26", "1969-12-31T23:59:59Z", "2026-13-01T00:00:00Z"] {
            assert!(text.parse::<Stamp>().unwrap_err().contains("such as"), "{text}");
        }
    }
}
