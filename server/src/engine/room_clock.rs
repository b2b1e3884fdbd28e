//! The time during which a room is there for its clients.

/// Longest time that counts between two ticks, in ticks; beyond that the room itself was away.
const TICKS_MAX: u64 = 4;

/// A clock that stands still while the room does not reach its ticks. That happens when its process
/// is stopped, or its machine is suspended or too busy. Every time limit of a client runs by this
/// clock, so that no client is late for what the room was not there to take.
#[derive(Debug)]
pub(super) struct RoomClock {
    step_us_max: u64,
    last_us: Option<u64>,
    present_us: u64,
    /// Whether a tick has started late since the last `take_late`.
    late: bool,
}

impl RoomClock {
    pub(super) fn new(tick_hz: u16) -> Self {
        let step_us_max = TICKS_MAX * 1_000_000 / u64::from(tick_hz);
        Self { step_us_max, last_us: None, present_us: 0, late: false }
    }

    /// Advances to `now_us` of the server's clock and returns the room's time, microseconds.
    pub(super) fn advance(&mut self, now_us: u64) -> u64 {
        let passed_us = now_us.saturating_sub(self.last_us.replace(now_us).unwrap_or(now_us));
        self.present_us += passed_us.min(self.step_us_max);
        self.late |= 2 * TICKS_MAX * passed_us > 3 * self.step_us_max;
        self.present_us
    }

    /// Whether a tick has started more than half a tick after it was due, since the last call.
    pub(super) fn take_late(&mut self) -> bool {
        std::mem::take(&mut self.late)
    }

    /// The time as of the last tick, microseconds.
    pub(super) fn now_us(&self) -> u64 {
        self.present_us
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_away_does_not_pass() {
        let mut clock = RoomClock::new(20);
        assert_eq!(clock.advance(7_000_000), 0);
        assert_eq!(clock.advance(7_050_000), 50_000);
        assert!(!clock.take_late());
        assert_eq!(clock.advance(7_190_000), 190_000);
        assert!(clock.take_late() && !clock.take_late());
        assert_eq!(clock.advance(60_000_000), 390_000);
        assert_eq!(clock.advance(60_050_000), 440_000);
        assert_eq!(clock.now_us(), 440_000);
    }
}
