//! How often a player may say or report something. It counts for the player, not for the connection:
//! whoever resumes has said what it has said.

use drumbeat_shared::protocol::close::CloseCode;

use super::close::CloseReason;
use crate::bucket::Bucket;

/// The time for which the limit counts, microseconds.
const PERIOD_US: u64 = 10_000_000;
/// What a player is sent whose line comes too soon.
pub const TOO_SOON: &str = "wait a few seconds between chat lines";

/// When a message came, by the server's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadTime {
    /// When its socket was last seen empty: it came after that, microseconds.
    pub empty_us: u64,
    /// When it was read, microseconds.
    pub read_us: u64,
}

/// The lines of one player.
#[derive(Debug)]
pub struct ChatRate {
    bucket: Bucket,
    /// Lines that may be dropped in a row, as many as may come at once.
    dropped_max: u32,
    dropped: u32,
}

impl ChatRate {
    /// Allows as many lines in 10 seconds; at least 1.
    #[must_use]
    pub fn new(lines: u32) -> Self {
        Self { bucket: Bucket::new(lines, PERIOD_US, lines), dropped_max: lines, dropped: 0 }
    }

    /// Whether another line is within the limit.
    ///
    /// # Errors
    /// When the player goes on although lines are dropped: why the connection ends.
    pub fn allows(&mut self, read: ReadTime) -> Result<bool, CloseReason> {
        if self.bucket.allows(read.empty_us, read.read_us) {
            self.dropped = 0;
            return Ok(true);
        }
        self.dropped += 1;
        if self.dropped > self.dropped_max {
            return Err(CloseReason::detailed(CloseCode::Flooding, TOO_SOON));
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_goes_on_is_closed_and_who_waits_is_heard() {
        let mut rate = ChatRate::new(2);
        let mut says = |us| rate.allows(ReadTime { empty_us: us, read_us: us }).ok();
        assert_eq!([0; 4].map(&mut says), [Some(true), Some(true), Some(false), Some(false)]);
        assert_eq!((says(5_000_000), says(5_000_000)), (Some(true), Some(false)));
        assert_eq!((says(5_000_000), says(5_000_000)), (Some(false), None));
    }
}
