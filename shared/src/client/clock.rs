//! The two clocks of a client, both in the server's time: the one that its inputs are made by runs
//! ahead of the newest frame, the one that the others are drawn by stays behind it.
//!
//! Both follow from when frames arrive. Neither jumps unless it is lost: it is steered by running a
//! little faster or slower.

use std::collections::VecDeque;

use super::notes::Pong;
use crate::ids::Tick;
use crate::limits::INPUT_STALL_US;

/// Arrivals that are looked back on, at most, and for how long.
const ARRIVALS_MAX: usize = 512;
const WINDOW_US: u64 = 10_000_000;
/// When all frames of so long a time have come later than before by more than this, that is their way
/// from now on: the server has lost time, or the road is another. Microseconds.
const RECENT_US: u64 = 1_000_000;
const RECENT_LATE_US: f64 = 50_000.0;
/// Frames of that time that lie less than this apart are one burst after a stall, and tell nothing.
const BURST_US: u64 = 500_000;
/// Share of the time that may pass in gaps longer than the buffer covers.
const UNCOVERED: f64 = 0.05;
/// What the buffer holds beyond that, microseconds.
const SPARE_US: f64 = 4_000.0;
/// The buffer's size at most, microseconds.
const BUFFER_US_MAX: f64 = 400_000.0;

/// Reports on the inputs that are looked back on.
const REPORTS_MAX: usize = 16;
/// By how much inputs are to come before their tick begins, microseconds.
const MARGIN_US: f64 = 3_000.0;
/// How much sooner they may come without being held back. Inputs are made with a picture: one that
/// comes to wait for the next picture is later at once by a picture's time.
const SLACK_US: f64 = 20_000.0;
/// The lead at most, microseconds.
const LEAD_US_MAX: f64 = 2_000_000.0;

/// When frames arrive.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    period_us: f64,
    recent: VecDeque<Arrival>,
    /// Local time at which tick 0 would have arrived on the fastest way seen lately.
    epoch_us: f64,
    /// The newest frame, and when it came.
    last: Option<(Tick, u64)>,
    /// The buffer's size, unless frames have come since it was worked out.
    buffer_us: Option<f64>,
}

#[derive(Clone, Copy, Debug)]
struct Arrival {
    at_us: u64,
    /// Local time since the frame before.
    gap_us: u64,
    /// Local time at which tick 0 would have arrived on the way of this frame.
    epoch_us: f64,
    /// Server time since the frame before.
    span_us: f64,
}

impl Arrivals {
    pub(super) fn new(period_us: u64) -> Self {
        Self { period_us: period_us as f64, ..Self::default() }
    }

    /// A frame came.
    pub(super) fn push(&mut self, tick: Tick, now_us: u64) {
        let (last_tick, last_us) = self.last.replace((tick, now_us)).unwrap_or((tick, now_us));
        let arrival = Arrival {
            at_us: now_us,
            gap_us: now_us.saturating_sub(last_us),
            epoch_us: now_us as f64 - f64::from(tick.0) * self.period_us,
            span_us: f64::from(tick.since(last_tick)) * self.period_us,
        };
        let old = |first: &Arrival| now_us.saturating_sub(first.at_us) > WINDOW_US;
        while self.recent.len() >= ARRIVALS_MAX || self.recent.front().is_some_and(old) {
            self.recent.pop_front();
        }
        self.recent.push_back(arrival);
        self.buffer_us = None;
        let recent = self.recent.iter().rev();
        let recent = recent.take_while(|last| now_us.saturating_sub(last.at_us) <= RECENT_US);
        let count = recent.clone().count();
        let recent_us = fastest_us(recent);
        let since_us = self.recent[self.recent.len() - count].at_us;
        let is_burst = now_us.saturating_sub(since_us) < BURST_US;
        if !is_burst && recent_us > fastest_us(self.recent.iter()) + RECENT_LATE_US {
            self.recent.drain(..self.recent.len() - count);
        }
        self.epoch_us = fastest_us(self.recent.iter());
    }

    /// The server time, microseconds since tick 0, of the frame that would arrive now on the
    /// fastest way.
    pub(super) fn server_us(&self, now_us: u64) -> f64 {
        now_us as f64 - self.epoch_us
    }

    /// How far behind that the others have to be drawn so that the next frame is nearly always
    /// there in time: what frames take beyond the fastest way, and the time from one to the next.
    /// It covers all but [`UNCOVERED`] of the time: a gap counts for as long as it lasts, so
    /// that stalls count for more than the one frame that ends them.
    pub(super) fn buffer_us(&mut self) -> f64 {
        if let Some(buffer_us) = self.buffer_us {
            return buffer_us;
        }
        let late_us = |arrival: &Arrival| arrival.epoch_us - self.epoch_us;
        let gap = |arrival: &Arrival| (late_us(arrival) + arrival.span_us, arrival.gap_us as f64);
        let mut gaps: Vec<(f64, f64)> = self.recent.iter().map(gap).collect();
        gaps.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        let mut uncovered_us = UNCOVERED * gaps.iter().map(|(_, gap_us)| gap_us).sum::<f64>();
        let covered = gaps.iter().find(|(_, gap_us)| {
            uncovered_us -= gap_us;
            uncovered_us < 0.0
        });
        let needed_us = covered.map_or(self.period_us, |(needed_us, _)| *needed_us);
        let buffer_us = (needed_us.max(self.period_us) + SPARE_US).min(BUFFER_US_MAX);
        *self.buffer_us.insert(buffer_us)
    }
}

fn fastest_us<'a>(arrivals: impl Iterator<Item = &'a Arrival>) -> f64 {
    arrivals.fold(f64::INFINITY, |epoch_us, arrival| epoch_us.min(arrival.epoch_us))
}

/// How far ahead of the arriving frames inputs are made.
#[derive(Debug, Default)]
pub(super) struct Lead {
    rtt_us: Option<f64>,
    /// What was left of the lead, or missing, when the server took the inputs: lately, oldest
    /// first.
    spare_us: VecDeque<f64>,
    /// The lead that the reports come to.
    wanted_us: Option<f64>,
}

impl Lead {
    /// A pong came that tells how inputs came while the lead was `lead_us`.
    pub(super) fn report(&mut self, pong: &Pong, lead_us: f64) {
        let rtt_us = f64::from(pong.rtt_us);
        self.rtt_us = Some(self.rtt_us.map_or(rtt_us, |least_us| least_us.min(rtt_us)));
        // All of them met a stall: the way has become longer.
        let stalled_us = (pong.late > 0).then_some(-(INPUT_STALL_US as i32));
        if let Some(margin_us) = pong.margin_us.or(stalled_us) {
            if self.spare_us.len() == REPORTS_MAX {
                self.spare_us.pop_front();
            }
            self.spare_us.push_back(f64::from(margin_us) - lead_us);
            let mut sorted: Vec<f64> = self.spare_us.iter().copied().collect();
            sorted.sort_unstable_by(f64::total_cmp);
            // One report among many may be worse: a single stall says nothing of the next.
            let needed_us = MARGIN_US - sorted[sorted.len() / REPORTS_MAX];
            let wanted_us = self.wanted_us.unwrap_or(needed_us);
            let wanted_us = wanted_us.clamp(needed_us, needed_us + SLACK_US);
            self.wanted_us = Some(wanted_us.clamp(0.0, LEAD_US_MAX));
        }
    }

    /// The lead with which nearly all inputs come just in time, microseconds. Before the server
    /// has said how they come: one round trip and one tick.
    pub(super) fn wanted_us(&self, period_us: f64) -> f64 {
        self.wanted_us.unwrap_or_else(|| self.rtt_us.unwrap_or(period_us) + period_us)
    }
}

/// A clock in server time that is steered towards where it should be.
#[derive(Debug)]
pub(super) struct Steered {
    /// By what share it may run faster or slower.
    dilation: f64,
    /// It jumps when it is off by more than this, microseconds.
    jump_us: f64,
    /// Server time, microseconds, and the local time at which it was.
    at: Option<(f64, u64)>,
}

/// Time in which a clock makes up for what it is off, as far as its dilation allows, microseconds.
const STEER_US: f64 = 300_000.0;

impl Steered {
    pub(super) fn new(dilation: f64, jump_us: f64) -> Self {
        Self { dilation, jump_us, at: None }
    }

    /// Sets the server time at `now_us`.
    pub(super) fn set(&mut self, at_us: f64, now_us: u64) {
        self.at = Some((at_us, now_us));
    }

    /// Moves on to `now_us`, towards `wanted_us`, and returns the server time.
    pub(super) fn advance(&mut self, wanted_us: f64, now_us: u64) -> f64 {
        let shown_us = match self.at {
            Some((at_us, since_us)) => {
                let passed_us = now_us.saturating_sub(since_us) as f64;
                let off_us = wanted_us - (at_us + passed_us);
                if off_us.abs() > self.jump_us {
                    wanted_us
                } else {
                    let limit_us = self.dilation * passed_us;
                    let share = (passed_us / STEER_US).min(1.0);
                    at_us + passed_us + (off_us * share).clamp(-limit_us, limit_us)
                }
            }
            None => wanted_us,
        };
        self.at = Some((shown_us, now_us));
        shown_us
    }
}

#[cfg(test)]
mod tests;
