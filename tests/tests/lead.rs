//! The lead of inputs, in simulated time: just enough for them to arrive in time for their tick,
//! and soon back at that after a stall.
//!
//! Both kinds of players are tested: those at screens, and those that make an input for each frame.

use drumbeat_arena::schema::THRUST;
use drumbeat_arena::{Arena, Input, Settings};
use drumbeat_kit::screens::{Pilot, Screens};
use drumbeat_shared::game::Setup;
use drumbeat_shared::rng::Rng;

/// A map without rocks or pickups.
const VOID: &str = "[rocks]\nper_view = 0.0\nfixed = []\n\n[pickups]\nrepair_per_view = 0.0\n\
                    energy_per_view = 0.0\noverdrive_per_view = 0.0\n";
/// How early inputs may arrive, plus what the steps of simulated time add.
const SPARE_US: u64 = 5_000;
/// Time between two pictures.
const PICTURE_US: u64 = 16_667;
const STALL_US: u64 = 250_000;

/// What makes inputs.
#[derive(Clone, Copy, Debug)]
enum Driver {
    Screen,
    Frames,
}

/// Takes a new heading at one in 30 of its inputs on average.
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

fn play(tick_hz: u16, link: &str, driver: Driver, players: u16) -> Screens<Arena> {
    let setup = Setup {
        seed: 1,
        capacity: players,
        tick_hz,
        settings: Settings { house_bots: 0, ..Settings::default() },
    };
    let mut screens = Screens::new(VOID, setup);
    for seed in 0..u64::from(players) {
        match driver {
            Driver::Screen => screens.join(link.parse().unwrap(), drifter(seed)),
            Driver::Frames => screens.join_by_frame(link.parse().unwrap(), drifter(seed)),
        }
    }
    screens
}

/// Runs `check` for all tick rates and drivers.
fn with_all(mut check: impl FnMut(u16, Driver)) {
    for tick_hz in [20, 30, 60] {
        [Driver::Screen, Driver::Frames].into_iter().for_each(|driver| check(tick_hz, driver));
    }
}

/// Checks that the earliest possible frame acknowledges each input of the next second, on a link of
/// 1 ms.
fn is_prompt(screens: &mut Screens<Arena>, tick_hz: u16, driver: Driver, when: &str) {
    let period_us = 1_000_000 / u64::from(tick_hz);
    let most_us = match driver {
        // After a stall it is back to within 5 ms.
        Driver::Screen => PICTURE_US + 2 * SPARE_US,
        Driver::Frames => period_us + SPARE_US,
    };
    screens.take_waits_us();
    screens.play(1);
    let waits_us = screens.take_waits_us();
    let prompt = waits_us.iter().all(|wait_us| (1..=most_us).contains(wait_us));
    assert!(prompt, "{tick_hz} Hz, {driver:?}, {when}: {waits_us:?}");
}

#[test]
fn inputs_are_shown_at_the_soonest() {
    with_all(|tick_hz, driver| {
        let mut screens = play(tick_hz, "1ms", driver, 4);
        screens.play(3);
        for second in 0..5 {
            is_prompt(&mut screens, tick_hz, driver, &format!("second {second}"));
        }
        assert_eq!(screens.take_feel().late_inputs, 0, "{tick_hz} Hz, {driver:?}");
    });
}

#[test]
fn many_that_join_at_once_are_prompt_soon() {
    with_all(|tick_hz, driver| {
        let mut screens = play(tick_hz, "1ms", driver, 64);
        // The server stops twice, as if busy with the joins.
        for _ in 0..2 {
            screens.play_us(200_000);
            screens.stop(STALL_US);
        }
        screens.play(4);
        is_prompt(&mut screens, tick_hz, driver, "after the joins");
    });
}

#[test]
fn the_lead_is_back_soon_after_the_server_stood_still() {
    with_all(|tick_hz, driver| {
        // At 60 Hz a stop leaves out twice as many ticks, and recovery takes longer.
        let stops = if tick_hz == 60 { 1 } else { 2 };
        for length_us in [60_000, 120_000, 180_000, STALL_US] {
            let mut screens = play(tick_hz, "1ms", driver, 4);
            screens.play(8);
            for _ in 0..stops {
                screens.stop(length_us);
                screens.play_us(300_000);
            }
            screens.play_us(2_700_000);
            is_prompt(&mut screens, tick_hz, driver, &format!("after {length_us} us"));
        }
    });
}

#[test]
fn the_lead_is_back_soon_after_a_stall_of_the_link() {
    with_all(|tick_hz, driver| {
        let mut screens = play(tick_hz, "1ms", driver, 4);
        screens.play(8);
        for _ in 0..2 {
            // What is sent now takes this long in either direction, and holds up what follows it.
            let stall = "500ms".parse().unwrap();
            screens.players.iter_mut().for_each(|player| player.set_link(stall));
            screens.play_us(60_000);
            let link = "1ms".parse().unwrap();
            screens.players.iter_mut().for_each(|player| player.set_link(link));
            screens.play_us(300_000);
        }
        screens.play_us(2_700_000);
        is_prompt(&mut screens, tick_hz, driver, "after the stall");
    });
}

#[test]
fn stalls_that_come_often_are_covered() {
    // Stalls fill a sixth of the time in each direction: uncovered, many inputs would be late.
    for (tick_hz, driver) in [(20, Driver::Frames), (30, Driver::Screen), (30, Driver::Frames)] {
        let mut screens = play(tick_hz, "50ms,stall=2%x250ms", driver, 16);
        screens.play(20);
        screens.take_feel();
        screens.play(60);
        let late = screens.take_feel().figures().late_input_share;
        assert!(late < 0.05, "{tick_hz} Hz, {driver:?}: {late}");
    }
}

#[test]
fn no_stall_makes_inputs_come_too_early() {
    // The stalls are longer than the server lets inputs be early at this tick rate: a lead that
    // covered them completely would lose most inputs.
    for driver in [Driver::Screen, Driver::Frames] {
        let mut screens = play(128, "50ms,stall=0.5%x500ms", driver, 8);
        screens.play(20);
        screens.take_feel();
        screens.play(60);
        let late = screens.take_feel().figures().late_input_share;
        assert!(late < 0.3, "{driver:?}: {late}");
    }
}

#[test]
fn inputs_made_by_frames_come_in_time_on_a_jittery_link() {
    for (tick_hz, link) in [(20, "200ms,jitter=60ms"), (30, "100ms,jitter=30ms"), (20, "40ms")] {
        let mut screens = play(tick_hz, link, Driver::Frames, 8);
        screens.play(10);
        screens.take_feel();
        screens.play(30);
        let figures = screens.take_feel().figures();
        assert!(figures.late_input_share < 0.01, "{link}: {figures:?}");
        assert!(figures.corrections_per_s < 0.1, "{link}: {figures:?}");
    }
}
