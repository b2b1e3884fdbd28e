//! The progress of a run for a person, on standard error: one line that changes on a terminal, a
//! line every few seconds elsewhere.

use std::fmt;
use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::aside::Aside;
use crate::figures::{Percentiles, Tally};
use crate::found::is_saturated;
use crate::look::Look;
use crate::options::Options;

/// Time between two lines without a terminal.
const LINE_PERIOD: Duration = Duration::from_secs(5);

/// The phase of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Bots are joining.
    Ramp,
    /// All bots have joined or failed to.
    WarmUp,
    /// The measured window.
    Window {
        /// Time since the window started.
        elapsed: Duration,
    },
    /// All bots reconnect at once.
    Storm {
        /// Bots that reconnected or gave up.
        settled: u64,
    },
}

/// The progress of a run. Figures cover the last second, unless stated otherwise.
#[derive(Clone, Debug)]
pub struct Progress {
    /// The phase.
    pub phase: Phase,
    /// Bots that the run launches.
    pub bots: u64,
    /// Bots connected now.
    pub connected: u64,
    /// Bots that could not join so far.
    pub failed_joins: u64,
    /// Length of the window, seconds.
    pub seconds: u64,
    /// Frames per second that all bots together received.
    pub frames_per_s: f64,
    /// From an input to the frame that acknowledges it, milliseconds.
    pub input_to_state_ms: Option<Percentiles>,
    /// Checksum mismatches so far, of views and documents.
    pub mismatches: u64,
    /// Duration of the server's ticks, milliseconds.
    pub tick_ms: Option<Percentiles>,
    /// Ticks that the server missed so far; `None` when its metrics can't be read.
    pub missed_ticks: Option<u64>,
    /// Share of the time in which the busiest thread was busy, 0 to 1.
    pub busy: f64,
    /// Whether the swarm itself can't keep up.
    pub saturated: bool,
}

impl Progress {
    pub(crate) fn new(
        options: &Options,
        phase: Phase,
        whole: &Tally,
        missed_ticks: u64,
        look: &Look,
    ) -> Self {
        let seconds = look.length.as_secs_f64().max(1e-9);
        let busiest = look.busy.iter().max().copied().unwrap_or_default();
        let busy = busiest.as_secs_f64() / seconds;
        Self {
            phase,
            bots: u64::from(options.bots),
            connected: whole.connected(),
            failed_joins: whole.failed_joins.total(),
            seconds: u64::from(options.seconds),
            frames_per_s: look.tally.stats.frames as f64 / seconds,
            input_to_state_ms: look.tally.waited.input_to_state.percentiles(),
            mismatches: whole.stats.mismatches + whole.stats.document_mismatches,
            tick_ms: look.server.as_ref().and_then(|server| server.tick.percentiles()),
            missed_ticks: look.server.as_ref().map(|_| missed_ticks),
            busy,
            saturated: is_saturated(busy, look.tally.lateness.percentiles(), whole.tick_hz),
        }
    }

    /// Progress of the present phase: the part done, the whole, and what is counted.
    pub(crate) fn extent(&self) -> (u64, u64, &'static str) {
        match self.phase {
            Phase::Ramp | Phase::WarmUp => (self.connected + self.failed_joins, self.bots, "bots"),
            Phase::Window { elapsed } => (elapsed.as_secs().min(self.seconds), self.seconds, "s"),
            Phase::Storm { settled } => (settled, self.bots, "bots"),
        }
    }

    pub(crate) fn phase_name(&self) -> &'static str {
        match self.phase {
            Phase::Ramp => "joining",
            Phase::WarmUp => "warm-up",
            Phase::Window { .. } => "measuring",
            Phase::Storm { .. } => "storm",
        }
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bots", self.connected)?;
        if self.failed_joins > 0 {
            write!(f, " ({} failed)", self.failed_joins)?;
        }
        write!(f, ", {:.0} frames/s", self.frames_per_s)?;
        if let Some(Percentiles { p50, p99, .. }) = self.input_to_state_ms {
            write!(f, ", input to state {p50:.0} (p99 {p99:.0}) ms")?;
        }
        write!(f, ", {} mismatches", self.mismatches)?;
        // A terminal gets a second line here; each fits in 80 columns.
        f.write_str(if f.alternate() { "\n" } else { ", " })?;
        match self.missed_ticks {
            Some(missed) => {
                let p99 = self.tick_ms.map_or(0.0, |tick| tick.p99);
                write!(f, "server tick p99 {p99:.1} ms, {missed} missed, ")?;
            }
            None => write!(f, "no server metrics, ")?,
        }
        write!(f, "swarm {:.0} % busy", self.busy * 100.0)?;
        f.write_str(if self.saturated { " (saturated)" } else { "" })
    }
}

/// Shows progress. A run never waits for it.
#[derive(Debug)]
pub struct Screen(Aside<Lines>);

impl Default for Screen {
    fn default() -> Self {
        let style = ProgressStyle::with_template("{prefix:9} {bar:40} {pos}/{len}\n{msg}")
            .expect("the template is valid");
        let bar = stderr().is_terminal().then(|| ProgressBar::new(1).with_style(style));
        Self(Aside::new(Lines { bar, last_line: None }))
    }
}

impl Screen {
    /// Shows the progress.
    pub fn show(&self, progress: &Progress) {
        let progress = progress.clone();
        self.0.queue(move |lines| lines.show(&progress));
    }

    /// Clears the line to make room for the report.
    pub fn clear(&self) {
        self.0.queue(|lines| lines.clear());
        self.0.finish();
    }
}

/// A line that changes on a terminal, or one line after another.
#[derive(Debug)]
struct Lines {
    bar: Option<ProgressBar>,
    last_line: Option<(Instant, &'static str)>,
}

impl Lines {
    fn show(&mut self, progress: &Progress) {
        let name = progress.phase_name();
        let (done, whole, _) = progress.extent();
        if let Some(bar) = &self.bar {
            bar.set_prefix(name);
            bar.set_length(whole);
            bar.set_position(done);
            bar.set_message(format!("{progress:#}"));
            return;
        }
        let due =
            self.last_line.is_none_or(|(at, last)| at.elapsed() >= LINE_PERIOD || last != name);
        if due {
            self.last_line = Some((Instant::now(), name));
            // Progress is optional: a closed standard error must not end the run.
            let _ = writeln!(stderr(), "{name} {done}/{whole}: {progress}");
        }
    }

    fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_of_80_columns_holds_every_line() {
        let times =
            Percentiles { p50: 1_234.0, p90: 1_234.0, p99: 12_345.0, p999: 0.0, max: 12_345.0 };
        let progress = Progress {
            phase: Phase::Ramp,
            bots: 20_000,
            connected: 20_000,
            failed_joins: 0,
            seconds: 60,
            frames_per_s: 400_000.0,
            input_to_state_ms: Some(times),
            mismatches: 0,
            tick_ms: Some(times),
            missed_ticks: Some(100),
            busy: 1.0,
            saturated: true,
        };
        let text = format!("{progress:#}");
        assert_eq!(text.lines().count(), 2);
        assert!(text.lines().all(|line| line.len() <= 80), "{text}");
        assert_eq!(progress.to_string().lines().count(), 1);
        assert!(text.contains("saturated") && text.contains("100 missed"), "{text}");
    }
}
