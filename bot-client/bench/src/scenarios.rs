//! The scenarios: one value each, with what it runs and its targets.

use drumbeat_bots::arena::BrainKind;

use crate::climb::players_max;
use crate::feel;
use crate::finders::{
    FEW_PLAYERS, connection_memory, entity_bytes, few_cost, growth, lateness, visits,
};
use crate::links::{JITTER, STALLS};
use crate::load::{Load, World};
use crate::play::Play;
use crate::row::{AT_MOST, Bound, Target};
use crate::run::Run;
use crate::scenario::{Course, PLAIN, Scenario, Steps};
use crate::together;

/// Tick rate of `idle` in Hz: its target is memory, not speed.
const IDLE_TICK_HZ: u16 = 10;

/// All scenarios, in the order in which they run.
#[rustfmt::skip]
pub(crate) static SCENARIOS: [Scenario; 16] = [
    Scenario {
        name: "steady",
        about: "2,000 drifting players in one world, about 50 in view, 20 Hz; in turn with the floor.",
        course: |form| Course::with_floor(form.times(3, 2), vec![
            Load::drift(form.players(2_000, 1_000), form.long_s()),
        ]),
        targets: &[
            Target { id: "steady_cost", what: "CPU per client-tick / the floor", unit: "x", decimals: 2, must: 1.35, aim: 1.2, one_core: true,
                find: |runs| runs.median(Run::ratio), ..AT_MOST },
            Target { id: "drift_bytes", what: "bytes per visible moving entity-tick, 2 turns/s", decimals: 2, must: 0.5, aim: 0.35,
                find: |runs| runs.median(entity_bytes), ..AT_MOST },
            Target { id: "lateness_p99", what: "tick-start lateness under load, p99", unit: "ms", decimals: 2, must: 0.5, aim: 0.2,
                find: |runs| lateness(runs, 0.99), ..AT_MOST },
            Target { id: "lateness_p999", what: "tick-start lateness under load, p99.9", unit: "ms", decimals: 2, must: 2.0, aim: 1.0,
                find: |runs| lateness(runs, 0.999), ..AT_MOST },
            Target { id: "spacing_p99", what: "spacing of received frames off the beat, p99", unit: "ms", decimals: 2, must: 5.0, aim: 2.0,
                find: |runs| runs.median(Run::off_beat_ms), ..AT_MOST },
        ],
        ..PLAIN
    },
    Scenario {
        name: "frantic",
        about: "500 players who take a new heading every tick; the floor after them.",
        course: |form| Course::with_floor(1, vec![
            Load::new(Play::Arena(BrainKind::Frantic), form.players(500, 300), form.short_s()),
        ]),
        targets: &[
            Target { id: "frantic_bytes", what: "bytes per visible moving entity-tick, frantic", decimals: 2, must: 1.6, aim: 1.3,
                find: |runs| runs.median(entity_bytes), ..AT_MOST },
        ],
        ..PLAIN
    },
    Scenario {
        name: "fight",
        about: "500 players who play to win; the floor after them.",
        course: |form| Course::with_floor(1, vec![
            Load::new(Play::Arena(BrainKind::Fight), form.players(500, 300), form.short_s()),
        ]),
        ..PLAIN
    },
    Scenario {
        name: "scale",
        about: "500, 1,000, 2,000 and 3,000 players at the same density: cost per client; the floor after each.",
        course: |form| {
            let sizes = form.of(&[FEW_PLAYERS, 1_000, 2_000, 3_000][..], &[FEW_PLAYERS, 1_500]);
            Course::with_floor(1, sizes.iter().map(|bots| Load::drift(*bots, form.short_s())).collect())
        },
        targets: &[
            Target { id: "few_cost", what: "CPU per client-tick / the floor, 500 players", unit: "x", decimals: 2, must: 1.45, aim: 1.25, one_core: true,
                find: few_cost, ..AT_MOST },
            Target { id: "scale_growth", what: "cost per client from 500 to 3,000 players", unit: "%", must: 0.0, aim: -10.0,
                find: |runs| runs.of_all(growth(runs)), ..AT_MOST },
        ],
        ..PLAIN
    },
    Scenario {
        name: "crowd",
        about: "1,000 players who all see each other; in turn with the floor.",
        course: |form| Course::with_floor(form.times(3, 2), vec![
            Load { world: World::Crowd, ..Load::drift(form.players(1_000, 200), form.long_s()) },
        ]),
        targets: &[
            Target { id: "crowd_missed", what: "crowd of 1,000 in one view: missed ticks", one_core: true,
                find: |runs| runs.of_all(runs.missed_ticks()), ..AT_MOST },
            Target { id: "crowd_cost", what: "crowd: CPU per client-tick / the floor", unit: "x", decimals: 2, must: 1.6, aim: 1.3, one_core: true,
                find: |runs| runs.median(Run::ratio), ..AT_MOST },
            Target { id: "crowd_bytes", what: "crowd: received by each player", unit: "kB/s", decimals: 1, must: 12.0, aim: 8.0,
                find: |runs| runs.median(|run| Some(run.report.payload_bytes_per_bot_s / 1e3)), ..AT_MOST },
        ],
        note: |runs| {
            let seen = runs.middle(|_| true, |run| run.report.visible_entities_mean)?;
            Some(format!("crowd: {seen:.0} of {} players in view", runs.0[0].load.bots))
        },
    },
    Scenario {
        name: "max",
        about: "More and more players in one world, until a tick is missed or frames are half a tick late.",
        course: |form| Course::Climb(Steps {
            first: form.players(1_500, 1_500),
            step: form.players(500, 1_500),
            last: form.players(6_000, 3_000),
            seconds: form.short_s(),
        }),
        targets: &[
            Target { id: "players_max", what: "players in one world on one core, no missed tick", bound: Bound::AtLeast, must: 4_000.0, aim: 5_000.0, one_core: true,
                find: players_max, ..AT_MOST },
        ],
        ..PLAIN
    },
    Scenario {
        name: "slow",
        about: "1,000 players, a tenth of them reading 1 kB/s: what the others notice.",
        course: |form| {
            let places = form.players(1_000, 300);
            let slow = places / 10;
            let without = Load { places, ..Load::drift(places - slow, form.short_s()) };
            let with = Load { slow, ..without.clone() };
            Course::turns(form.times(3, 1), vec![without, with])
        },
        targets: &[
            Target { id: "slow_change", what: "10 % slow: change of others' frame spacing p99", unit: "%", decimals: 1, must: 3.0, aim: 1.0,
                find: |runs| runs.change(|run| Some(run.report.frame_spacing_ms?.p99)), ..AT_MOST },
        ],
        ..PLAIN
    },
    Scenario {
        name: "visitors",
        about: "100 players, without and with visitors who ask for every part of the HTTP interface: what the players notice.",
        course: |form| {
            let without = Load::drift(form.players(100, 100), form.short_s());
            let with = Load { visitors: true, ..without.clone() };
            Course::turns(form.times(3, 1), vec![without, with])
        },
        targets: &[
            Target { id: "visitors_change", what: "visitors on every route: change of input to state p99", unit: "%", decimals: 1, must: 10.0, aim: 3.0,
                find: |runs| runs.change(|run| Some(run.report.input_to_state_ms?.p99)), ..AT_MOST },
        ],
        note: |runs| Some(visits(runs)),
    },
    Scenario {
        name: "storm",
        about: "2,000 players who all reconnect at once.",
        course: |form| {
            let bots = form.players(2_000, 500);
            // The server may notice a lost connection only after the player has connected again.
            let places = bots * 2;
            let load = Load { storm: true, places, world: World::ByPlayers, ..Load::drift(bots, form.short_s()) };
            Course::turns(1, vec![load])
        },
        targets: &[
            Target { id: "storm_time", what: "storm: all reconnect, until the last full view", unit: "s", decimals: 2, must: 2.0, aim: 0.7,
                find: |runs| runs.median(|run| Some(run.report.storm.as_ref()?.full_view_s?.max)), ..AT_MOST },
            Target { id: "storm_missed", what: "storm: missed ticks",
                find: |runs| runs.median(|run| Some(run.report.storm.as_ref()?.missed_ticks? as f64)), ..AT_MOST },
        ],
        ..PLAIN
    },
    Scenario {
        name: "idle",
        about: "10,000 connections that only listen: memory for each.",
        course: |form| {
            let listen = Play::Arena(BrainKind::Listen);
            let load = Load::new(listen, form.players(10_000, 2_000), form.short_s());
            Course::turns(1, vec![Load { tick_hz: IDLE_TICK_HZ, ..load }])
        },
        targets: &[
            Target { id: "connection_memory", what: "memory per connected player", unit: "KiB", decimals: 1, must: 11.0, aim: 7.0,
                find: connection_memory, ..AT_MOST },
        ],
        ..PLAIN
    },
    Scenario {
        name: "rooms",
        about: "100 rooms of 20 players; the floor after them.",
        course: |form| {
            let (rooms, each) = (form.players(100, 20), form.players(20, 20));
            Course::with_floor(1, vec![Load { rooms, ..Load::drift(rooms * each, form.short_s()) }])
        },
        ..PLAIN
    },
    Scenario {
        name: "shards",
        about: "2,000 players, server and swarm sharing all cores: one shard against one for each core, one room against many.",
        course: |form| {
            let load = Load::drift(form.players(2_000, 500), form.short_s());
            let worlds = form.of(&[1, 100][..], &[1]).iter();
            let loads = worlds.flat_map(|rooms| [(*rooms, 1), (*rooms, form.cores)]);
            let loads = loads.map(|(rooms, shards)| Load { rooms, shards: Some(shards), ..load.clone() });
            Course::turns(1, loads.collect())
        },
        ..PLAIN
    },
    Scenario {
        name: "feel",
        about: "24 players who fight at screens of 60 pictures a second, over links from good to bad: how the game feels.",
        course: |form| Course::turns(1, feel::loads(form)),
        targets: &[
            Target { id: "feel_correction", what: "100 ms +- 30: own corrections, p99, not touching", unit: "units", decimals: 2, must: 1.0, aim: 0.5,
                find: |runs| feel::with_jitter(runs, |feel| feel.correction_p99), ..AT_MOST },
            Target { id: "feel_starved", what: "100 ms +- 30: pictures without frames", unit: "%", decimals: 2, must: 0.5, aim: 0.1,
                find: |runs| feel::with_jitter(runs, |feel| feel.starved_share * 100.0), ..AT_MOST },
            Target { id: "feel_jank", what: "100 ms +- 30: pictures with jank", unit: "%", decimals: 2, must: 0.5, aim: 0.1,
                find: |runs| feel::with_jitter(runs, |feel| feel.jank_share * 100.0), ..AT_MOST },
            Target { id: "feel_jumps", what: "100 ms +- 30: jumps over twice the top speed",
                find: |runs| feel::with_jitter(runs, |feel| feel.jumps as f64), ..AT_MOST },
            Target { id: "feel_stall_starved", what: "1 % stalls of 250 ms: pictures without frames", unit: "%", decimals: 2, must: 3.0, aim: 1.0,
                find: |runs| feel::with_stalls(runs, |feel| feel.starved_share * 100.0), ..AT_MOST },
            Target { id: "feel_recovery", what: "1 % stalls of 250 ms: recovery, p99", unit: "ticks", decimals: 1, must: 2.0, aim: 1.0,
                find: |runs| feel::with_stalls(runs, |feel| feel.recovery_ticks_p99), ..AT_MOST },
        ],
        ..PLAIN
    },
    Scenario {
        name: "tls",
        about: "500 drifting players without TLS and under TLS, in turn.",
        course: |form| {
            let plain = Load::drift(form.players(500, 300), form.short_s());
            Course::turns(form.times(3, 2), vec![plain.clone(), Load { tls: true, ..plain }])
        },
        targets: &[
            Target { id: "tls_cost", what: "CPU per client-tick under TLS, more than without", unit: "%", must: 60.0, aim: 40.0, one_core: true,
                find: |runs| runs.change(|run| run.cpu_us_per_client_tick), ..AT_MOST },
        ],
        ..PLAIN
    },
    Scenario {
        name: "board",
        about: "100 bots who draw on one whiteboard at 20 Hz, without link conditions and over links from good to bad: from pen to screen.",
        course: |form| Course::turns(1, together::boards(form)),
        targets: &[
            Target { id: "board_mismatches", what: "board: views and documents that did not match", find: together::mismatches, ..AT_MOST },
            Target { id: "board_missed", what: "board: missed ticks",
                find: |runs| runs.of_all(runs.missed_ticks()), ..AT_MOST },
            Target { id: "board_bytes", what: "board: bytes to each viewer / raw points", unit: "x", decimals: 2, must: 1.5, aim: 1.0,
                find: together::stroke_bytes, ..AT_MOST },
            Target { id: "board_delay_p50", what: "board: pen to the others, p50", unit: "ms", decimals: 1, must: 40.0, aim: 30.0,
                find: |runs| together::pen_delay(runs, None, |delay| delay.p50), ..AT_MOST },
            Target { id: "board_delay_p99", what: "board: pen to the others, p99", unit: "ms", decimals: 1, must: 100.0, aim: 60.0,
                find: |runs| together::pen_delay(runs, None, |delay| delay.p99), ..AT_MOST },
            Target { id: "board_delay_jitter", what: "100 ms +- 30: pen to the others' screens, p99", unit: "ms", must: 250.0, aim: 200.0,
                find: |runs| together::pen_delay(runs, Some(JITTER), |delay| delay.p99), ..AT_MOST },
            Target { id: "board_delay_stalls", what: "1 % stalls: pen to the others' screens, p99", unit: "ms", must: 600.0, aim: 400.0,
                find: |runs| together::pen_delay(runs, Some(STALLS), |delay| delay.p99), ..AT_MOST },
        ],
        ..PLAIN
    },
    Scenario {
        name: "chat",
        about: "5,000 people in one room of the chat, of whom 20 say a line each second.",
        course: |form| Course::turns(1, together::chats(form)),
        targets: &[
            Target { id: "chat_delay_p50", what: "chat: a line to the others, p50", unit: "ms", must: 100.0, aim: 60.0, one_core: true,
                find: |runs| runs.median(|run| together::line_delay(run, |delay| delay.p50)), ..AT_MOST },
            Target { id: "chat_delay_p99", what: "chat: a line to the others, p99", unit: "ms", must: 200.0, aim: 120.0, one_core: true,
                find: |runs| runs.median(|run| together::line_delay(run, |delay| delay.p99)), ..AT_MOST },
            Target { id: "chat_busy", what: "chat: CPU of the server each second", unit: "s", decimals: 2, must: 0.6, aim: 0.4, one_core: true,
                find: |runs| runs.median(|run| run.server_busy), ..AT_MOST },
            Target { id: "chat_memory", what: "chat: memory per listener", unit: "KiB", decimals: 1, must: 11.0, aim: 7.0,
                find: connection_memory, ..AT_MOST },
            Target { id: "chat_long_ticks", what: "chat: ticks longer than the beat", one_core: true,
                find: |runs| runs.median(together::long_ticks), ..AT_MOST },
            Target { id: "chat_joining", what: "chat: longest tick while all join", unit: "ms", must: 100.0, aim: 50.0, one_core: true,
                find: |runs| runs.median(together::joining_tick_ms), ..AT_MOST },
        ],
        ..PLAIN
    },
];

/// The scenario of this name, if there is one.
pub(crate) fn named(name: &str) -> Option<&'static Scenario> {
    SCENARIOS.iter().find(|scenario| scenario.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_scenario_says_what_it_does_and_has_a_name_of_its_own() {
        let names: HashSet<_> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
        assert_eq!(names.len(), SCENARIOS.len());
        for scenario in &SCENARIOS {
            assert!(scenario.about.len() > 20, "{}", scenario.name);
        }
    }

    #[test]
    fn every_target_has_an_id_of_its_own_and_aims_beyond_what_it_must() {
        let targets = || SCENARIOS.iter().flat_map(|scenario| scenario.targets);
        let ids: HashSet<_> = targets().map(|target| target.id).collect();
        assert_eq!(ids.len(), targets().count());
        for target in targets() {
            let strict = match target.bound {
                Bound::AtMost => target.aim <= target.must,
                Bound::AtLeast => target.aim >= target.must,
            };
            assert!(strict, "{}", target.what);
        }
    }
}
