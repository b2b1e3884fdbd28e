//! When ticks are due. It reads no clock: the time is an argument.

/// Limit of late ticks that a room makes up for back to back. When more are due, the rest are left
/// out: the world stands still for that time instead of rushing.
pub const CATCH_UP_TICKS_MAX: u64 = 3;

/// The fixed beat of a room. Due times are absolute, so that delays do not add up.
#[derive(Debug)]
pub struct Beat {
    start_us: u64,
    tick_hz: u64,
    /// Number of the next beat.
    next: u64,
}

/// How one tick starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TickStart {
    /// How late it starts, microseconds.
    pub lateness_us: u64,
    /// Ticks left out before it.
    pub skipped_ticks: u64,
    /// Ticks missed: those left out, and this one if it starts more than a period late.
    pub missed: u64,
}

impl Beat {
    /// A beat whose first tick is due at `start_us`.
    #[must_use]
    pub fn new(tick_hz: u16, start_us: u64) -> Self {
        Self { start_us, tick_hz: u64::from(tick_hz), next: 0 }
    }

    /// When the next tick is due, microseconds.
    #[must_use]
    pub fn due_us(&self) -> u64 {
        self.start_us + self.next * 1_000_000 / self.tick_hz
    }

    /// Starts the next tick at `now_us`.
    pub fn begin(&mut self, now_us: u64) -> TickStart {
        let period_us = 1_000_000 / self.tick_hz;
        let lateness_us = now_us.saturating_sub(self.due_us());
        let behind = lateness_us / period_us;
        let skipped_ticks = behind.saturating_sub(CATCH_UP_TICKS_MAX);
        self.next += skipped_ticks + 1;
        let missed = skipped_ticks + u64::from(lateness_us > period_us);
        TickStart { lateness_us, skipped_ticks, missed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_times_never_drift() {
        let mut beat = Beat::new(30, 1_000);
        for tick in 0..30_000 {
            assert_eq!(beat.due_us(), 1_000 + tick * 1_000_000 / 30);
            // However late each tick starts within a period.
            let start = beat.begin(beat.due_us() + tick * 7 % 33_000);
            assert_eq!((start.skipped_ticks, start.missed), (0, 0));
        }
    }

    #[test]
    fn late_ticks_are_made_up_for_up_to_the_limit() {
        let check = |late_us: u64, skipped_ticks: u64, missed: u64, next_due_us: u64| {
            let mut beat = Beat::new(20, 0);
            let start = beat.begin(late_us);
            assert_eq!(
                start,
                TickStart { lateness_us: late_us, skipped_ticks, missed },
                "{late_us} late"
            );
            assert_eq!(beat.due_us(), next_due_us, "{late_us} late");
        };
        check(0, 0, 0, 50_000);
        check(50_000, 0, 0, 50_000);
        check(50_001, 0, 1, 50_000);
        check(199_999, 0, 1, 50_000);
        check(200_000, 1, 2, 100_000);
        check(1_000_000, 17, 18, 900_000);
    }

    /// However late ticks start: those that were run and those that were left out are all that were due.
    #[test]
    fn every_tick_is_run_or_left_out() {
        let mut beat = Beat::new(30, 0);
        let (mut now_us, mut run, mut left_out) = (0, 0, 0);
        for stall in 0..10_000_u64 {
            now_us = beat.due_us().max(now_us) + stall * stall % 7_919 * 61;
            left_out += beat.begin(now_us).skipped_ticks;
            run += 1;
            assert_eq!(beat.due_us(), (run + left_out) * 1_000_000 / 30, "{stall}");
            let due = ((now_us + 1) * 30).div_ceil(1_000_000);
            assert!(due - (run + left_out) <= CATCH_UP_TICKS_MAX, "{stall}");
        }
        assert!(left_out > 0);
    }

    #[test]
    fn after_a_long_stall_the_beat_is_caught_up_within_the_limit() {
        let mut beat = Beat::new(20, 0);
        let stalled_us = 10_000_000;
        let ticks =
            std::iter::from_fn(|| (beat.due_us() <= stalled_us).then(|| beat.begin(stalled_us)));
        assert_eq!(ticks.count() as u64, CATCH_UP_TICKS_MAX + 1);
    }
}
