//! Log lines that outsiders cause: a few of each cause a minute, further ones counted.
//!
//! Who visits decides how often such a line comes. Without a bound a visitor could fill the log.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The time that a bound on lines is for.
const PERIOD: Duration = Duration::from_secs(60);

/// A budget of lines for each cause. Clones share it.
#[derive(Clone, Debug)]
pub struct Notices {
    per_minute_max: u32,
    /// By cause. Causes are words of the program, so there is a bound to them.
    causes: Arc<Mutex<BTreeMap<&'static str, Budget>>>,
}

/// A line that is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// How many were held back since the last one; `None` for none, so that no field says so.
    pub held_back: Option<u64>,
}

#[derive(Debug)]
struct Budget {
    since: Instant,
    written: u32,
    held_back: u64,
}

impl Notices {
    /// At most this many lines of each cause in a minute.
    #[must_use]
    pub fn new(per_minute_max: u32) -> Self {
        Self { per_minute_max, causes: Arc::default() }
    }

    /// Something happened for this cause. `Some` if a line is to be written.
    #[must_use]
    pub fn note(&self, cause: &'static str) -> Option<Line> {
        self.note_at(cause, Instant::now())
    }

    fn note_at(&self, cause: &'static str, now: Instant) -> Option<Line> {
        let mut causes = self.causes.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Budget { since: now, written: 0, held_back: 0 };
        let budget = causes.entry(cause).or_insert_with(fresh);
        if now.saturating_duration_since(budget.since) >= PERIOD {
            budget.since = now;
            budget.written = 0;
        }
        if budget.written >= self.per_minute_max {
            budget.held_back += 1;
            return None;
        }
        budget.written += 1;
        let held_back = std::mem::take(&mut budget.held_back);
        Some(Line { held_back: (held_back > 0).then_some(held_back) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_has_a_budget_of_its_own_and_nothing_goes_uncounted() {
        let notices = Notices::new(2);
        let start = Instant::now();
        let note = |cause, after_s| {
            let line = notices.note_at(cause, start + Duration::from_secs(after_s));
            line.map(|line| line.held_back.unwrap_or(0))
        };
        assert_eq!(
            [note("a", 0), note("a", 1), note("a", 2), note("a", 59)],
            [Some(0), Some(0), None, None]
        );
        assert_eq!(note("b", 2), Some(0));
        assert_eq!([note("a", 60), note("a", 61), note("a", 62)], [Some(2), Some(0), None]);
        assert_eq!(note("a", 500), Some(1));
    }
}
