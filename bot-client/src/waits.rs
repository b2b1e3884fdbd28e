//! A bot's waits: for the next frame, and for the frame that acknowledges each input.
//!
//! When the bot ends, open waits are recorded with their length so far: otherwise a server that has
//! stopped would look as good as before.

use std::collections::VecDeque;

use drumbeat_shared::ids::Tick;
use drumbeat_shared::limits::PENDING_INPUTS_MAX;

use crate::figures::{Tally, Timings};

/// The open waits of one bot, in microseconds of its clock. Frames carry the kernel's arrival time,
/// which may differ from the bot's clock by some microseconds.
#[derive(Debug, Default)]
pub(crate) struct Waits {
    /// Time between two ticks of the server.
    pub(crate) period_us: u64,
    last_frame: Option<(Tick, u64)>,
    /// Unacknowledged inputs: the ticks they are for, and when they were made.
    inputs: VecDeque<(Tick, u64)>,
}

impl Waits {
    /// Notes a new input. With too many open, it records the oldest as if acknowledged now.
    pub(crate) fn input(&mut self, tick: Tick, now_us: u64, tally: &mut Tally) {
        tally.inputs += 1;
        if self.inputs.len() == PENDING_INPUTS_MAX
            && let Some((_, made_us)) = self.inputs.pop_front()
        {
            tally.waited.input_to_state.record_us(now_us - made_us);
        }
        self.inputs.push_back((tick, now_us));
    }

    /// Notes a frame of `tick`, which acknowledges the inputs up to the one for tick `ack`.
    pub(crate) fn frame(&mut self, tick: Tick, ack: Tick, arrived_us: u64, tally: &mut Tally) {
        let waited = &mut tally.waited;
        if let Some((last_tick, last_us)) = self.last_frame.replace((tick, arrived_us)) {
            let spacing_us = arrived_us.saturating_sub(last_us);
            let due_us = u64::from(tick.since(last_tick)) * self.period_us;
            waited.frame_spacing.record_us(spacing_us);
            waited.frame_off_beat.record_us(spacing_us.abs_diff(due_us));
        }
        // A replaced input has waited until its replacement is acknowledged. It may stand before
        // inputs for earlier ticks.
        self.inputs.retain(|(tick, made_us)| {
            if *tick <= ack {
                waited.input_to_state.record_us(arrived_us.saturating_sub(*made_us));
            }
            *tick > ack
        });
    }

    /// Ends all waits. Waits shorter than `least_us` were cut off by the bot's end and say nothing.
    pub(crate) fn end(&mut self, least_us: u64, now_us: u64, tally: &mut Tally) {
        let cut_off = &mut tally.cut_off;
        let record = |timings: &mut Timings, since_us: u64, due_us: u64| {
            let wait_us = now_us.saturating_sub(since_us);
            if wait_us >= least_us {
                timings.record_us(wait_us.saturating_sub(due_us));
            }
        };
        if let Some((_, at)) = self.last_frame.take() {
            record(&mut cut_off.frame_spacing, at, 0);
            // The frame of the next tick was due after one period.
            record(&mut cut_off.frame_off_beat, at, self.period_us);
        }
        self.inputs.drain(..).for_each(|(_, at)| record(&mut cut_off.input_to_state, at, 0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The longest time in hundredths of a second: the histogram stores three digits.
    fn max_cs(timings: &Timings) -> Option<f64> {
        timings.percentiles().map(|percentiles| (percentiles.max / 10.0).round())
    }

    #[test]
    fn open_waits_count_with_their_length_so_far() {
        let (mut waits, mut tally) = (Waits::default(), Tally::default());
        waits.period_us = 50_000;
        waits.frame(Tick(7), Tick(0), 0, &mut tally);
        waits.input(Tick(1), 0, &mut tally);
        waits.frame(Tick(8), Tick(0), 50_000, &mut tally);
        waits.input(Tick(2), 50_000, &mut tally);
        waits.frame(Tick(9), Tick(1), 100_000, &mut tally);
        assert_eq!(max_cs(&tally.waited.frame_spacing), Some(5.0));
        assert_eq!(max_cs(&tally.waited.frame_off_beat), Some(0.0));
        assert_eq!(max_cs(&tally.waited.input_to_state), Some(10.0));
        // Now the server stops.
        waits.end(250_000, 8_050_000, &mut tally);
        assert_eq!(max_cs(&tally.cut_off.frame_spacing), Some(795.0));
        assert_eq!(max_cs(&tally.cut_off.frame_off_beat), Some(790.0));
        assert_eq!(max_cs(&tally.cut_off.input_to_state), Some(800.0));
    }

    #[test]
    fn off_the_beat_is_early_as_well_as_late_and_skipped_ticks_are_not() {
        let check = |tick: u32, now_us: u64, off_cs: f64| {
            let (mut waits, mut tally) = (Waits::default(), Tally::default());
            waits.period_us = 50_000;
            waits.frame(Tick(7), Tick(0), 0, &mut tally);
            waits.frame(Tick(tick), Tick(0), now_us, &mut tally);
            assert_eq!(max_cs(&tally.waited.frame_off_beat), Some(off_cs), "{tick} at {now_us}");
        };
        check(8, 50_000, 0.0);
        check(8, 70_000, 2.0);
        check(8, 40_000, 1.0);
        check(10, 150_000, 0.0);
        check(10, 180_000, 3.0);
    }

    #[test]
    fn an_input_made_anew_waits_for_its_own_tick() {
        let (mut waits, mut tally) = (Waits::default(), Tally::default());
        waits.frame(Tick(7), Tick(0), 0, &mut tally);
        waits.input(Tick(10), 0, &mut tally);
        waits.input(Tick(8), 50_000, &mut tally);
        waits.frame(Tick(8), Tick(8), 100_000, &mut tally);
        assert_eq!(max_cs(&tally.waited.input_to_state), Some(5.0));
        waits.frame(Tick(10), Tick(10), 200_000, &mut tally);
        assert_eq!(max_cs(&tally.waited.input_to_state), Some(20.0));
    }

    #[test]
    fn waits_cut_off_at_once_do_not_count() {
        let (mut waits, mut tally) = (Waits::default(), Tally::default());
        waits.frame(Tick(7), Tick(0), 0, &mut tally);
        waits.input(Tick(1), 0, &mut tally);
        waits.end(250_000, 1_000, &mut tally);
        assert_eq!(max_cs(&tally.cut_off.frame_spacing), None);
        assert_eq!(max_cs(&tally.cut_off.frame_off_beat), None);
        assert_eq!(max_cs(&tally.cut_off.input_to_state), None);
    }

    #[test]
    fn an_input_that_is_given_up_counts() {
        let (mut waits, mut tally) = (Waits::default(), Tally::default());
        for seq in 0..=PENDING_INPUTS_MAX as u32 {
            waits.input(Tick(seq), u64::from(seq) * 10_000, &mut tally);
        }
        assert_eq!(max_cs(&tally.waited.input_to_state), Some(PENDING_INPUTS_MAX as f64));
    }
}
