//! Logs when the inputs of many players arrive late, and why. Missed ticks do not show what players
//! feel of it.

use std::time::Duration;

use super::recent::Figures;
use crate::telemetry::notices::Budget;
use crate::telemetry::read_lateness::ReadLateness;

/// The least share of late inputs that is worth a line.
const LATE_SHARE_MIN: f64 = 0.1;
/// The least number of inputs in ten seconds that says anything.
const INPUTS_MIN: u64 = 100;
/// Time between two lines.
const LOG_PERIOD: Duration = Duration::from_secs(30);
/// Reading that is later than this makes inputs miss their ticks, microseconds. Giving way to rooms
/// delays it less.
const READ_LATE_US_MIN: u64 = 40_000;

/// Limits the lines about late inputs in one room.
#[derive(Debug)]
pub(super) struct LateInputs(Budget);

impl LateInputs {
    /// Creates it with nothing logged yet.
    pub(super) fn new() -> Self {
        Self(Budget::new(1, LOG_PERIOD))
    }

    /// Writes a line if it is due; returns whether it was.
    pub(super) fn judge(&mut self, figures: &Figures, reading: &ReadLateness, now_us: u64) -> bool {
        let Figures { inputs, late_inputs, seen_age_ms, .. } = figures;
        let late = *late_inputs as f64 >= LATE_SHARE_MIN * *inputs as f64;
        if !late || *inputs < INPUTS_MIN || self.0.note(1, now_us).is_none() {
            return false;
        }
        let read_late_us = reading.max_us();
        let (reason, text) = cause(read_late_us);
        tracing::warn!(
            late_inputs,
            inputs,
            seen_age_ms_p99 = seen_age_ms.p99,
            read_late_ms_max = read_late_us / 1_000,
            reason,
            text,
            "inputs arrive late"
        );
        true
    }
}

/// Why inputs arrive late, as far as the server can tell: a word and a sentence.
fn cause(read_late_us: u64) -> (&'static str, &'static str) {
    if read_late_us >= READ_LATE_US_MIN {
        (
            "reading",
            "the server read them late: the machine is too busy, or the process was stopped",
        )
    } else {
        ("links", "the server read them at once; the links of these players are slow or unsteady")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_when_many_are_late_and_then_not_for_a_while() {
        let mut late = LateInputs::new();
        let period_us = LOG_PERIOD.as_micros() as u64;
        let reading = ReadLateness::default();
        let mut judge = |inputs, late_inputs, now_us| {
            late.judge(&Figures { inputs, late_inputs, ..Figures::default() }, &reading, now_us)
        };
        assert!(!judge(99, 99, 1), "too few to tell");
        assert!(!judge(1_000, 99, 2));
        assert!(judge(1_000, 100, 3));
        assert!(!judge(1_000, 1_000, period_us));
        assert!(judge(1_000, 1_000, period_us + 3));
    }

    #[test]
    fn the_cause_is_the_readers_or_the_links() {
        assert_eq!(cause(READ_LATE_US_MIN).0, "reading");
        assert_eq!(cause(READ_LATE_US_MIN - 1).0, "links");
    }
}
