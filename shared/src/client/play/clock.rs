//! The two clocks of a client, both in server time.
//!
//! The own clock, by which inputs are made, runs ahead of the newest frame. The view clock, by
//! which the others are drawn, stays behind it.
//!
//! Both follow the arrivals of frames ([`Arrivals`]). Neither jumps unless it is lost: it corrects
//! itself by running a little faster or slower.

use std::collections::VecDeque;

use super::arrivals::Arrivals;
use super::stalls::Stalls;
use crate::client::receive::notes::Pong;
use crate::ids::Tick;
use crate::limits::{INPUT_AHEAD_TICKS_MAX, INPUT_STALL_US, PENDING_INPUTS_MAX};

/// Maximum number of reports on inputs that are remembered: those of the last two seconds.
const REPORTS_MAX: usize = 4;
/// Maximum number of round trips that are remembered: those of the last ten seconds.
const RTTS_MAX: usize = 20;
/// Margin that inputs should have, microseconds.
const MARGIN_US: f64 = 3_000.0;
/// Longest polling interval for due inputs that the lead covers, microseconds; a caller who asks
/// less often gets its inputs late.
const WAIT_US_MAX: f64 = 50_000.0;
/// Maximum lead, microseconds.
const LEAD_US_MAX: f64 = 2_000_000.0;

/// How far ahead of the arriving frames inputs are made.
///
/// An input that is made `lead` ahead of the frames and arrives `margin` before the start of its
/// tick took `lead - margin`, whatever its tick is. That is the latency of the link, and all that
/// the lead has to cover.
#[derive(Debug, Default)]
pub(crate) struct Lead {
    rtt_us: Option<f64>,
    /// Inputs on which the server has not reported yet: the tick of each, and the local time at
    /// which it was made.
    made: VecDeque<(Tick, u64)>,
    /// The highest latency of inputs in each of the last reports, microseconds, oldest first.
    latencies_us: VecDeque<f64>,
    /// The latest round trips, oldest first.
    rtts_us: VecDeque<f64>,
    /// Whether all inputs of the last report met a stall.
    all_stalled: bool,
    stalls: Stalls,
    /// The latency of inputs in stalls, if stalls are frequent.
    stalled_us: Option<f64>,
    /// The longest recent time that an input waits until somebody asks for it, microseconds.
    wait_us: f64,
    asked_us: Option<u64>,
}

impl Lead {
    /// An input was made for `tick`; it replaces those for the same tick or later ones.
    pub(crate) fn made(&mut self, tick: Tick, now_us: u64) {
        while self.made.back().is_some_and(|(last, _)| *last >= tick) {
            self.made.pop_back();
        }
        if self.made.len() == PENDING_INPUTS_MAX {
            self.made.pop_front();
        }
        self.made.push_back((tick, now_us));
    }

    /// Somebody asks whether an input is due, usually with every picture.
    pub(crate) fn asked(&mut self, now_us: u64) {
        if let Some(asked_us) = self.asked_us.replace(now_us) {
            let gap_us = (now_us.saturating_sub(asked_us) as f64).min(WAIT_US_MAX);
            self.wait_us = gap_us.max(self.wait_us + (gap_us - self.wait_us) / 32.0);
        }
    }

    /// A frame of `tick` came that acknowledges the inputs up to the one for `ack`. If the first
    /// overdue input is late enough, it counts as held up by a stall.
    pub(crate) fn frame(&mut self, tick: Tick, ack: Tick, arrivals: &Arrivals, now_us: u64) {
        let overdue = self.made.iter().find(|(made_for, _)| *made_for > ack);
        let Some((made_for, made_us)) = overdue.filter(|(made_for, _)| *made_for <= tick) else {
            return;
        };
        let late_us = f64::from(tick.since(*made_for) + 1) * arrivals.period_us;
        if late_us > f64::from(INPUT_STALL_US) && *made_us >= arrivals.moved_us {
            let ahead_us =
                f64::from(made_for.0) * arrivals.period_us - arrivals.server_us(*made_us);
            self.stalls.push(ahead_us + late_us, now_us);
        }
    }

    /// A pong came with a frame that acknowledges the inputs up to the one for `ack`. It reports on
    /// the inputs that the pong before did not cover.
    pub(crate) fn report(&mut self, pong: &Pong, ack: Tick, arrivals: &Arrivals, now_us: u64) {
        let rtt_us = f64::from(pong.rtt_us);
        let rtt_us = self.rtt_us.map_or(rtt_us, |least_us| least_us.min(rtt_us));
        self.rtt_us = Some(rtt_us);
        if self.rtts_us.len() == RTTS_MAX {
            self.rtts_us.pop_front();
        }
        self.rtts_us.push_back(f64::from(pong.rtt_us));
        let acknowledged = self.made.iter().take_while(|(tick, _)| *tick <= ack).count();
        // Inputs from before the server lost time are ahead of other frames than the present ones.
        let is_known = acknowledged > 0 && self.made[0].1 >= arrivals.moved_us;
        let ahead_us = self.made.drain(..acknowledged).map(|(tick, made_us)| {
            f64::from(tick.0) * arrivals.period_us - arrivals.server_us(made_us)
        });
        let least_us = ahead_us.fold(f64::INFINITY, f64::min);
        let all_stalled = pong.margin_us.is_none() && pong.late > 0;
        // Twice in a row it is no stall: the latency has grown.
        let is_longer = std::mem::replace(&mut self.all_stalled, all_stalled) && all_stalled;
        let longer_us = is_longer.then_some(-(INPUT_STALL_US as i32));
        let margin_us = pong.margin_us.or(longer_us);
        if let Some(margin_us) = margin_us.filter(|_| is_known) {
            if self.latencies_us.len() == REPORTS_MAX {
                self.latencies_us.pop_front();
            }
            // No latency is below the round trip time: a lower value means that the server lost
            // time and this is not known yet.
            let latency_us = (least_us - f64::from(margin_us)).max(rtt_us);
            self.latencies_us.push_back(latency_us);
            // Inputs that were far enough ahead arrived in time in spite of a stall.
            let lately_us = self.rtts_us.iter().copied().fold(f64::INFINITY, f64::min);
            if latency_us > lately_us + f64::from(INPUT_STALL_US) {
                self.stalls.push(latency_us, now_us);
            }
        }
        self.stalled_us = self.stalls.covered_us(now_us);
    }

    /// The lead with which nearly all inputs arrive just in time, microseconds. Before the server's
    /// first report: one round trip and one tick.
    pub(crate) fn wanted_us(&self, period_us: f64) -> f64 {
        let latency_us = self.latencies_us.iter().copied().reduce(f64::max);
        let lead_us = match latency_us {
            Some(latency_us) => {
                // Inputs that meet no stall must not arrive so early that the server drops them.
                let covered_us_max = latency_us + f64::from(INPUT_AHEAD_TICKS_MAX / 2) * period_us;
                let stalled_us = self.stalled_us.unwrap_or(0.0).min(covered_us_max);
                latency_us.max(stalled_us) + MARGIN_US + self.wait_us
            }
            None => self.rtt_us.unwrap_or(period_us) + period_us,
        };
        lead_us.clamp(0.0, LEAD_US_MAX)
    }
}

/// A moment on both clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    /// Local time, microseconds.
    pub(crate) us: u64,
    /// Time of the own clock, ticks.
    pub(crate) own_ticks: f64,
}

/// A clock in server time that is steered towards where it should be.
#[derive(Debug)]
pub(crate) struct DilatedClock {
    /// Largest share by which it runs faster or slower.
    dilation: f64,
    /// It jumps when it is off by more than this, microseconds.
    jump_us: f64,
    /// Server time, and the local time at which the clock showed it, microseconds.
    at: Option<(f64, u64)>,
}

/// Time in which a clock makes up for its error, as far as its dilation allows, microseconds.
const CATCH_UP_US: f64 = 300_000.0;

impl DilatedClock {
    pub(crate) fn new(dilation: f64, jump_us: f64) -> Self {
        Self { dilation, jump_us, at: None }
    }

    /// Sets the server time at `now_us`.
    pub(crate) fn set(&mut self, at_us: f64, now_us: u64) {
        self.at = Some((at_us, now_us));
    }

    /// Moves on to `now_us`, towards `wanted_us`, and returns the server time.
    pub(crate) fn advance(&mut self, wanted_us: f64, now_us: u64) -> f64 {
        let time_us = match self.at {
            Some((at_us, since_us)) => {
                let passed_us = now_us.saturating_sub(since_us) as f64;
                let off_us = wanted_us - (at_us + passed_us);
                if off_us.abs() > self.jump_us {
                    wanted_us
                } else {
                    let limit_us = self.dilation * passed_us;
                    let share = (passed_us / CATCH_UP_US).min(1.0);
                    at_us + passed_us + (off_us * share).clamp(-limit_us, limit_us)
                }
            }
            None => wanted_us,
        };
        self.at = Some((time_us, now_us));
        time_us
    }
}

#[cfg(test)]
mod tests;
