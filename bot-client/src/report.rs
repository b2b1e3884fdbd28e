//! What a run found: the figures, and whether all was well. The definitions of the figures are
//! printed by `drumbeat-bots --help`; the names of the JSON keys are stable.

use std::time::Duration;

use serde::Serialize;

use crate::faults::Misbehaved;
use crate::figures::{Percentiles, Reasons, Tally, Waited};
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
    pub input_to_state_ms: Option<Percentiles>,
    pub frame_spacing_ms: Option<Percentiles>,
    pub frame_off_beat_ms: Option<Percentiles>,
    pub rtt_ms: Option<Percentiles>,
    pub corrections_per_bot_s: Option<f64>,
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

/// How all bots came back at once; times in seconds.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "the definitions are in `options`, printed by --help")]
pub struct StormFigures {
    pub reconnected: u64,
    pub failed: u64,
    pub told_to_wait: u64,
    pub full_view_s: Option<Percentiles>,
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
            input_to_state_ms: waited.input_to_state.percentiles(),
            frame_spacing_ms: waited.frame_spacing.percentiles(),
            frame_off_beat_ms: waited.frame_off_beat.percentiles(),
            rtt_ms: measured.tally.rtt.percentiles(),
            corrections_per_bot_s: ratio(
                witnessed.corrections as f64,
                whole.witnesses as f64 * seconds,
            )
            .map(rounded),
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
        tally.witnessed = tally.stats;
        tally.rtt.record_us(700);
        let whole = Tally { joined: 2, witnesses: 2, ..tally.clone() };
        let length = Duration::from_secs(20);
        (whole, Measured { tally, length, busiest: length / 4, ..Measured::default() })
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
            "frame_off_beat_ms",
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
            "witnesses",
        ];
        assert_eq!(keys, expected);
        let server = r#"{"tick_ms":null,"tick_lateness_ms":null,"ticks":null,"missed_ticks":null}"#;
        assert_eq!(serde_json::to_string(&report.server).unwrap(), server);
        let rtt = serde_json::to_string(&report.rtt_ms).unwrap();
        assert_eq!(rtt, r#"{"p50":0.7,"p90":0.7,"p99":0.7,"p999":0.7,"max":0.7}"#);
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
    fn figures_that_need_a_view_are_those_of_the_witnesses() {
        let (mut whole, mut measured) = measured();
        (whole.joined, whole.witnesses) = (2, 1);
        measured.tally.witnessed.frames = 400;
        measured.tally.witnessed.bytes_in = 24_000;
        measured.tally.witnessed.corrections = 10;
        let report = Report::new(&options(), &whole, &measured, Vec::new());
        assert_eq!(report.payload_bytes_per_bot_s, 1_000.0);
        assert_eq!(report.bytes_per_visible_moving_entity_tick, Some(6.0));
        assert_eq!(report.visible_entities_mean, Some(20.0));
        assert_eq!(report.corrections_per_bot_s, Some(0.5));
        // Without any there is nothing to verify, and nothing is claimed.
        whole.witnesses = 0;
        (whole.stats.checksums, measured.tally.witnessed) = (0, Default::default());
        let report = Report::new(&options(), &whole, &measured, Vec::new());
        assert_eq!(report.bytes_per_visible_moving_entity_tick, None);
        assert_eq!((report.visible_entities_mean, report.corrections_per_bot_s), (None, None));
        assert!(report.is_success(), "{:?}", report.failures);
    }

    #[test]
    fn a_storm_is_reported_and_a_bot_that_stays_away_is_a_failure() {
        let (mut whole, mut measured) = measured();
        whole.reconnected = 1;
        whole.failed_reconnects.count("1013 full".into());
        whole.full_view.record_us(1_500_000);
        measured.storm = Some(StormMeasured { bots: 2, missed_ticks: Some(3) });
        let report = Report::new(&options(), &whole, &measured, Vec::new());
        assert_eq!(report.failures, ["1 bots could not reconnect: 1013 full"]);
        let storm = &serde_json::to_value(&report).unwrap()["storm"];
        let counts = ["reconnected", "failed", "missed_ticks"].map(|key| storm[key].as_u64());
        assert_eq!(counts, [Some(1), Some(1), Some(3)]);
        assert_eq!(report.storm.unwrap().full_view_s.unwrap().max.round(), 2.0);
        // Who has not been heard of by the end.
        whole.failed_reconnects = Reasons::default();
        let report = Report::new(&options(), &whole, &measured, Vec::new());
        assert_eq!(report.failures, ["1 bots did not come back from the storm"]);
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
        let late = |p99| Some(Percentiles { p50: 0.0, p90: 0.0, p99, p999: p99, max: p99 });
        assert!(!is_saturated(0.89, late(49.0), 20));
        assert!(is_saturated(0.91, late(1.0), 20));
        assert!(is_saturated(0.5, late(51.0), 20));
        assert!(is_saturated(0.5, late(20.0), 60));
        assert!(!is_saturated(0.5, None, 20));
    }
}
