//! The counts of a run and the figures derived from them.

use std::time::Duration;

use drumbeat_shared::protocol::close::CloseCode;

use drumbeat_shared::client::{FeelFigures, Stats};

use crate::faults::Misbehaved;
use crate::figures::{Percentiles, Reasons, Tally, Waited, Wished};
use crate::options::Options;
use crate::server_metrics::Scrape;

/// Limit of the busy share of the busiest thread; above it the swarm can't be trusted to keep up.
pub const BUSY_MAX: f64 = 0.9;

/// What was measured in the window.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// What the bots counted.
    pub tally: Tally,
    /// Length of the window; zero when no bot joined.
    pub length: Duration,
    /// How long the busiest thread was busy.
    pub busiest: Duration,
    /// What the server counted.
    pub server: Option<Scrape>,
    /// What it counted before: while the bots joined and warmed up.
    pub joining: Option<Scrape>,
    /// Long waits that the end of a connection cut off.
    pub cut_off: Waited,
    /// The storm after the window.
    pub storm: Option<StormMeasured>,
}

/// What the coordinator measured during a storm.
#[derive(Clone, Debug)]
pub struct StormMeasured {
    /// Bots connected before the storm.
    pub bots: u64,
    /// Ticks that the server missed until all bots had settled.
    pub missed_ticks: Option<u64>,
    /// Players that the server then had beyond those of before the storm.
    pub more_players: Option<u64>,
    /// Whether the swarm failed to keep up until then.
    pub saturated: bool,
}

/// Everything a run found.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    /// The options of the run.
    pub options: &'a Options,
    /// What the bots counted in the whole run.
    pub whole: &'a Tally,
    /// What was measured in the window and after it.
    pub measured: &'a Measured,
    /// The outcomes of misbehaving bots.
    pub misbehaving: Vec<Misbehaved>,
    /// Grid steps in one unit of the game's world: the report gives lengths in units.
    pub steps_per_unit: u32,
}

impl Found<'_> {
    /// Counters of all bots in the window.
    pub(crate) fn stats(&self) -> &Stats {
        &self.measured.tally.stats
    }

    /// Counters of the witnesses in the window.
    pub(crate) fn witnessed(&self) -> &Stats {
        &self.measured.tally.witnessed
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.measured.length.as_secs_f64()
    }

    /// A count of the window per bot and second.
    pub(crate) fn rate(&self, count: u64) -> f64 {
        rounded(ratio(count as f64, self.whole.joined as f64 * self.seconds()).unwrap_or(0.0))
    }

    pub(crate) fn entity_bytes(&self) -> Option<f64> {
        let witnessed = self.witnessed();
        ratio(witnessed.bytes_in as f64, witnessed.moving_sum as f64).map(rounded)
    }

    /// A sum over the witnesses' delta frames, per such frame. Keyframes are not counted.
    pub(crate) fn mean(&self, sum: u64) -> Option<f64> {
        let frames = self.witnessed().frames - self.witnessed().keyframes;
        ratio(sum as f64, frames as f64).map(rounded)
    }

    pub(crate) fn corrections_per_witness_s(&self) -> Option<f64> {
        let corrections = self.witnessed().corrections as f64;
        ratio(corrections, self.whole.witnesses as f64 * self.seconds()).map(rounded)
    }

    /// Completed waits and those cut off.
    pub(crate) fn waited(&self) -> Waited {
        let mut waited = self.measured.tally.waited.clone();
        waited.absorb(&self.measured.cut_off);
        waited
    }

    /// Share of the window in which the busiest thread was busy.
    pub(crate) fn busy(&self) -> f64 {
        ratio(self.measured.busiest.as_secs_f64(), self.seconds()).unwrap_or(0.0).min(1.0)
    }

    /// How late a due task ran in the swarm's threads.
    pub(crate) fn lateness_ms(&self) -> Option<Percentiles> {
        self.measured.tally.lateness.percentiles()
    }

    /// How the game felt; `None` without screens.
    pub(crate) fn felt(&self) -> Option<FeltFigures> {
        let figures = self.options.link.map(|_| self.measured.tally.feel.figures())?;
        Some(FeltFigures { figures, steps_per_unit: self.steps_per_unit })
    }

    /// Commands, documents and chat; `None` if there were none.
    pub(crate) fn documents(&self) -> Option<DocumentsFound<'_>> {
        let Tally { stats, wished, .. } = self.whole;
        let used =
            wished.commands + wished.lines + stats.record_changes + stats.document_mismatches;
        (used > 0).then_some(DocumentsFound(self))
    }

    /// What followed announced ends of the server; `None` if there were none.
    pub(crate) fn restarts(&self) -> Option<&Tally> {
        let whole = self.whole;
        (whole.returned + whole.failed_returns.total() > 0).then_some(whole)
    }

    /// The storm; `None` when there was none.
    pub(crate) fn storm(&self) -> Option<StormFound<'_>> {
        let storm = self.measured.storm.as_ref()?;
        Some(StormFound { storm, whole: self.whole })
    }

    /// What failed, in words.
    pub(crate) fn failures(&self) -> Vec<String> {
        let whole = self.whole;
        let mut failures = Vec::new();
        for (reason, bots) in whole.failed_joins.iter() {
            let hint = self.hint(reason);
            failures.push(format!("{bots} bots could not join: {reason}{hint}"));
        }
        for (reason, bots) in whole.disconnects.iter() {
            failures.push(format!("{bots} bots were disconnected: {reason}"));
        }
        for (reason, bots) in whole.failed_reconnects.iter() {
            failures.push(format!("{bots} bots could not reconnect: {reason}"));
        }
        let failed = self.storm().map_or(0, |storm| storm.lost());
        match failed.saturating_sub(whole.failed_reconnects.total()) {
            0 => {}
            lost => failures.push(format!("{lost} bots did not come back from the storm")),
        }
        match (whole.stats.mismatches, whole.stats.checksums) {
            (0, 0) if whole.witnesses > 0 => {
                failures.push("no frame carried a checksum: no view was verified".to_owned());
            }
            (0, _) => {}
            (wrong, all) => failures.push(format!("{wrong} of {all} checksums did not match")),
        }
        match (whole.stats.document_mismatches, whole.stats.document_checksums) {
            (0, 0) if whole.stats.record_changes > 0 => {
                failures.push("no document was verified: none came whole".to_owned());
            }
            (0, _) => {}
            (wrong, all) => {
                failures.push(format!("{wrong} of {all} checksums of documents did not match"));
            }
        }
        failures.extend(self.misbehaving.iter().flat_map(Misbehaved::complaints).cloned());
        failures
    }

    /// What to do about a refusal, in brackets.
    fn hint(&self, reason: &str) -> String {
        let is = |close: CloseCode| reason.starts_with(&close.code().to_string());
        if is(CloseCode::Full) {
            return " (the server's --capacity is a room's size)".to_owned();
        }
        if !is(CloseCode::OutOfDate) {
            return String::new();
        }
        let what = "if the server serves another game";
        let else_build = "otherwise build both from the same rules";
        match &self.options.game {
            Some(game) => {
                format!(" (these bots play {game}; {what}, choose it with --game; {else_build})")
            }
            None => format!(" ({what}, start that game's bots; {else_build})"),
        }
    }
}

/// Commands, documents and chat.
#[derive(Clone, Debug)]
pub struct DocumentsFound<'a>(&'a Found<'a>);

impl DocumentsFound<'_> {
    /// What the bots wished in the window.
    pub(crate) fn wished(&self) -> &Wished {
        &self.0.measured.tally.wished
    }

    /// What was refused in the whole run.
    pub(crate) fn refused(&self) -> Reasons {
        self.0.whole.wished.refused.clone()
    }

    /// Counters of the whole run.
    pub(crate) fn whole(&self) -> &Stats {
        &self.0.whole.stats
    }

    /// A count of the window, of all bots together, each second.
    pub(crate) fn per_s(&self, count: u64) -> f64 {
        rounded(ratio(count as f64, self.0.seconds()).unwrap_or(0.0))
    }

    /// Record changes that a witness received, each second.
    pub(crate) fn changes_per_witness_s(&self) -> f64 {
        let changes = self.0.stats().record_changes as f64;
        let witness_s = self.0.whole.witnesses as f64 * self.0.seconds();
        rounded(ratio(changes, witness_s).unwrap_or(0.0))
    }

    /// Bytes of a command, as sent.
    pub(crate) fn command_bytes(&self) -> Option<f64> {
        let Wished { commands, command_bytes, .. } = self.wished();
        ratio(*command_bytes as f64, *commands as f64).map(rounded)
    }

    /// Bytes of notes about the document that a witness received, for each command of all bots.
    pub(crate) fn bytes_per_command(&self) -> Option<f64> {
        let all = self.wished().commands as f64 * self.0.whole.witnesses as f64;
        ratio(self.0.stats().document_bytes_in as f64, all).map(rounded)
    }
}

/// How the game felt for players at screens.
#[derive(Clone, Debug)]
pub struct FeltFigures {
    pub(crate) figures: FeelFigures,
    steps_per_unit: u32,
}

impl FeltFigures {
    /// Converts a length in grid steps to units of the world.
    pub(crate) fn units(&self, steps: u32) -> f64 {
        rounded(f64::from(steps) / f64::from(self.steps_per_unit))
    }

    /// Rounds a small share to five decimals.
    pub(crate) fn fine(&self, share: f64) -> f64 {
        (share * 1e5).round() / 1e5
    }
}

/// A storm and the counts of the whole run.
#[derive(Clone, Debug)]
pub struct StormFound<'a> {
    pub(crate) storm: &'a StormMeasured,
    pub(crate) whole: &'a Tally,
}

impl StormFound<'_> {
    /// Bots that did not come back.
    pub(crate) fn lost(&self) -> u64 {
        self.storm.bots.saturating_sub(self.whole.reconnected)
    }

    /// How much longer than a round trip the resumed waited for their view, in ticks.
    pub(crate) fn resume_to_view_ticks(&self) -> Option<Percentiles> {
        let rtt_ms = self.whole.rtt.percentiles()?.p50;
        let tick_ms = 1e3 / f64::from(self.whole.tick_hz.max(1));
        let waited = self.whole.resume_to_view.percentiles()?;
        Some(waited.map(|ms| rounded((ms - rtt_ms).max(0.0) / tick_ms)))
    }

    pub(crate) fn full_view_s(&self) -> Option<Percentiles> {
        self.whole.full_view.percentiles().map(|ms| ms.map(|ms| rounded(ms / 1e3)))
    }
}

/// Whether the swarm can't keep up: it is too busy, or its threads run due tasks more than a tick
/// late, so that the frames of two ticks wait in the sockets.
pub(crate) fn is_saturated(busy: f64, lateness_ms: Option<Percentiles>, tick_hz: u16) -> bool {
    let period_ms = 1e3 / f64::from(tick_hz.max(1));
    busy > BUSY_MAX || lateness_ms.is_some_and(|lateness| lateness.p99 > period_ms)
}

/// `None` if `whole` is zero.
fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// Rounds to three decimals.
pub(crate) fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}
