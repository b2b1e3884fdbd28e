//! What a run found: the figures, and whether all was well. The definitions of the figures are
//! printed by `drumbeat-bots --help`; the names of the JSON keys are stable.

use std::time::Duration;

use serde::Serialize;

use crate::faults::Misbehaved;
use crate::figures::{Percentiles, Reasons, Tally, Timings};
use crate::options::Options;
use crate::server_metrics::Scrape;

/// Above this share of busy time the swarm can't be trusted to keep up.
const BUSY_MAX: f64 = 0.9;

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
}

/// The figures of a run. Times are in milliseconds, rates are per bot that joined; `None` is null
/// and means that nothing was measured.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "the definitions are in `options`, printed by --help")]
pub struct Report {
    pub bots: u32,
    pub seconds: f64,
    pub joined: u64,
    pub failed_joins: u64,
    pub disconnects: Reasons,
    pub view_mismatches: u64,
    pub checksums_verified: u64,
    pub frames_per_bot_s: f64,
    pub payload_bytes_per_bot_s: f64,
    pub inputs_per_bot_s: f64,
    pub bytes_per_visible_moving_entity_tick: Option<f64>,
    pub visible_entities_mean: Option<f64>,
    pub input_to_state_ms: Option<Percentiles>,
    pub frame_spacing_ms: Option<Percentiles>,
    pub rtt_ms: Option<Percentiles>,
    pub corrections_per_bot_s: f64,
    pub generator_busy: f64,
    pub generator_saturated: bool,
    pub server: ServerFigures,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub misbehaving: Vec<Misbehaved>,
    pub failures: Vec<String>,
    /// Ticks a second of the server.
    #[serde(skip)]
    pub tick_hz: u16,
    /// All times of the window, of which `frame_spacing_ms` gives percentiles.
    #[serde(skip)]
    pub frame_spacing: Timings,
    /// All times of the window, of which `input_to_state_ms` gives percentiles.
    #[serde(skip)]
    pub input_to_state: Timings,
    /// All that the server counted within the window.
    #[serde(skip)]
    pub scrape: Option<Scrape>,
    #[serde(skip)]
    pub(crate) failed_join_reasons: Reasons,
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

impl Report {
    /// `whole` covers the run, `measured` the window.
    pub(crate) fn new(
        options: &Options,
        whole: &Tally,
        measured: &Measured,
        misbehaving: Vec<Misbehaved>,
    ) -> Self {
        let stats = &measured.tally.stats;
        let seconds = measured.length.as_secs_f64();
        let per_bot_s = |count: u64| ratio(count as f64, whole.joined as f64 * seconds);
        let rate = |count: u64| rounded(per_bot_s(count).unwrap_or(0.0));
        let delta_frames = (stats.frames - stats.keyframes) as f64;
        let busy = ratio(measured.busiest.as_secs_f64(), seconds).unwrap_or(0.0).min(1.0);
        let lateness_ms = measured.tally.lateness.percentiles();
        let mut report = Self {
            bots: options.bots,
            seconds: rounded(seconds),
            joined: whole.joined,
            failed_joins: whole.failed_joins.total(),
            disconnects: whole.disconnects.clone(),
            view_mismatches: whole.stats.mismatches,
            checksums_verified: whole.stats.checksums,
            frames_per_bot_s: rate(stats.frames),
            payload_bytes_per_bot_s: rate(stats.bytes_in),
            inputs_per_bot_s: rate(measured.tally.inputs),
            bytes_per_visible_moving_entity_tick: ratio(
                stats.bytes_in as f64,
                stats.moving_sum as f64,
            )
            .map(rounded),
            visible_entities_mean: ratio(stats.visible_sum as f64, delta_frames).map(rounded),
            input_to_state_ms: measured.tally.input_to_state.percentiles(),
            frame_spacing_ms: measured.tally.frame_spacing.percentiles(),
            rtt_ms: measured.tally.rtt.percentiles(),
            corrections_per_bot_s: rate(stats.corrections),
            generator_busy: rounded(busy),
            generator_saturated: is_saturated(busy, lateness_ms, whole.tick_hz),
            server: measured.server.as_ref().map_or_else(ServerFigures::default, figures),
            misbehaving,
            failures: Vec::new(),
            tick_hz: whole.tick_hz,
            frame_spacing: measured.tally.frame_spacing.clone(),
            input_to_state: measured.tally.input_to_state.clone(),
            scrape: measured.server.clone(),
            failed_join_reasons: whole.failed_joins.clone(),
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
        for (reason, bots) in self.failed_join_reasons.iter() {
            let hint = match reason.starts_with("1013") {
                true => " (the server's --capacity is a room's size)",
                false => "",
            };
            failures.push(format!("{bots} bots could not join: {reason}{hint}"));
        }
        for (reason, bots) in self.disconnects.iter() {
            failures.push(format!("{bots} bots were disconnected: {reason}"));
        }
        match (self.view_mismatches, self.checksums_verified) {
            (0, 0) if self.joined > 0 => {
                failures.push("no frame carried a checksum: no view was verified".to_owned());
            }
            (0, _) => {}
            (wrong, all) => failures.push(format!("{wrong} of {all} checksums did not match")),
        }
        failures.extend(self.misbehaving.iter().flat_map(Misbehaved::complaints).cloned());
        failures
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
mod tests {
    use super::*;
    use crate::connect::Ending;
    use crate::faults::{Misbehaviour, Outcome};
    use clap::Parser;

    fn options() -> Options {
        Options::parse_from(["drumbeat-bots", "--bots", "2"])
    }

    fn measured() -> (Tally, Measured) {
        let mut tally = Tally { inputs: 800, tick_hz: 20, ..Tally::default() };
        tally.stats.frames = 800;
        tally.stats.bytes_in = 40_000;
        tally.stats.visible_sum = 8_000;
        tally.stats.moving_sum = 4_000;
        tally.stats.checksums = 50;
        tally.rtt.record_us(700);
        let whole = Tally { joined: 2, ..tally.clone() };
        let length = Duration::from_secs(20);
        (whole, Measured { tally, length, busiest: length / 4, server: None })
    }

    #[test]
    fn the_keys_are_stable() {
        let (whole, measured) = measured();
        let report = Report::new(&options(), &whole, &measured, Vec::new());
        let json = serde_json::to_value(&report).unwrap();
        let mut keys: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        let expected = [
            "bots",
            "bytes_per_visible_moving_entity_tick",
            "checksums_verified",
            "corrections_per_bot_s",
            "disconnects",
            "failed_joins",
            "failures",
            "frame_spacing_ms",
            "frames_per_bot_s",
            "generator_busy",
            "generator_saturated",
            "input_to_state_ms",
            "inputs_per_bot_s",
            "joined",
            "payload_bytes_per_bot_s",
            "rtt_ms",
            "seconds",
            "server",
            "view_mismatches",
            "visible_entities_mean",
        ];
        assert_eq!(keys, expected);
        let server = r#"{"tick_ms":null,"tick_lateness_ms":null,"ticks":null,"missed_ticks":null}"#;
        assert_eq!(serde_json::to_string(&report.server).unwrap(), server);
        let rtt = serde_json::to_string(&report.rtt_ms).unwrap();
        assert_eq!(rtt, r#"{"p50":0.7,"p90":0.7,"p99":0.7,"max":0.7}"#);
        assert!(json["input_to_state_ms"].is_null());
    }

    #[test]
    fn rates_are_per_bot_and_second() {
        let (whole, measured) = measured();
        let report = Report::new(&options(), &whole, &measured, Vec::new());
        assert_eq!(report.frames_per_bot_s, 20.0);
        assert_eq!(report.payload_bytes_per_bot_s, 1_000.0);
        assert_eq!(report.bytes_per_visible_moving_entity_tick, Some(10.0));
        assert_eq!(report.visible_entities_mean, Some(10.0));
        assert_eq!(report.generator_busy, 0.25);
        assert!(!report.generator_saturated);
        assert!(report.is_success(), "{:?}", report.failures);
    }

    #[test]
    fn every_kind_of_failure_is_named() {
        let check = |spoil: &dyn Fn(&mut Tally), part: &str| {
            let (mut whole, measured) = measured();
            spoil(&mut whole);
            let report = Report::new(&options(), &whole, &measured, Vec::new());
            let failures = report.failures.join("\n");
            assert!(failures.contains(part), "{part}: {failures}");
        };
        check(&|whole| whole.failed_joins.count("1013 full".into()), "1 bots could not join: 1013");
        check(&|whole| whole.disconnects.count("1011 oops".into()), "disconnected: 1011 oops");
        check(&|whole| whole.stats.mismatches = 3, "3 of 50 checksums");
        check(&|whole| whole.stats.checksums = 0, "no view was verified");
        let mut silent = Misbehaved::new(Misbehaviour::Silent, 1);
        silent.count(&Outcome::Ended(Ending::Broken("connection reset".into())));
        let (whole, measured) = measured();
        let report = Report::new(&options(), &whole, &measured, vec![silent]);
        assert_eq!(report.failures.len(), 1);
        assert!(serde_json::to_value(&report).unwrap()["misbehaving"].is_array());
    }

    #[test]
    fn a_run_without_any_bot_is_still_reported() {
        let mut whole = Tally::default();
        whole.failed_joins.count("connection refused".into());
        let report = Report::new(&options(), &whole, &Measured::default(), Vec::new());
        assert_eq!((report.joined, report.frames_per_bot_s), (0, 0.0));
        assert_eq!(report.failures.len(), 1);
    }

    #[test]
    fn saturation_is_work_or_waiting_frames() {
        let late = |p99| Some(Percentiles { p50: 0.0, p90: 0.0, p99, max: p99 });
        assert!(!is_saturated(0.89, late(49.0), 20));
        assert!(is_saturated(0.91, late(1.0), 20));
        assert!(is_saturated(0.5, late(51.0), 20));
        assert!(is_saturated(0.5, late(20.0), 60));
        assert!(!is_saturated(0.5, None, 20));
    }
}
