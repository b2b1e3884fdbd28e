//! Figures about the last ten seconds of a room: owned by its thread, published for those who ask.

use std::collections::VecDeque;

use drumbeat_shared::client::Histogram;
use serde::Serialize;

use super::beat::TickStart;
use super::phase_times::PhaseTimes;
use crate::engine::counts::Counts;

/// How far figures look back, seconds.
const SECONDS: usize = 10;
/// Time between two publications, microseconds.
const PUBLISH_US: u64 = 250_000;

/// Percentiles of the last ten seconds, milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Percentiles {
    /// Median.
    pub p50: f64,
    /// 99th percentile.
    pub p99: f64,
    /// Largest.
    pub max: f64,
}

/// What a room did in the last ten seconds, and what its players experienced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Duration of a tick.
    pub tick_ms: Percentiles,
    /// How late ticks start.
    pub tick_lateness_ms: Percentiles,
    /// From reading an input to the start of the tick that took it.
    pub input_wait_ms: Percentiles,
    /// Age of the newest state that a player has seen when it sends an input.
    pub seen_age_ms: Percentiles,
    /// Inputs that ticks took.
    pub inputs: u64,
    /// Inputs that arrived after their tick had started, including those that newer ones then
    /// replaced.
    pub late_inputs: u64,
}

/// One second of a room.
#[derive(Debug, Default)]
struct Second {
    tick_us: Histogram,
    lateness_us: Histogram,
    input_wait_us: Histogram,
    seen_age_us: Histogram,
    inputs: u64,
    late_inputs: u64,
}

/// The last seconds of a room.
#[derive(Debug)]
pub(super) struct Recent {
    /// The last one is the current second.
    seconds: VecDeque<Second>,
    start_us: u64,
    published_us: u64,
}

impl Recent {
    /// Starts at `now_us`.
    pub(super) fn new(now_us: u64) -> Self {
        Self { seconds: [Second::default()].into(), start_us: now_us, published_us: 0 }
    }

    /// Adds a tick. Returns the figures when it is time to publish them.
    pub(super) fn note(
        &mut self,
        start: TickStart,
        times: &PhaseTimes,
        counts: &Counts,
    ) -> Option<Figures> {
        let now_us = times.last_us;
        if now_us - self.start_us >= 1_000_000 {
            self.start_us = now_us;
            self.seconds.push_back(Second::default());
            if self.seconds.len() > SECONDS {
                self.seconds.pop_front();
            }
        }
        let second = self.seconds.back_mut()?;
        second.tick_us.record(clamped(times.took_us()));
        second.lateness_us.record(clamped(start.lateness_us));
        for sample in &counts.samples {
            second.input_wait_us.record(sample.wait_us);
            second.seen_age_us.record(sample.seen_age_us);
        }
        second.inputs += counts.inputs;
        second.late_inputs += counts.late_inputs;
        if now_us - self.published_us < PUBLISH_US {
            return None;
        }
        self.published_us = now_us;
        Some(self.figures())
    }

    fn figures(&self) -> Figures {
        let mut sum = Second::default();
        for Second { tick_us, lateness_us, input_wait_us, seen_age_us, inputs, late_inputs } in
            &self.seconds
        {
            sum.tick_us.absorb(tick_us);
            sum.lateness_us.absorb(lateness_us);
            sum.input_wait_us.absorb(input_wait_us);
            sum.seen_age_us.absorb(seen_age_us);
            sum.inputs += inputs;
            sum.late_inputs += late_inputs;
        }
        Figures {
            tick_ms: percentiles(&sum.tick_us),
            tick_lateness_ms: percentiles(&sum.lateness_us),
            input_wait_ms: percentiles(&sum.input_wait_us),
            seen_age_ms: percentiles(&sum.seen_age_us),
            inputs: sum.inputs,
            late_inputs: sum.late_inputs,
        }
    }
}

fn clamped(us: u64) -> u32 {
    u32::try_from(us).unwrap_or(u32::MAX)
}

fn percentiles(us: &Histogram) -> Percentiles {
    let ms = |us: u32| f64::from(us) / 1_000.0;
    Percentiles { p50: ms(us.quantile(0.5)), p99: ms(us.quantile(0.99)), max: ms(us.max()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::counts::Sample;

    /// Adds a tick of `took_ms` that ends at `now_ms`.
    fn note(recent: &mut Recent, now_ms: u64, took_ms: u64, counts: &Counts) -> Option<Figures> {
        let last_us = now_ms * 1_000;
        let times =
            PhaseTimes { start_us: last_us - took_ms * 1_000, last_us, ..PhaseTimes::default() };
        recent.note(TickStart { lateness_us: 0, skipped_ticks: 0, missed: 0 }, &times, counts)
    }

    #[test]
    fn figures_are_of_the_last_ten_seconds_and_come_in_due_time() {
        let mut recent = Recent::new(1_000_000);
        let slow = Counts {
            inputs: 4,
            late_inputs: 1,
            samples: vec![Sample { wait_us: 7_000, seen_age_us: 90_000 }],
            ..Counts::default()
        };
        let first = note(&mut recent, 1_010, 8, &slow).unwrap();
        assert_eq!(first.tick_ms, Percentiles { p50: 8.0, p99: 8.0, max: 8.0 });
        assert_eq!((first.input_wait_ms.max, first.seen_age_ms.max), (7.0, 90.0));
        assert_eq!((first.inputs, first.late_inputs), (4, 1));
        assert_eq!(note(&mut recent, 1_200, 1, &Counts::default()), None);
        let quick = Counts { inputs: 1, ..Counts::default() };
        let figures = (2..=11).map(|s| note(&mut recent, s * 1_000 + 10, 1, &quick).unwrap());
        let figures: Vec<Figures> = figures.collect();
        assert_eq!(figures[8].tick_ms.max, 8.0, "the tenth second");
        assert_eq!((figures[8].inputs, figures[8].late_inputs), (13, 1));
        assert_eq!(figures[9].tick_ms.max, 1.0, "the eleventh");
        assert_eq!((figures[9].inputs, figures[9].late_inputs), (10, 0));
    }
}
