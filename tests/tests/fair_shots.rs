//! The rail over slow links: an aim at what the screen shows hits while the server's rewind covers
//! the delay; beyond that the shooter must lead by the rest.

use std::sync::Arc;

use drumbeat_arena::{Arena, Settings};
use drumbeat_kit::screens::Screens;
use drumbeat_kit::seeds::with_seeds;
use drumbeat_shared::client::Switches;
use drumbeat_shared::game::Setup;
use drumbeat_tests::duel::{Aim, Fired, RANGE, TICK_HZ, hits, marksman, shuttle};

/// Shots fired and shots that hit over a link of this latency.
fn shoot(seed: u64, latency_ms: u32, aim: Aim, lag_compensation: bool) -> (usize, usize) {
    let setup = Setup {
        seed,
        capacity: 2,
        tick_hz: TICK_HZ,
        settings: Settings { house_bots: 0, ..Settings::default() },
    };
    let mut screens = Screens::<Arena>::new(RANGE, setup);
    let fired = Fired::default();
    let link = format!("{latency_ms}ms").parse().unwrap();
    screens.join(link, marksman(aim, Arc::clone(&fired)));
    screens.join("20ms".parse().unwrap(), shuttle());
    screens.players[0].core.switch(Switches { lag_compensation, ..Switches::default() });
    screens.play(240);
    let hits = hits(&screens.players[0]);
    let shots = fired.lock().unwrap().len();
    assert!(shots > 15, "only {shots} shots");
    (shots, hits)
}

#[test]
fn an_aim_at_the_picture_hits_over_50_and_150_ms() {
    with_seeds(2, |seed| {
        for latency_ms in [50, 150] {
            let (shots, hits) = shoot(seed, latency_ms, Aim::Seen, true);
            assert!(hits * 10 >= shots * 9, "{latency_ms} ms: {hits} of {shots}");
        }
    });
}

#[test]
fn over_300_ms_an_aim_at_the_picture_misses_and_one_that_leads_by_the_rest_hits() {
    with_seeds(2, |seed| {
        let (shots, hits) = shoot(seed, 300, Aim::Seen, true);
        assert!(hits * 10 <= shots, "{hits} of {shots}");
        let (shots, hits) = shoot(seed, 300, Aim::Led, true);
        assert!(hits * 10 >= shots * 9, "led: {hits} of {shots}");
    });
}

#[test]
fn without_lag_compensation_an_aim_at_the_picture_misses() {
    with_seeds(2, |seed| {
        let (shots, hits) = shoot(seed, 150, Aim::Seen, false);
        assert!(hits * 10 <= shots, "{hits} of {shots}");
    });
}
