//! What a run found: the figures, and whether all was well. The definitions of the figures are
//! printed by `drumbeat-bots --help`; the names of the JSON keys are stable.

use std::time::Duration;

use drumbeat_shared::arena::schema::GRID;
use drumbeat_shared::client::Feel;
use drumbeat_shared::protocol::close::CloseCode;
use serde::Serialize;

use crate::faults::Misbehaved;
use crate::figures::{Percentiles, Reasons, Tally, Waited};
use crate::options::Options;
use crate::server_metrics::Scrape;

/// Above this share of busy time the swarm can't be trusted to keep up.
pub(crate) const BUSY_MAX: f64 = 0.9;

/// What was measured within the window.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measured {
    /// What the bots counted.
    pub(crate) tally: Tally,
    /// Length of the window; zero when no bot joined.
    pub(crate) length: Duration,
    /// How long the busiest thread had work.
    pub(crate) busiest: Duration,
    /// What the server counted.
    pub(crate) server: Option<Scrape>,
    /// Long waits that the end of a connection cut off.
    pub(crate) cut_off: Waited,
    /// What came after the window.
    pub(crate) storm: Option<StormMeasured>,
}

/// What the coordinator saw of a storm.
#[derive(Clone, Debug)]
pub(crate) struct StormMeasured {
    /// Bots that were there before.
    pub(crate) bots: u64,
    /// Ticks that the server missed until all had settled.
    pub(crate) missed_ticks: Option<u64>,
    /// Whether the swarm could not keep up until then.
    pub(crate) saturated: bool,
}

/// The figures of a run. Times are in milliseconds, rates are per bot that joined; `None` is null
/// and means that nothing was measured.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "the definitions are in `options`, printed by --help")]
pub struct Report {
    pub bots: u32,
    pub seconds: f64,
    pub joined: u64,
    pub witnesses: u64,
    pub failed_joins: u64,
    pub disconnects: Reasons,
    pub view_mismatches: u64,
    pub checksums_verified: u64,
    pub frames_per_bot_s: f64,
    pub payload_bytes_per_bot_s: f64,
    pub inputs_per_bot_s: f64,
    pub bytes_per_visible_moving_entity_tick: Option<f64>,
    pub visible_entities_mean: Option<f64>,
    pub waiting_entities_mean: Option<f64>,
    pub oldest_entity_ticks: u32,
    pub input_to_state_ms: Option<Percentiles>,
    pub frame_spacing_ms: Option<Percentiles>,
    pub frame_off_beat_ms: Option<Percentiles>,
    pub rtt_ms: Option<Percentiles>,
    pub corrections_per_bot_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feel: Option<FeelReport>,
    pub generator_busy: f64,
    pub generator_saturated: bool,
    pub server: ServerFigures,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storm: Option<StormFigures>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub misbehaving: Vec<Misbehaved>,
    pub failures: Vec<String>,
    /// Ticks a second of the server.
    #[serde(skip)]
    pub tick_hz: u16,
    /// All times of which the figures give percentiles.
    #[serde(skip)]
    pub waited: Waited,
    /// All that the server counted within the window.
    #[serde(skip)]
    pub scrape: Option<Scrape>,
    #[serde(skip)]
    pub(crate) failed_join_reasons: Reasons,
    #[serde(skip)]
    pub(crate) failed_reconnect_reasons: Reasons,
    /// How late a due task ran in the swarm's threads.
    #[serde(skip)]
    pub(crate) lateness_ms: Option<Percentiles>,
    #[serde(skip)]
    pub(crate) ticks_skipped_per_bot_s: f64,
}

/// The server's own account; all `None` when its `/metrics` can't be read.
#[derive(Clone, Debug, Default, Serialize)]
#[allow(missing_docs, reason = "the definitions are in `options`, printed by --help")]
pub struct ServerFigures {
    pub tick_ms: Option<Percentiles>,
    pub tick_lateness_ms: Option<Percentiles>,
    pub ticks: Option<u64>,
    pub missed_ticks: Option<u64>,
}

/// How the game felt at the bots' screens.
#[derive(Clone, Copy, Debug, Serialize)]
#[allow(missing_docs, reason = "the definitions are in `options`, printed by --help")]
pub struct FeelReport {
    pub corrections_per_s: f64,
    pub correction_p50: f64,
    pub correction_p99: f64,
    pub touching_per_s: f64,
    pub snaps: u64,
    pub starved_share: f64,
    pub recovery_ticks_p99: f64,
    pub jank_share: f64,
    pub jumps: u64,
    pub jump_max: f64,
    pub behind_ms_p50: f64,
    pub behind_ms_p99: f64,
    pub input_to_photon_ms_p50: f64,
    pub late_input_share: f64,
    pub shots_matched: u64,
    pub shots_withdrawn: u64,
}

impl FeelReport {
    fn new(feel: &Feel) -> Self {
        let figures = feel.figures();
        let units = |grid: u32| rounded(f64::from(grid) / f64::from(GRID));
        let fine = |share: f64| (share * 1e5).round() / 1e5;
        Self {
            corrections_per_s: rounded(figures.corrections_per_s),
            correction_p50: units(figures.correction_p50),
            correction_p99: units(figures.correction_p99),
            touching_per_s: rounded(figures.touching_per_s),
            snaps: figures.snaps,
            starved_share: fine(figures.starved_share),
            recovery_ticks_p99: rounded(figures.recovery_ticks_p99),
            jank_share: fine(figures.jank_share),
            jumps: figures.jumps,
            jump_max: rounded(f64::from(figures.jump_max)),
            behind_ms_p50: rounded(figures.behind_ms_p50),
            behind_ms_p99: rounded(figures.behind_ms_p99),
            input_to_photon_ms_p50: rounded(figures.input_to_photon_ms_p50),
            late_input_share: fine(figures.late_input_share),
            shots_matched: figures.matched,
            shots_withdrawn: figures.withdrawn,
        }
    }
}

/// How all bots came back at once; times in seconds.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "the definitions are in `options`, printed by --help")]
pub struct StormFigures {
    pub reconnected: u64,
    pub failed: u64,
    pub told_to_wait: u64,
    pub full_view_s: Option<Percentiles>,
    pub missed_ticks: Option<u64>,
    pub generator_saturated: bool,
}

impl Report {
    /// `whole` covers the run, `measured` the window.
    pub(crate) fn new(
        options: &Options,
        whole: &Tally,
        measured: &Measured,
        misbehaving: Vec<Misbehaved>,
    ) -> Self {
        let (stats, witnessed) = (&measured.tally.stats, &measured.tally.witnessed);
        let seconds = measured.length.as_secs_f64();
        let per_bot_s = |count: u64| ratio(count as f64, whole.joined as f64 * seconds);
        let rate = |count: u64| rounded(per_bot_s(count).unwrap_or(0.0));
        let delta_frames = (witnessed.frames - witnessed.keyframes) as f64;
        let mut waited = measured.tally.waited.clone();
        waited.absorb(&measured.cut_off);
        let busy = ratio(measured.busiest.as_secs_f64(), seconds).unwrap_or(0.0).min(1.0);
        let lateness_ms = measured.tally.lateness.percentiles();
        let mut report = Self {
            bots: options.bots,
            seconds: rounded(seconds),
            joined: whole.joined,
            witnesses: whole.witnesses,
            failed_joins: whole.failed_joins.total(),
            disconnects: whole.disconnects.clone(),
            view_mismatches: whole.stats.mismatches,
            checksums_verified: whole.stats.checksums,
            frames_per_bot_s: rate(stats.frames),
            payload_bytes_per_bot_s: rate(stats.bytes_in),
            inputs_per_bot_s: rate(measured.tally.inputs),
            bytes_per_visible_moving_entity_tick: ratio(
                witnessed.bytes_in as f64,
                witnessed.moving_sum as f64,
            )
            .map(rounded),
            visible_entities_mean: ratio(witnessed.visible_sum as f64, delta_frames).map(rounded),
            waiting_entities_mean: ratio(witnessed.waiting_sum as f64, delta_frames).map(rounded),
            oldest_entity_ticks: witnessed.oldest_ticks,
            input_to_state_ms: waited.input_to_state.percentiles(),
            frame_spacing_ms: waited.frame_spacing.percentiles(),
            frame_off_beat_ms: waited.frame_off_beat.percentiles(),
            rtt_ms: measured.tally.rtt.percentiles(),
            corrections_per_bot_s: ratio(
                witnessed.corrections as f64,
                whole.witnesses as f64 * seconds,
            )
            .map(rounded),
            feel: options.link.map(|_| FeelReport::new(&measured.tally.feel)),
            generator_busy: rounded(busy),
            generator_saturated: is_saturated(busy, lateness_ms, whole.tick_hz),
            server: measured.server.as_ref().map_or_else(ServerFigures::default, figures),
            storm: measured.storm.as_ref().map(|storm| StormFigures::new(storm, whole)),
            misbehaving,
            failures: Vec::new(),
            tick_hz: whole.tick_hz,
            waited,
            scrape: measured.server.clone(),
            failed_join_reasons: whole.failed_joins.clone(),
            failed_reconnect_reasons: whole.failed_reconnects.clone(),
            lateness_ms,
            ticks_skipped_per_bot_s: rate(stats.ticks_skipped),
        };
        report.failures = report.find_failures();
        report
    }

    /// Whether nothing failed.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.failures.is_empty()
    }

    fn find_failures(&self) -> Vec<String> {
        let mut failures = Vec::new();
        let full = CloseCode::Full.code().to_string();
        for (reason, bots) in self.failed_join_reasons.iter() {
            let hint = match reason.starts_with(&full) {
                true => " (the server's --capacity is a room's size)",
                false => "",
            };
            failures.push(format!("{bots} bots could not join: {reason}{hint}"));
        }
        for (reason, bots) in self.disconnects.iter() {
            failures.push(format!("{bots} bots were disconnected: {reason}"));
        }
        for (reason, bots) in self.failed_reconnect_reasons.iter() {
            failures.push(format!("{bots} bots could not reconnect: {reason}"));
        }
        let failed = self.storm.as_ref().map_or(0, |storm| storm.failed);
        match failed.saturating_sub(self.failed_reconnect_reasons.total()) {
            0 => {}
            lost => failures.push(format!("{lost} bots did not come back from the storm")),
        }
        match (self.view_mismatches, self.checksums_verified) {
            (0, 0) if self.witnesses > 0 => {
                failures.push("no frame carried a checksum: no view was verified".to_owned());
            }
            (0, _) => {}
            (wrong, all) => failures.push(format!("{wrong} of {all} checksums did not match")),
        }
        failures.extend(self.misbehaving.iter().flat_map(Misbehaved::complaints).cloned());
        failures
    }
}

impl StormFigures {
    fn new(storm: &StormMeasured, whole: &Tally) -> Self {
        Self {
            reconnected: whole.reconnected,
            failed: storm.bots.saturating_sub(whole.reconnected),
            told_to_wait: whole.told_to_wait,
            full_view_s: whole.full_view.percentiles().map(|ms| ms.map(|ms| rounded(ms / 1e3))),
            missed_ticks: storm.missed_ticks,
            generator_saturated: storm.saturated,
        }
    }
}

/// The swarm can't keep up: too busy, or its threads come round later than once a tick, so that
/// the frames of two ticks wait in the sockets.
pub(crate) fn is_saturated(busy: f64, lateness_ms: Option<Percentiles>, tick_hz: u16) -> bool {
    let period_ms = 1e3 / f64::from(tick_hz.max(1));
    busy > BUSY_MAX || lateness_ms.is_some_and(|lateness| lateness.p99 > period_ms)
}

fn figures(server: &Scrape) -> ServerFigures {
    ServerFigures {
        tick_ms: server.tick.percentiles().map(|p| p.map(rounded)),
        tick_lateness_ms: server.lateness.percentiles().map(|p| p.map(rounded)),
        ticks: Some(server.ticks),
        missed_ticks: Some(server.missed_ticks),
    }
}

/// `None` when there is nothing to divide by.
fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// To three decimals.
fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

#[cfg(test)]
mod tests;
