//! When frames arrive: how late each is, and how far behind them the others should be drawn.

use std::collections::VecDeque;

use crate::game::Frames;
use crate::ids::Tick;

/// Longest time between two ticks for which the times below hold, microseconds. Where ticks are
/// further apart they grow in proportion: they all judge by the last few frames.
const SHORT_PERIOD_US_MAX: f64 = 100_000.0;
/// Maximum number of arrivals that are remembered.
const ARRIVALS_MAX: usize = 512;
/// Time for which arrivals are remembered, microseconds.
const WINDOW_US: u64 = 10_000_000;
/// When all frames of the last `RECENT_US` are later than those before by more than
/// `RECENT_LATE_US`, the delay counts as lasting: the server has lost time, or the path has
/// changed.
const RECENT_US: u64 = 1_000_000;
const RECENT_LATE_US: f64 = 50_000.0;
/// After a gap of `GAP_TICKS`, in which a server that stood still may have left out whole ticks, a
/// delay of half a tick for `AFTER_GAP_US` is enough. Frames that arrive sooner are the burst after
/// a stall of the link and say nothing.
const GAP_TICKS: f64 = 3.0;
const GAP_LATE_TICKS: f64 = 0.5;
const AFTER_GAP_US: u64 = 300_000;
/// Share of the time that may pass in gaps that the buffer does not cover.
const UNCOVERED: f64 = 0.05;
/// Spare size of the buffer, microseconds.
const SPARE_US: f64 = 4_000.0;
/// Maximum size of the buffer, microseconds.
const BUFFER_US_MAX: f64 = 400_000.0;
/// Without a frame for longer than this, the client makes no inputs, microseconds: all of them
/// would arrive at once, as a flood.
const QUIET_US: u64 = 1_000_000;

/// When frames arrive.
#[derive(Debug, Default)]
pub(crate) struct Arrivals {
    pub(super) period_us: f64,
    /// How many times as long all times are: 1 or more.
    slowness: f64,
    recent: VecDeque<Arrival>,
    /// Local time at which tick 0 would have arrived with the lowest recent latency.
    epoch_us: f64,
    /// Local time from which on that holds: the arrival of the first frame after the server lost
    /// time.
    pub(super) moved_us: u64,
    /// The newest frame, and when it came.
    last: Option<(Tick, u64)>,
    /// Mean deviation of the arrivals from even intervals, microseconds.
    jitter_us: f64,
    frames: Frames,
    /// The buffer's size, microseconds; `None` if a frame has arrived since it was computed.
    buffer_us: Option<f64>,
}

#[derive(Clone, Copy, Debug)]
struct Arrival {
    at_us: u64,
    /// Local time since the frame before.
    gap_us: u64,
    /// Local time at which tick 0 would have arrived with this frame's latency.
    epoch_us: f64,
    /// Server time since the frame before.
    span_us: f64,
}

impl Arrivals {
    pub(crate) fn new(period_us: u64) -> Self {
        let period_us = period_us as f64;
        Self { period_us, slowness: (period_us / SHORT_PERIOD_US_MAX).max(1.0), ..Self::default() }
    }

    /// This time at the room's rate, microseconds.
    fn scaled(&self, us: u64) -> u64 {
        (us as f64 * self.slowness) as u64
    }

    /// The same, of frames that come in these ticks.
    pub(crate) fn with(self, frames: Frames) -> Self {
        Self { frames, ..self }
    }

    /// A frame came. Returns the time since the frame before, microseconds.
    pub(crate) fn push(&mut self, tick: Tick, now_us: u64) -> u64 {
        let before = self.last.replace((tick, now_us));
        let (last_tick, last_us) = before.unwrap_or((tick, now_us));
        let gap_us = now_us.saturating_sub(last_us);
        let mut arrival = Arrival {
            at_us: now_us,
            gap_us,
            epoch_us: now_us as f64 - f64::from(tick.0) * self.period_us,
            span_us: f64::from(tick.since(last_tick)) * self.period_us,
        };
        if before.is_some() {
            // RFC 3550, section 6.4.1.
            let off_us = (arrival.gap_us as f64 - arrival.span_us).abs();
            self.jitter_us += (off_us - self.jitter_us) / 16.0;
        }
        if self.frames == Frames::OnChange && arrival.span_us > self.period_us {
            // Up to the last tick nothing happened: the frame is like one that comes in every tick.
            let idle_us = arrival.span_us - self.period_us;
            arrival.gap_us = gap_us.saturating_sub(idle_us as u64);
            arrival.span_us = self.period_us;
        }
        let window_us = self.scaled(WINDOW_US);
        let old = |first: &Arrival| now_us.saturating_sub(first.at_us) > window_us;
        while self.recent.len() >= ARRIVALS_MAX || self.recent.front().is_some_and(old) {
            self.recent.pop_front();
        }
        self.recent.push_back(arrival);
        self.buffer_us = None;
        self.follow_lost_time(now_us);
        self.epoch_us = fastest_us(self.recent.iter());
        gap_us
    }

    /// When all of the last frames are late by about the same time, the server's time has shifted:
    /// earlier arrivals then count as later by that time.
    fn follow_lost_time(&mut self, now_us: u64) {
        let since_us = |arrival: &Arrival| now_us.saturating_sub(arrival.at_us);
        let recent_us = self.scaled(RECENT_US);
        let count = self.recent.iter().rev().take_while(|last| since_us(last) <= recent_us).count();
        let first = self.recent.len() - count;
        let is_gap = |arrival: &Arrival| arrival.gap_us as f64 >= GAP_TICKS * self.period_us;
        let gap = self.recent.range(first..).rposition(is_gap).map(|index| first + index);
        let (first, late_us, least_us) = match gap {
            Some(gap) => (gap, GAP_LATE_TICKS * self.period_us, self.scaled(AFTER_GAP_US)),
            None => (first, RECENT_LATE_US * self.slowness, recent_us / 2),
        };
        let lost_us =
            fastest_us(self.recent.range(first..)) - fastest_us(self.recent.range(..first));
        if since_us(&self.recent[first]) >= least_us && lost_us > late_us {
            self.recent.range_mut(..first).for_each(|before| before.epoch_us += lost_us);
            self.moved_us = self.recent[first].at_us;
        }
    }

    /// The server time, microseconds since tick 0, of a frame that would arrive now with the lowest
    /// latency.
    pub(crate) fn server_us(&self, now_us: u64) -> f64 {
        now_us as f64 - self.epoch_us
    }

    /// Mean deviation of the arrivals from the intervals of the ticks, microseconds.
    pub(crate) fn jitter_us(&self) -> u32 {
        self.jitter_us as u32
    }

    /// Whether no frame has arrived for so long that inputs should wait.
    pub(crate) fn is_quiet(&self, now_us: u64) -> bool {
        self.last.is_none_or(|(_, at_us)| now_us.saturating_sub(at_us) > self.scaled(QUIET_US))
    }

    /// The size of the jitter buffer, microseconds: how far behind [`Arrivals::server_us`] the
    /// others must be drawn so that the next frame nearly always arrives in time.
    ///
    /// Until a frame for time `t` arrives, the newest frame is the one before, for `t - span`. If
    /// the frame arrives `late` later than with the lowest latency, `server_us` is `t + late` by
    /// then; to be drawn no later than `t - span`, the others must be `late + span` behind. The gap
    /// before this frame needs a buffer of that size. The buffer covers all gaps except the most
    /// demanding ones, which together last for the share [`UNCOVERED`] of the time.
    ///
    /// It is therefore a quantile of delays, as in WebRTC's NetEq (`DelayManager`, also 0.95), but
    /// weighted by the lengths of the gaps: a stall counts for as long as it lasts, not as the one
    /// frame that ends it.
    pub(crate) fn buffer_us(&mut self) -> f64 {
        if let Some(buffer_us) = self.buffer_us {
            return buffer_us;
        }
        let late_us = |arrival: &Arrival| arrival.epoch_us - self.epoch_us;
        // What each gap needs, and its length.
        let gap = |arrival: &Arrival| (late_us(arrival) + arrival.span_us, arrival.gap_us as f64);
        let mut gaps: Vec<(f64, f64)> = self.recent.iter().map(gap).collect();
        gaps.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        let mut uncovered_us = UNCOVERED * gaps.iter().map(|(_, gap_us)| gap_us).sum::<f64>();
        let covered = gaps.iter().find(|(_, gap_us)| {
            uncovered_us -= gap_us;
            uncovered_us < 0.0
        });
        let needed_us = covered.map_or(self.period_us, |(needed_us, _)| *needed_us);
        let buffer_us =
            (needed_us.max(self.period_us) + SPARE_US).min(BUFFER_US_MAX * self.slowness);
        *self.buffer_us.insert(buffer_us)
    }
}

fn fastest_us<'a>(arrivals: impl Iterator<Item = &'a Arrival>) -> f64 {
    arrivals.fold(f64::INFINITY, |epoch_us, arrival| epoch_us.min(arrival.epoch_us))
}

#[cfg(test)]
mod tests;
