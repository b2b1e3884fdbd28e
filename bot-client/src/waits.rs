//! What a bot waits for, and for how long: the next frame, and one that acknowledges each input.
//!
//! Waits that are open when the bot ends are recorded with their length so far: a server that has
//! stopped would else look as good as it was before.

use std::collections::VecDeque;

use drumbeat_shared::limits::PENDING_INPUTS_MAX;

use crate::figures::{Tally, Timings};

/// The open waits of one bot. All times are of its clock, microseconds.
#[derive(Debug, Default)]
pub(crate) struct Waits {
    last_frame_us: Option<u64>,
    /// Inputs that no frame has acknowledged: number and time.
    inputs: VecDeque<(u32, u64)>,
}

impl Waits {
    /// An input was made. The oldest is given up when there are too many.
    pub(crate) fn input(&mut self, seq: u32, now_us: u64, tally: &mut Tally) {
        tally.inputs += 1;
        if self.inputs.len() == PENDING_INPUTS_MAX
            && let Some((_, made_us)) = self.inputs.pop_front()
        {
            tally.input_to_state.record_us(now_us - made_us);
        }
        self.inputs.push_back((seq, now_us));
    }

    /// A frame came that acknowledges the inputs up to `ack`.
    pub(crate) fn frame(&mut self, ack: u32, now_us: u64, tally: &mut Tally) {
        if let Some(last_us) = self.last_frame_us.replace(now_us) {
            tally.frame_spacing.record_us(now_us - last_us);
        }
        while let Some(&(seq, made_us)) = self.inputs.front()
            && seq <= ack
        {
            tally.input_to_state.record_us(now_us - made_us);
            self.inputs.pop_front();
        }
    }

    /// The bot ends. Waits shorter than `least_us` were cut off by that and tell nothing.
    pub(crate) fn end(&mut self, least_us: u64, now_us: u64, tally: &mut Tally) {
        let record = |timings: &mut Timings, since_us: u64| {
            let wait_us = now_us - since_us;
            if wait_us >= least_us {
                timings.record_us(wait_us);
            }
        };
        self.last_frame_us.take().into_iter().for_each(|at| record(&mut tally.frame_spacing, at));
        self.inputs.drain(..).for_each(|(_, at)| record(&mut tally.input_to_state, at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The longest time, in hundredths of a second: three digits of it are kept.
    fn max_cs(timings: &Timings) -> Option<f64> {
        timings.percentiles().map(|percentiles| (percentiles.max / 10.0).round())
    }

    #[test]
    fn open_waits_count_with_their_length_so_far() {
        let (mut waits, mut tally) = (Waits::default(), Tally::default());
        waits.frame(0, 0, &mut tally);
        waits.input(1, 0, &mut tally);
        waits.frame(0, 50_000, &mut tally);
        waits.input(2, 50_000, &mut tally);
        waits.frame(1, 100_000, &mut tally);
        assert_eq!(max_cs(&tally.frame_spacing), Some(5.0));
        assert_eq!(max_cs(&tally.input_to_state), Some(10.0));
        // Then the server stops.
        waits.end(250_000, 8_050_000, &mut tally);
        assert_eq!(max_cs(&tally.frame_spacing), Some(795.0));
        assert_eq!(max_cs(&tally.input_to_state), Some(800.0));
    }

    #[test]
    fn waits_cut_off_at_once_do_not_count() {
        let (mut waits, mut tally) = (Waits::default(), Tally::default());
        waits.frame(0, 0, &mut tally);
        waits.input(1, 0, &mut tally);
        waits.end(250_000, 1_000, &mut tally);
        assert_eq!(max_cs(&tally.frame_spacing), None);
        assert_eq!(max_cs(&tally.input_to_state), None);
    }

    #[test]
    fn an_input_that_is_given_up_counts() {
        let (mut waits, mut tally) = (Waits::default(), Tally::default());
        for seq in 0..=PENDING_INPUTS_MAX as u32 {
            waits.input(seq, u64::from(seq) * 10_000, &mut tally);
        }
        assert_eq!(max_cs(&tally.input_to_state), Some(PENDING_INPUTS_MAX as f64));
    }
}
