//! The clock of a run, and the times that bots write into what they say and draw.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// Microseconds in one unit of a [`Stamp`].
const STAMP_US: u64 = 100;
/// What is older than this was not stamped by a bot of this run.
const AGE_MAX: Duration = Duration::from_secs(60);
/// What stands before a stamp at the end of a text.
const MARK: &str = " ~";

/// The clock that all bots of a run share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    zero: Instant,
    /// The system's time at zero, microseconds: so the stamps of another swarm in the same room are
    /// right, too.
    unix_us: u64,
}

impl Clock {
    /// A clock that starts now.
    pub(crate) fn start() -> Self {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { zero: Instant::now(), unix_us: unix.as_micros() as u64 }
    }

    /// Microseconds since the start.
    pub(crate) fn us(&self, now: Instant) -> u64 {
        (now - self.zero).as_micros() as u64
    }

    /// The instant at which the clock shows this.
    pub(crate) fn time_of(&self, us: u64) -> Instant {
        self.zero + Duration::from_micros(us)
    }

    /// The stamp of a time, microseconds since the start.
    pub(crate) fn stamp(&self, us: u64) -> Stamp {
        Stamp(((self.unix_us + us) / STAMP_US) as u32)
    }
}

/// When a bot sent something: it stands in what was sent, so whoever receives it knows how long it
/// took. Counts tenths of a millisecond and starts again from 0 after five days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp(pub u32);

impl Stamp {
    /// Microseconds from this stamp to a later one; `None` for what can be no such time.
    pub(crate) fn until_us(self, later: Self) -> Option<u64> {
        let us = u64::from(later.0.wrapping_sub(self.0)) * STAMP_US;
        (us <= AGE_MAX.as_micros() as u64).then_some(us)
    }

    /// Whether this one is later than another of the same minute.
    pub(crate) fn is_after(self, other: Self) -> bool {
        self != other && other.until_us(self).is_some()
    }

    /// The text with the stamp at its end.
    #[must_use]
    pub fn sign(self, text: &str) -> String {
        format!("{text}{MARK}{:08x}", self.0)
    }

    /// The stamp at the end of a text, if it has one.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (_, digits) = text.rsplit_once(MARK)?;
        let digits = digits.get(..8).filter(|first| *first == digits)?;
        u32::from_str_radix(digits, 16).ok().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_read_from_texts() {
        let stamp = Stamp(0x00c0_ffee);
        assert_eq!(stamp.sign("hello"), "hello ~00c0ffee");
        assert_eq!(Stamp::read(&stamp.sign("a ~b")), Some(stamp));
        for other in ["", "hello", "hello ~00c0ffe", "hello ~00c0ffee!", "hello ~ünicode"] {
            assert_eq!(Stamp::read(other), None, "{other}");
        }
    }

    #[test]
    fn stamps_tell_how_long_something_took_also_when_they_start_again() {
        let clock = Clock { zero: Instant::now(), unix_us: (1 << 32) * STAMP_US - 500 };
        let sent = clock.stamp(0);
        assert_eq!(sent.until_us(clock.stamp(7_300)), Some(7_300));
        assert!(clock.stamp(1_000).is_after(sent) && !sent.is_after(clock.stamp(1_000)));
        assert!(!sent.is_after(sent));
        assert_eq!(clock.stamp(1_000).until_us(sent), None, "from the future");
        assert_eq!(sent.until_us(clock.stamp(61_000_000)), None, "from another run");
    }
}
