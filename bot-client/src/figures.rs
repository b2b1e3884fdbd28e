//! What bots count and time.
//!
//! The bots of a thread share one [`Tally`]; the coordinator regularly takes it and adds it up. So
//! the time at which the coordinator takes a tally decides what a figure covers, and bots know
//! nothing of windows.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use drumbeat_shared::client::{Feel, Stats};
use hdrhistogram::Histogram;
use serde::Serialize;

/// Limit of reasons counted separately; further reasons are counted together.
const REASONS_MAX: usize = 64;

/// Percentiles of a time, milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Percentiles {
    /// Half of the values are at most this.
    pub p50: f64,
    /// 90 % of the values are at most this.
    pub p90: f64,
    /// 99 % of the values are at most this.
    pub p99: f64,
    /// 99.9 % of the values are at most this.
    pub p999: f64,
    /// The largest value.
    pub max: f64,
}

impl Percentiles {
    /// Applies `change` to each percentile.
    #[must_use]
    pub fn map(self, change: impl Fn(f64) -> f64) -> Self {
        let Self { p50, p90, p99, p999, max } = self;
        let [p50, p90, p99, p999, max] = [p50, p90, p99, p999, max].map(change);
        Self { p50, p90, p99, p999, max }
    }
}

/// Times in microseconds, stored with three significant digits.
#[derive(Clone, Debug)]
pub struct Timings(Histogram<u64>);

impl Default for Timings {
    fn default() -> Self {
        Self(Histogram::new(3).expect("three digits are within 0 to 5"))
    }
}

impl Timings {
    /// Adds one time.
    pub fn record_us(&mut self, us: u64) {
        // Fails only for a histogram of fixed size; this one grows.
        let _ = self.0.record(us);
    }

    /// Adds all of `other`'s times.
    pub fn absorb(&mut self, other: &Self) {
        let _ = self.0.add(&other.0);
    }

    /// The number of times in each of `count` equal steps from `from_ms` to `to_ms`. The first and
    /// last step include what lies beyond.
    #[must_use]
    pub fn bins(&self, from_ms: f64, to_ms: f64, count: usize) -> Vec<(f64, f64, u64)> {
        let width = (to_ms - from_ms) / count as f64;
        let low = |at: usize| from_ms + width * at as f64;
        let mut bins: Vec<_> = (0..count).map(|at| (low(at), low(at + 1), 0)).collect();
        for step in self.0.iter_recorded() {
            let at = (step.value_iterated_to() as f64 / 1e3 - from_ms) / width;
            bins[(at.max(0.0) as usize).min(count - 1)].2 += step.count_at_value();
        }
        bins
    }

    /// The percentiles; `None` when nothing was timed.
    #[must_use]
    pub fn percentiles(&self) -> Option<Percentiles> {
        let ms = |quantile: f64| self.0.value_at_quantile(quantile) as f64 / 1e3;
        (!self.0.is_empty()).then(|| Percentiles {
            p50: ms(0.5),
            p90: ms(0.9),
            p99: ms(0.99),
            p999: ms(0.999),
            max: self.0.max() as f64 / 1e3,
        })
    }
}

/// The number of cases of each reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Reasons(BTreeMap<String, u64>);

impl Reasons {
    /// Counts one case.
    pub fn count(&mut self, reason: String) {
        self.add(reason, 1);
    }

    /// The number of cases of all reasons.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// Each reason and its number of cases.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(reason, cases)| (reason.as_str(), *cases))
    }

    /// Adds all of `other`'s cases.
    pub fn absorb(&mut self, other: Self) {
        for (reason, cases) in other.0 {
            self.add(reason, cases);
        }
    }

    fn add(&mut self, reason: String, cases: u64) {
        let known = self.0.contains_key(&reason) || self.0.len() < REASONS_MAX;
        let key = if known { reason } else { "other".to_owned() };
        *self.0.entry(key).or_default() += cases;
    }
}

/// How long bots waited for frames.
#[derive(Clone, Debug, Default)]
pub struct Waited {
    /// From making an input to receiving the first frame that acknowledges it.
    pub input_to_state: Timings,
    /// Between two consecutive frames of a bot.
    pub frame_spacing: Timings,
    /// How far the frame spacing is from the time between the frames' ticks.
    pub frame_off_beat: Timings,
}

impl Waited {
    /// Adds all of `other`'s times.
    pub fn absorb(&mut self, other: &Self) {
        let Self { input_to_state, frame_spacing, frame_off_beat } = other;
        self.input_to_state.absorb(input_to_state);
        self.frame_spacing.absorb(frame_spacing);
        self.frame_off_beat.absorb(frame_off_beat);
    }
}

/// What bots wished, and what came of it.
#[derive(Clone, Debug, Default)]
pub struct Wished {
    /// Commands made.
    pub commands: u64,
    /// Their bytes, encoded.
    pub command_bytes: u64,
    /// Chat lines and whispers sent.
    pub lines: u64,
    /// Commands and lines that were refused, by reason.
    pub refused: Reasons,
    /// From sending a line to another bot's receiving it.
    pub line_delay: Timings,
    /// From wishing what is in a record to a bot's receiving the record.
    pub record_delay: Timings,
}

impl Wished {
    /// Adds all of `other`.
    pub fn absorb(&mut self, other: Self) {
        let Self { commands, command_bytes, lines, refused, line_delay, record_delay } = other;
        self.commands += commands;
        self.command_bytes += command_bytes;
        self.lines += lines;
        self.refused.absorb(refused);
        self.line_delay.absorb(&line_delay);
        self.record_delay.absorb(&record_delay);
    }
}

/// What the bots of one thread counted since the coordinator last took the tally.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Bots that have received their first frame.
    pub joined: u64,
    /// Witnesses among them.
    pub witnesses: u64,
    /// Bots that failed to join, by reason.
    pub failed_joins: Reasons,
    /// The rooms of the joined bots that hold a view.
    pub rooms: Reasons,
    /// The answer of a server that is no game.
    pub no_game: Option<String>,
    /// Connections that ended after joining and not by the bot, by reason.
    pub disconnects: Reasons,
    /// Tick rate of the server in Hz, from its welcome.
    pub tick_hz: u16,
    /// Counters of the client core, summed over the bots.
    pub stats: Stats,
    /// The witnesses' part of `stats`.
    pub witnessed: Stats,
    /// How the game felt for the bots that play at a screen.
    pub feel: Feel,
    /// Inputs sent.
    pub inputs: u64,
    /// Commands and chat.
    pub wished: Wished,
    /// Completed waits.
    pub waited: Waited,
    /// Long waits that were open when their bot ended.
    pub cut_off: Waited,
    /// Round trips, as the client core measures them.
    pub rtt: Timings,
    /// How late a due task ran in the thread.
    pub lateness: Timings,
    /// Bots that reconnected after the storm.
    pub reconnected: u64,
    /// Of them, those that were given their player back.
    pub resumed: u64,
    /// Attempts that the server answered with "try again later".
    pub asked_to_wait: u64,
    /// Bots that came back after an end that the server had announced.
    pub returned: u64,
    /// Attempts to come back that failed and were repeated, by reason.
    pub failed_returns: Reasons,
    /// Bots that did not reconnect, by reason.
    pub failed_reconnects: Reasons,
    /// From the storm to the complete view.
    pub full_view: Timings,
    /// From the hello to the first frame, of bots that joined at the start.
    pub join_to_view: Timings,
    /// The same of those that were given their player back after the storm.
    pub resume_to_view: Timings,
}

impl Tally {
    /// Bots that joined and were not disconnected.
    #[must_use]
    pub fn connected(&self) -> u64 {
        let gone = self.disconnects.total() + self.failed_reconnects.total();
        self.joined.saturating_sub(gone)
    }

    /// Bots that reconnected after the storm or gave up.
    #[must_use]
    pub fn settled(&self) -> u64 {
        self.reconnected + self.failed_reconnects.total()
    }

    /// Adds all of `other`.
    pub fn absorb(&mut self, other: Self) {
        // The pattern names every field, so that none is forgotten.
        let Self {
            joined,
            witnesses,
            failed_joins,
            rooms,
            no_game,
            disconnects,
            tick_hz,
            stats,
            witnessed,
            feel,
            inputs,
            wished,
            waited,
            cut_off,
            rtt,
            lateness,
            reconnected,
            resumed,
            asked_to_wait,
            returned,
            failed_returns,
            failed_reconnects,
            full_view,
            join_to_view,
            resume_to_view,
        } = other;
        self.joined += joined;
        self.witnesses += witnesses;
        self.failed_joins.absorb(failed_joins);
        self.rooms.absorb(rooms);
        self.no_game = self.no_game.take().or(no_game);
        self.disconnects.absorb(disconnects);
        self.tick_hz = self.tick_hz.max(tick_hz);
        grow(&mut self.stats, &stats, &Stats::default());
        grow(&mut self.witnessed, &witnessed, &Stats::default());
        self.feel.absorb(&feel);
        self.inputs += inputs;
        self.wished.absorb(wished);
        self.waited.absorb(&waited);
        self.cut_off.absorb(&cut_off);
        self.rtt.absorb(&rtt);
        self.lateness.absorb(&lateness);
        self.reconnected += reconnected;
        self.resumed += resumed;
        self.asked_to_wait += asked_to_wait;
        self.returned += returned;
        self.failed_returns.absorb(failed_returns);
        self.failed_reconnects.absorb(failed_reconnects);
        self.full_view.absorb(&full_view);
        self.join_to_view.absorb(&join_to_view);
        self.resume_to_view.absorb(&resume_to_view);
    }

    /// Adds the growth of a player's counters.
    pub(crate) fn count(&mut self, now: &Stats, before: &Stats, is_witness: bool) {
        grow(&mut self.stats, now, before);
        if is_witness {
            grow(&mut self.witnessed, now, before);
        }
    }
}

/// Adds the growth of counters to `sum`.
fn grow(sum: &mut Stats, now: &Stats, before: &Stats) {
    sum.frames += now.frames - before.frames;
    sum.keyframes += now.keyframes - before.keyframes;
    sum.bytes_in += now.bytes_in - before.bytes_in;
    sum.bytes_out += now.bytes_out - before.bytes_out;
    sum.delta_bytes_in += now.delta_bytes_in - before.delta_bytes_in;
    sum.visible_sum += now.visible_sum - before.visible_sum;
    sum.moving_sum += now.moving_sum - before.moving_sum;
    sum.waiting_sum += now.waiting_sum - before.waiting_sum;
    // Not a sum: the maximum over all clients.
    sum.oldest_ticks = sum.oldest_ticks.max(now.oldest_ticks);
    sum.ticks_skipped += now.ticks_skipped - before.ticks_skipped;
    sum.checksums += now.checksums - before.checksums;
    sum.mismatches += now.mismatches - before.mismatches;
    sum.document_checksums += now.document_checksums - before.document_checksums;
    sum.document_mismatches += now.document_mismatches - before.document_mismatches;
    sum.document_bytes_in += now.document_bytes_in - before.document_bytes_in;
    sum.record_changes += now.record_changes - before.record_changes;
    sum.corrections += now.corrections - before.corrections;
    sum.pongs += now.pongs - before.pongs;
}

/// A [`Tally`] that the bots of a thread write and the coordinator takes.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedTally(Arc<Mutex<Tally>>);

impl SharedTally {
    /// Locks the tally. No code panics while it holds the lock.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Tally> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the counts since the last call.
    pub(crate) fn take(&self) -> Tally {
        std::mem::take(&mut *self.lock())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_in_milliseconds() {
        let mut timings = Timings::default();
        assert_eq!(timings.percentiles(), None);
        (1..=100).for_each(|ms| timings.record_us(ms * 1_000));
        let percentiles = timings.percentiles().unwrap();
        assert!((percentiles.p50 - 50.0).abs() < 0.1, "{percentiles:?}");
        assert!((percentiles.p90 - 90.0).abs() < 0.1, "{percentiles:?}");
        assert!((percentiles.max - 100.0).abs() < 0.1, "{percentiles:?}");
    }

    #[test]
    fn times_fall_into_bins() {
        let mut timings = Timings::default();
        [40, 50, 50, 52, 90].into_iter().for_each(|ms| timings.record_us(ms * 1_000));
        let counts: Vec<_> = timings.bins(45.0, 65.0, 4).into_iter().map(|bin| bin.2).collect();
        assert_eq!(counts, [1, 3, 0, 1]);
    }

    #[test]
    fn tallies_add_up() {
        let mut one = Tally { joined: 2, ..Tally::default() };
        one.stats.frames = 10;
        one.rtt.record_us(1_000);
        one.disconnects.count("gone".into());
        let mut sum = one.clone();
        sum.absorb(one);
        assert_eq!((sum.joined, sum.stats.frames), (4, 20));
        assert_eq!(sum.disconnects.iter().collect::<Vec<_>>(), [("gone", 2)]);
    }

    #[test]
    fn reasons_are_bounded() {
        let mut reasons = Reasons::default();
        (0..1_000).for_each(|n| reasons.count(format!("reason {n}")));
        assert_eq!(reasons.total(), 1_000);
        assert_eq!(reasons.iter().count(), REASONS_MAX + 1);
    }
}
