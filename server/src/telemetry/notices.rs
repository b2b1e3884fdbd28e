//! Log lines that outsiders or circumstances repeat: a few per period are written, further ones are
//! counted.
//!
//! Visitors decide how often such a line occurs. Without a bound a visitor could fill the log.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::clock::now_us;

/// The period for which visitors' lines are limited.
const PERIOD: Duration = Duration::from_secs(60);

/// A line to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Events that it reports, including those that had no line.
    pub events: u64,
    /// Events without a line since the last one; `None` for none, so that the field is left out.
    pub held_back: Option<u64>,
}

/// A limit of lines for one cause. It reads no clock: the time is an argument.
#[derive(Debug)]
pub struct Budget {
    lines_max: u32,
    period_us: u64,
    since_us: Option<u64>,
    written: u32,
    held_back: u64,
}

impl Budget {
    /// Allows `lines_max` lines in each period.
    #[must_use]
    pub fn new(lines_max: u32, period: Duration) -> Self {
        let period_us = period.as_micros() as u64;
        Self { lines_max, period_us, since_us: None, written: 0, held_back: 0 }
    }

    /// Notes `events` events at `now_us`. Returns `Some` if a line must be written.
    pub fn note(&mut self, events: u64, now_us: u64) -> Option<Line> {
        if self.since_us.is_none_or(|since_us| now_us.saturating_sub(since_us) >= self.period_us) {
            self.since_us = Some(now_us);
            self.written = 0;
        }
        if self.written >= self.lines_max {
            self.held_back += events;
            return None;
        }
        self.written += 1;
        let held_back = std::mem::take(&mut self.held_back);
        Some(Line { events: events + held_back, held_back: (held_back > 0).then_some(held_back) })
    }
}

/// A limit of lines a minute for each cause. Clones share it.
#[derive(Clone, Debug)]
pub struct Notices {
    per_minute_max: u32,
    /// By cause. Causes are words in the program, so their number is bounded.
    causes: Arc<Mutex<BTreeMap<&'static str, Budget>>>,
}

impl Notices {
    /// Allows `per_minute_max` lines a minute for each cause.
    #[must_use]
    pub fn new(per_minute_max: u32) -> Self {
        Self { per_minute_max, causes: Arc::default() }
    }

    /// Notes an event of this cause. Returns `Some` if a line must be written.
    #[must_use]
    pub fn note(&self, cause: &'static str) -> Option<Line> {
        let mut causes = self.causes.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Budget::new(self.per_minute_max, PERIOD);
        causes.entry(cause).or_insert_with(fresh).note(1, now_us())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_for_a_period_and_nothing_goes_uncounted() {
        let mut budget = Budget::new(2, PERIOD);
        let mut note = |events, after_s: u64| {
            let line = budget.note(events, 7 + after_s * 1_000_000);
            line.map(|line| (line.events, line.held_back))
        };
        let first = [note(1, 0), note(3, 1), note(1, 2), note(4, 59)];
        assert_eq!(first, [Some((1, None)), Some((3, None)), None, None]);
        let second = [note(1, 60), note(1, 61), note(1, 62)];
        assert_eq!(second, [Some((6, Some(5))), Some((1, None)), None]);
        assert_eq!(note(2, 500), Some((3, Some(1))));
    }

    #[test]
    fn each_cause_has_a_budget_of_its_own() {
        let notices = Notices::new(1);
        let fresh = Line { events: 1, held_back: None };
        assert_eq!([notices.note("a"), notices.note("b")], [Some(fresh); 2]);
        assert_eq!(notices.clone().note("a"), None);
    }
}
