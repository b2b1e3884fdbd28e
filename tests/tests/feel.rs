//! How the game feels over links from good to bad: the clocks, predictions and pictures of players
//! at screens, in simulated time.

use drumbeat_arena::brain::{Brain, Skill};
use drumbeat_arena::schema::{GRID, THRUST};
use drumbeat_arena::{Arena, Input, Settings, Ship, Thing};
use drumbeat_kit::screens::{Pilot, Screen, Screens};
use drumbeat_kit::seeds::with_seeds;
use drumbeat_shared::client::{Conditions, Feel, Switches};
use drumbeat_shared::game::Setup;
use drumbeat_shared::rng::Rng;
use drumbeat_shared::typed::{EntitySet as _, Member as _};

const TICK_HZ: u16 = 30;
/// A map without rocks or pickups.
const VOID: &str = "[rocks]\nper_view = 0.0\nfixed = []\n\n[pickups]\nrepair_per_view = 0.0\n\
                    energy_per_view = 0.0\noverdrive_per_view = 0.0\n";

fn setup(seed: u64) -> Setup<Settings> {
    Setup {
        seed,
        capacity: 16,
        tick_hz: TICK_HZ,
        settings: Settings { house_bots: 0, ..Settings::default() },
    }
}

/// Takes a new heading twice a second on average.
fn drifter(seed: u64) -> Pilot<Arena> {
    let mut rng = Rng::new(seed);
    let mut input = Input { buttons: THRUST, ..Input::default() };
    Box::new(move |_, _| {
        if rng.one_in(30) {
            input.steer = rng.bits() as u8;
        }
        input
    })
}

/// Plays to win.
fn fighter(seed: u64) -> Pilot<Arena> {
    let mut brain = Brain::new(seed, Skill::REGULAR);
    let mut decided = (None, Input::default());
    Box::new(move |screen, _| {
        // Decides once a tick, as the brain requires.
        if decided.0 != screen.core.tick() {
            let own = screen.core.map().zip(screen.core.own());
            let visible = screen.core.visible().map(|seen| Thing::read(&seen.state));
            let own = own.and_then(|(map, own)| Some((map, Ship::read(own)?)));
            let input = own.map(|(map, own)| brain.decide(map, &own, visible));
            decided = (screen.core.tick(), input.unwrap_or_default());
        }
        decided.1
    })
}

/// How it feels to eight players over this link for a minute, after ten seconds to adapt to it.
fn feel(seed: u64, link: &str, pilot: fn(u64) -> Pilot<Arena>) -> Feel {
    let mut screens = Screens::<Arena>::new(VOID, setup(seed));
    let link: Conditions = link.parse().unwrap();
    (0..8).for_each(|number| screens.join(link, pilot(seed * 100 + number)));
    screens.play(10);
    screens.take_feel();
    screens.play(60);
    let feel = screens.take_feel();
    assert!(feel.pictures > 20_000 && feel.inputs > 8_000, "{feel:?}");
    for player in &screens.players {
        let stats = player.core.stats();
        assert!(stats.checksums > 100 && stats.mismatches == 0, "{stats:?}");
    }
    feel
}

#[test]
fn a_round_ends_and_begins_without_a_wrong_picture() {
    with_seeds(2, |seed| {
        let settings = Settings { house_bots: 0, round_minutes: 0.1, ..Settings::default() };
        let mut screens = Screens::<Arena>::new(VOID, Setup { settings, ..setup(seed) });
        let link: Conditions = "100ms".parse().unwrap();
        (0..8).for_each(|number| screens.join(link, drifter(seed * 100 + number)));
        screens.play(3);
        screens.take_feel();
        // Two rounds of 14 s begin meanwhile.
        screens.play(28);
        let feel = screens.take_feel();
        assert_eq!((feel.jumps, feel.withdrawn), (0, 0), "{feel:?}");
        assert!(feel.janky <= feel.touching, "{feel:?}");
        assert_eq!(feel.figures().corrections_per_s, 0.0, "{feel:?}");
        for player in &screens.players {
            let number = player.core.tick().map_or(0, |tick| tick.0 / 420);
            assert_eq!(number, 2, "it has begun the third round");
        }
    });
}

#[test]
fn who_is_dead_when_a_round_begins_flies_on_even_over_a_slow_link() {
    // Longer than a podium.
    let map = format!("{VOID}\n[ships]\nrespawn_s = 10.0\n");
    with_seeds(2, |seed| {
        let mut dead = 0;
        let settings = Settings { house_bots: 0, round_minutes: 0.1, ..Settings::default() };
        let mut screens = Screens::<Arena>::new(&map, Setup { settings, ..setup(seed) });
        let link: Conditions = "300ms".parse().unwrap();
        (0..12).for_each(|number| screens.join(link, fighter(seed * 100 + number)));
        // A round lasts 14 s, and what is seen of it is about as late as the link.
        screens.play_us(500_000);
        let flies = |player: &Screen<Arena>| player.core.own().is_some();
        for _ in 0..3 {
            screens.play(12);
            dead += screens.players.iter().filter(|player| !flies(player)).count();
            screens.take_feel();
            screens.play(2);
            assert!(screens.players.iter().all(flies), "somebody is still dead");
            let feel = screens.take_feel();
            assert_eq!(feel.jumps, 0, "{feel:?}");
        }
        for player in &screens.players {
            assert_eq!(player.core.stats().mismatches, 0);
        }
        assert!(dead > 0, "nobody was dead when a round began");
    });
}

#[test]
fn over_a_good_link_nothing_is_felt() {
    with_seeds(2, |seed| {
        let feel = feel(seed, "20ms", drifter);
        let figures = feel.figures();
        assert_eq!((figures.corrections_per_s, figures.starved_share), (0.0, 0.0), "{figures:?}");
        assert_eq!((figures.jumps, figures.late_input_share), (0, 0.0), "{figures:?}");
        // Who bumps into another one may stand for a picture.
        assert!(feel.janky <= feel.touching, "{feel:?}");
    });
}

#[test]
fn a_jitter_of_30_ms_around_100_is_hardly_felt() {
    with_seeds(2, |seed| {
        for pilot in [drifter, fighter] {
            let figures = feel(seed, "100ms,jitter=30ms", pilot).figures();
            assert!(figures.correction_p99 < GRID as u32, "{figures:?}");
            assert!(figures.starved_share < 0.005, "{figures:?}");
            assert!(figures.jank_share < 0.005, "{figures:?}");
            assert_eq!(figures.jumps, 0, "{figures:?}");
        }
    });
}

#[test]
fn stalls_are_bridged_and_over_at_once() {
    with_seeds(2, |seed| {
        let feel = feel(seed, "50ms,stall=1%x250ms", drifter);
        assert!(feel.recovery_ticks_100.total() > 10, "{feel:?}");
        let figures = feel.figures();
        assert!(figures.starved_share < 0.03, "{figures:?}");
        assert!(figures.recovery_ticks_p99 <= 2.0, "{figures:?}");
        assert_eq!(figures.jumps, 0, "{figures:?}");
    });
}

/// In simulated time, since in a browser a busy machine delays pictures and frames, which looks the
/// same.
#[test]
fn nobody_jumps_over_a_link_with_all_that_can_be_wrong() {
    with_seeds(2, |seed| {
        for pilot in [drifter, fighter] {
            let figures = feel(seed, "150ms,jitter=50ms,stall=1%x250ms", pilot).figures();
            assert_eq!(figures.jumps, 0, "{figures:?}");
            assert!(figures.jump_max > 0.0, "nobody moved: {figures:?}");
        }
    });
}

#[test]
fn own_shots_are_confirmed() {
    with_seeds(2, |seed| {
        let figures = feel(seed, "100ms,jitter=30ms", fighter).figures();
        assert!(figures.matched > 200, "{figures:?}");
        assert!(figures.withdrawn * 20 < figures.matched, "{figures:?}");
    });
}

#[test]
fn inputs_come_just_in_time_and_no_sooner() {
    for (link, rtt_ms, jitter_ms) in
        [("0ms", 0.0, 0.0), ("80ms", 80.0, 0.0), ("200ms,jitter=60ms", 200.0, 60.0)]
    {
        let mut screens = Screens::<Arena>::new(VOID, setup(1));
        (0..4).for_each(|seed| screens.join(link.parse().unwrap(), drifter(seed)));
        screens.play(20);
        screens.take_feel();
        screens.play(20);
        let figures = screens.take_feel().figures();
        assert!(figures.late_input_share < 0.03, "{link}: {figures:?}");
        let now_us = screens.now_us;
        for player in &mut screens.players {
            let lead_ms = player.core.live(now_us).lead_ms;
            // Two pictures' time (inputs wait for one; one is slack) and 10 ms to spare.
            let most_ms = rtt_ms + jitter_ms + 2_000.0 / 60.0 + 10.0;
            assert!(lead_ms < most_ms, "{link}: {lead_ms} ms ahead");
        }
    }
}

#[test]
fn a_link_that_becomes_another_is_followed() {
    let mut screens = Screens::<Arena>::new(VOID, setup(1));
    (0..4).for_each(|seed| screens.join("0ms".parse().unwrap(), drifter(seed)));
    screens.play(10);
    let links = [("200ms,jitter=50ms", 320.0), ("0ms", 60.0), ("300ms", 370.0), ("20ms", 80.0)];
    for (link, lead_ms_max) in links {
        let conditions = link.parse().unwrap();
        screens.players.iter_mut().for_each(|player| player.set_link(conditions));
        screens.play(20);
        screens.take_feel();
        screens.play(20);
        let now_us = screens.now_us;
        let figures = screens.take_feel().figures();
        assert!(figures.late_input_share < 0.02, "{link}: {figures:?}");
        assert!(figures.starved_share < 0.005 && figures.jumps == 0, "{link}: {figures:?}");
        for player in &mut screens.players {
            let live = player.core.live(now_us);
            assert!(live.lead_ms < lead_ms_max, "{link}: {live:?}");
        }
    }
}

#[test]
fn a_server_that_loses_time_is_followed() {
    let mut screens = Screens::<Arena>::new(VOID, setup(1));
    (0..4).for_each(|seed| screens.join("40ms".parse().unwrap(), drifter(seed)));
    screens.play(10);
    // First one halt that is longer than inputs may be ahead, then halts for a tenth of the time.
    for halts in [&[2_000_000_u64][..], &[100_000; 20]] {
        for halt_us in halts {
            screens.halt(*halt_us);
            screens.play(1);
        }
        screens.play(3);
        screens.take_feel();
        screens.play(10);
        let figures = screens.take_feel().figures();
        assert!(figures.late_input_share < 0.01, "{figures:?}");
        assert!(figures.starved_share < 0.01 && figures.jumps == 0, "{figures:?}");
        assert!(figures.correction_p99 < GRID as u32, "{figures:?}");
    }
}

#[test]
fn the_controls_are_late_on_the_screen_without_prediction() {
    let display_ms = |prediction| {
        let mut screens = Screens::<Arena>::new(VOID, setup(1));
        screens.join("150ms".parse().unwrap(), drifter(1));
        let switches = Switches { prediction, ..Switches::default() };
        screens.players[0].core.switch(switches);
        screens.play(30);
        screens.take_feel().figures().input_to_display_ms_p50
    };
    assert!(display_ms(true) < 40.0);
    assert!(display_ms(false) > 150.0);
}
