//! What a client knows of its connection: when to ping, round trip time, jitter.

use crate::ids::Tick;

/// Microseconds between two pings.
const PING_PERIOD_US: u64 = 500_000;
/// The same for the first few: what they tell is wanted at once.
const FIRST_PING_PERIOD_US: u64 = 100_000;
/// How many those are.
const FIRST_PINGS: u32 = 5;
/// Without a frame for so long no input is made: all of them would arrive at once, as a flood.
const QUIET_US: u64 = 1_000_000;

/// Estimates from pongs and arrivals.
#[derive(Debug, Default)]
pub(crate) struct Link {
    /// Microseconds between two ticks.
    pub(crate) period_us: u64,
    pinged_us: Option<u64>,
    pings: u32,
    last_frame: Option<(Tick, u64)>,
    jitter_us: f64,
}

impl Link {
    /// Whether a ping is due; if so, the caller sends it.
    pub(crate) fn ping_due(&mut self, now_us: u64) -> bool {
        let first = self.pings < FIRST_PINGS;
        let period_us = if first { FIRST_PING_PERIOD_US } else { PING_PERIOD_US };
        let due = self.pinged_us.is_none_or(|at| now_us.saturating_sub(at) >= period_us);
        if due {
            self.pinged_us = Some(now_us);
            self.pings += 1;
        }
        due
    }

    /// A frame came. Keeps the mean deviation of the arrivals from the beat of the ticks
    /// (RFC 3550, section 6.4.1). Returns the time since the frame before, microseconds.
    pub(crate) fn frame(&mut self, tick: Tick, now_us: u64) -> u64 {
        let before = self.last_frame.replace((tick, now_us));
        let (last_tick, last_us) = before.unwrap_or((tick, now_us));
        let passed_us = now_us.saturating_sub(last_us);
        if before.is_some() {
            let expected_us = u64::from(tick.since(last_tick)) * self.period_us;
            let off_us = passed_us.abs_diff(expected_us) as f64;
            self.jitter_us += (off_us - self.jitter_us) / 16.0;
        }
        passed_us
    }

    /// Whether no frame has come for long.
    pub(crate) fn is_quiet(&self, now_us: u64) -> bool {
        self.last_frame.is_none_or(|(_, at_us)| now_us.saturating_sub(at_us) > QUIET_US)
    }

    /// Mean deviation of the arrivals, microseconds.
    pub(crate) fn jitter_us(&self) -> u32 {
        self.jitter_us as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ping_is_due_every_half_second_and_at_first_more_often() {
        let mut link = Link::default();
        let due: Vec<u64> = (0..200)
            .map(|step| 70_000 + step * 10_000)
            .filter(|now_us| link.ping_due(*now_us))
            .map(|now_us| now_us / 1_000)
            .collect();
        assert_eq!(due, [70, 170, 270, 370, 470, 970, 1_470, 1_970]);
    }

    #[test]
    fn an_even_beat_has_no_jitter_even_with_ticks_skipped() {
        let mut link = Link { period_us: 50_000, ..Link::default() };
        for tick in (0..500).filter(|tick| tick % 7 != 0) {
            link.frame(Tick(tick), 3_000 + u64::from(tick) * 50_000);
        }
        assert_eq!(link.jitter_us(), 0);
    }

    #[test]
    fn jitter_is_the_mean_deviation_from_the_beat() {
        let mut link = Link { period_us: 50_000, ..Link::default() };
        // By turns in time and 10 ms late: each gap is off by 10 ms.
        for tick in 0..500 {
            link.frame(Tick(tick), u64::from(tick) * 50_000 + u64::from(tick % 2) * 10_000);
        }
        assert!((9_990..=10_000).contains(&link.jitter_us()), "{} us", link.jitter_us());
    }
}
