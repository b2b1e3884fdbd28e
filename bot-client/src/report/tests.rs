use std::time::Duration;

use clap::Parser;
use drumbeat_shared::client::Stats;

use super::*;
use crate::connect::Ending;
use crate::faults::{Misbehaviour, Outcome};
use crate::figures::{Tally, Wished};
use crate::found::{Measured, StormMeasured};
use crate::options::Options;

/// The report of two bots.
fn report_of(whole: &Tally, measured: &Measured, misbehaving: Vec<Misbehaved>) -> Report {
    let options = Options::parse_from(["drumbeat-bots", "--bots", "2"]);
    Report::new(&Found { options: &options, whole, measured, misbehaving, steps_per_unit: 1 })
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
    let report = report_of(&whole, &measured, Vec::new());
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
        "oldest_entity_ticks",
        "payload_bytes_per_bot_s",
        "rtt_ms",
        "seconds",
        "server",
        "view_mismatches",
        "visible_entities_mean",
        "waiting_entities_mean",
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
    let report = report_of(&whole, &measured, Vec::new());
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
    let report = report_of(&whole, &measured, Vec::new());
    assert_eq!(report.payload_bytes_per_bot_s, 1_000.0);
    assert_eq!(report.bytes_per_visible_moving_entity_tick, Some(6.0));
    assert_eq!(report.visible_entities_mean, Some(20.0));
    assert_eq!(report.corrections_per_bot_s, Some(0.5));
    // Without witnesses there is nothing to verify, and the report claims nothing.
    whole.witnesses = 0;
    (whole.stats.checksums, measured.tally.witnessed) = (0, Default::default());
    let report = report_of(&whole, &measured, Vec::new());
    assert_eq!(report.bytes_per_visible_moving_entity_tick, None);
    assert_eq!((report.visible_entities_mean, report.corrections_per_bot_s), (None, None));
    assert!(report.is_success(), "{:?}", report.failures);
}

fn storm_of_two() -> StormMeasured {
    StormMeasured { bots: 2, missed_ticks: Some(3), more_players: Some(0), saturated: true }
}

#[test]
fn a_storm_is_reported_and_a_bot_that_stays_away_is_a_failure() {
    let (mut whole, mut measured) = measured();
    whole.reconnected = 1;
    whole.failed_reconnects.count("1013 full".into());
    whole.full_view.record_us(1_500_000);
    whole.resume_to_view.record_us(60_000);
    measured.storm = Some(storm_of_two());
    let report = report_of(&whole, &measured, Vec::new());
    assert_eq!(report.failures, ["1 bots could not reconnect: 1013 full"]);
    let storm = &serde_json::to_value(&report).unwrap()["storm"];
    let counts = ["reconnected", "failed", "missed_ticks"].map(|key| storm[key].as_u64());
    assert_eq!(counts, [Some(1), Some(1), Some(3)]);
    assert_eq!(storm["generator_saturated"], true);
    let storm = report.storm.unwrap();
    assert_eq!(storm.full_view_s.unwrap().max.round(), 2.0);
    let ticks = storm.resume_to_view_ticks.unwrap().p50;
    // 60 ms without the 0.7 ms of a round trip, at 20 Hz.
    assert!((ticks - 1.186).abs() < 0.01, "{ticks}");
    assert_eq!((storm.duplicates, storm.join_to_view_ms), (Some(0), None));
    // Bots whose state is unknown at the end.
    whole.failed_reconnects = Reasons::default();
    let report = report_of(&whole, &measured, Vec::new());
    assert_eq!(report.failures, ["1 bots did not come back from the storm"]);
}

#[test]
fn every_kind_of_failure_is_named() {
    let check = |spoil: &dyn Fn(&mut Tally), part: &str| {
        let (mut whole, measured) = measured();
        spoil(&mut whole);
        let report = report_of(&whole, &measured, Vec::new());
        let failures = report.failures.join("\n");
        assert!(failures.contains(part), "{part}: {failures}");
    };
    check(&|whole| whole.failed_joins.count("1013 full".into()), "1 bots could not join: 1013");
    check(&|whole| whole.disconnects.count("1011 oops".into()), "disconnected: 1011 oops");
    check(&|whole| whole.stats.mismatches = 3, "3 of 50 checksums");
    check(&|whole| whole.stats.checksums = 0, "no view was verified");
    check(&|whole| whole.stats.document_mismatches = 1, "1 of 0 checksums of documents");
    check(&|whole| whole.stats.record_changes = 1, "no document was verified");
    let mut silent = Misbehaved::new(Misbehaviour::Silent, 1);
    silent.count(&Outcome::Ended(Ending::Broken("connection reset".into())));
    let (whole, measured) = measured();
    let report = report_of(&whole, &measured, vec![silent]);
    assert_eq!(report.failures.len(), 1);
    assert!(serde_json::to_value(&report).unwrap()["misbehaving"].is_array());
}

#[test]
fn documents_are_reported_where_there_are_any() {
    let (mut whole, mut measured) = measured();
    let report = report_of(&whole, &measured, Vec::new());
    assert!(report.documents.is_none());
    let wished = Wished { commands: 400, command_bytes: 4_800, lines: 20, ..Wished::default() };
    let stats = &mut measured.tally.stats;
    (stats.record_changes, stats.document_bytes_in) = (800, 16_000);
    measured.tally.wished = wished.clone();
    measured.tally.wished.record_delay.record_us(42_000);
    whole.stats = Stats { document_checksums: 7, ..measured.tally.stats };
    whole.stats.checksums = 50;
    whole.wished = wished;
    whole.wished.refused.count("not allowed".into());
    let report = report_of(&whole, &measured, Vec::new());
    assert!(report.is_success(), "{:?}", report.failures);
    let json = &serde_json::to_value(&report).unwrap()["documents"];
    let rates = ["commands_per_s", "chat_lines_per_s", "record_changes_per_witness_s"];
    assert_eq!(rates.map(|key| json[key].as_f64()), [Some(20.0), Some(1.0), Some(20.0)]);
    let bytes = ["command_bytes_mean", "document_bytes_per_command"];
    assert_eq!(bytes.map(|key| json[key].as_f64()), [Some(12.0), Some(20.0)]);
    assert_eq!(
        (json["checksums_verified"].as_u64(), json["mismatches"].as_u64()),
        (Some(7), Some(0))
    );
    assert_eq!(json["refused"]["not allowed"], 1);
    assert!(json["record_delay_ms"]["p99"].is_number() && json["chat_delay_ms"].is_null());
    let text = report.to_string();
    assert!(text.lines().all(|line| line.chars().count() <= 70), "{text}");
    assert!(text.contains("commands, documents"), "{text}");
}

#[test]
fn a_run_without_any_bot_is_still_reported() {
    let mut whole = Tally::default();
    whole.failed_joins.count("connection refused".into());
    let report = report_of(&whole, &Measured::default(), Vec::new());
    assert_eq!((report.joined, report.frames_per_bot_s), (0, 0.0));
    assert_eq!(report.failures.len(), 1);
}

#[test]
fn the_table_holds_every_figure_in_70_columns() {
    let (mut whole, mut measured) = measured();
    whole.reconnected = 2;
    whole.full_view.record_us(1_500_000);
    for (room, bots) in [("main", 64), ("main-2", 36)] {
        (0..bots).for_each(|_| whole.rooms.count(room.to_owned()));
    }
    measured.tally.rtt.record_us(99_999_990);
    measured.storm = Some(storm_of_two());
    measured.server = Some(Scrape { ticks: 1, missed_ticks: 2, ..Scrape::default() });
    let options = Options::parse_from(["drumbeat-bots", "--bots", "2", "--link", "0ms"]);
    let (whole, measured) = (&whole, &measured);
    let misbehaving = Vec::new();
    let found = Found { options: &options, whole, measured, misbehaving, steps_per_unit: 16 };
    let report = Report::new(&found);
    let text = report.to_string();
    assert!(text.lines().all(|line| line.chars().count() <= 70), "{text}");
    for row in report.rows() {
        assert!(text.contains(row.label), "{}: {text}", row.label);
    }
    assert!(text.contains("in 2 rooms: 64 in main, 36 in main-2"), "{text}");
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
