//! The view clock with frames that arrive evenly, late, or not at all.

use super::*;
use crate::client::play::arrivals::Arrivals;
use crate::client::play::clock::DilatedClock;
use crate::client::play::drawing::SMOOTHING_US;
use crate::schema::Field;
use crate::toy::{TOUCH, Toy, at};

const PERIOD_US: u64 = 50_000;
const DRAW_US: u64 = 16_667;
/// Grid units a tick.
const SPEED: i32 = 9;

/// The state of a dot that moves evenly.
fn dot(tick: u32) -> Seen {
    let mut state = State::default();
    (state.fields[0], state.fields[2]) = (SPEED, SPEED * tick as i32);
    Seen { key: 1, state }
}

/// Plays frames that arrive as `arrival_us` says (`None`: never) for 200 ticks, and draws all the
/// time. Returns when each picture was drawn, and where it showed the dot.
fn play(arrival_us: impl Fn(u32) -> Option<u64>) -> Vec<(u64, f32)> {
    let mut path = Arrivals::new(PERIOD_US);
    let mut clock = DilatedClock::new(0.1, 500_000.0);
    let mut timeline = Timeline::new(PERIOD_US);
    let mut arrivals: Vec<(u64, u32)> =
        (0..200).filter_map(|tick| Some((arrival_us(tick)?, tick))).collect();
    arrivals.sort_unstable();
    let mut coming = arrivals.into_iter().peekable();
    let mut pictures = Vec::new();
    for draw in 0..200 * PERIOD_US / DRAW_US {
        let now_us = draw * DRAW_US;
        while let Some((at_us, tick)) = coming.next_if(|(at_us, _)| *at_us <= now_us) {
            path.push(Tick(tick), at_us);
            timeline.push::<Toy>(at(tick), [dot(tick)].into_iter());
        }
        let view_time_us = clock.advance(path.server_us(now_us) - path.buffer_us(), now_us);
        timeline.draw::<Toy>(at(0), view_time_us, now_us, |_, _, fields, _| {
            pictures.push((now_us, fields[2]));
        });
    }
    pictures
}

/// How far the dot moves from each picture to the next, with the time of the next.
fn moves(pictures: &[(u64, f32)]) -> Vec<(u64, f32)> {
    pictures.windows(2).map(|pair| (pair[1].0, pair[1].1 - pair[0].1)).collect()
}

/// How far the dot moves between two pictures when the view clock runs at the server's rate.
fn even_move() -> f32 {
    SPEED as f32 * DRAW_US as f32 / PERIOD_US as f32
}

/// The view clock may run a tenth faster or slower.
fn check_moves(moves: &[(u64, f32)]) {
    let (least, most) = (even_move() * 0.89, even_move() * 1.11);
    for (at_us, moved) in moves {
        assert!((least..=most).contains(moved), "moved by {moved} at {at_us} us");
    }
}

#[test]
fn frames_that_come_evenly_are_drawn_evenly() {
    let pictures = play(|tick| Some(u64::from(tick) * PERIOD_US + 30_000));
    let steady = &pictures[120..];
    assert!(steady.len() > 400);
    for (at_us, moved) in moves(steady) {
        assert!((moved - even_move()).abs() < 0.05, "moved by {moved} at {at_us} us");
    }
    // A tick behind the newest frame: up to two ticks old, and the 30 ms of the path.
    for (at_us, x) in steady {
        let truth = SPEED as f32 * *at_us as f32 / PERIOD_US as f32;
        let behind_ms = (truth - x) / SPEED as f32 * PERIOD_US as f32 / 1e3;
        assert!((30.0..=130.0).contains(&behind_ms), "{behind_ms} ms behind at {at_us} us");
    }
}

#[test]
fn frames_that_come_unevenly_are_drawn_evenly() {
    // Up to 40 ms late, in turn.
    let pictures =
        play(|tick| Some(u64::from(tick) * PERIOD_US + u64::from(tick * 7 % 5) * 10_000));
    check_moves(&moves(&pictures[120..]));
}

/// Frames of ticks 170 to 175 are missing or late. The dot moves on, holds, and catches up without
/// a jump with the next frame.
fn check_stall(arrival_us: impl Fn(u32) -> Option<u64>) {
    let again_us = 176 * PERIOD_US;
    let pictures = play(arrival_us);
    let moves = moves(&pictures[100..]);
    for (at_us, moved) in &moves {
        assert!((0.0..=even_move() * 2.0).contains(moved), "moved by {moved} at {at_us} us");
    }
    // The last frame before shows tick 169; a tick of delay and the extrapolation follow it.
    let held_us = 169 * PERIOD_US + EXTRAPOLATION_US as u64 + PERIOD_US;
    for (at_us, moved) in &moves {
        let may_hold = (held_us..again_us + DRAW_US).contains(at_us);
        assert!(may_hold || *moved >= even_move() * 0.89, "moved by {moved} at {at_us} us");
    }
    let held = moves.iter().filter(|(_, moved)| *moved < 0.01).count();
    assert!(held > 0, "the stall was too short to test anything");
    // Where it would be without a stall, once it is eased.
    let (at_us, x) =
        pictures.iter().find(|(at_us, _)| *at_us > again_us + 4 * SMOOTHING_US).unwrap();
    let behind = SPEED as f32 * *at_us as f32 / PERIOD_US as f32 - x;
    let most = SPEED as f32 * (PERIOD_US as f32 * 1.2) / PERIOD_US as f32;
    assert!((0.0..most).contains(&behind), "{behind} grid units behind");
}

#[test]
fn drawing_goes_on_at_once_after_a_stall_in_which_frames_were_skipped() {
    check_stall(|tick| (!(170..176).contains(&tick)).then_some(u64::from(tick) * PERIOD_US));
}

#[test]
fn drawing_goes_on_at_once_after_a_stall_whose_frames_come_in_one_burst() {
    check_stall(|tick| {
        let stalled = (170..176).contains(&tick);
        Some(u64::from(if stalled { 176 } else { tick }) * PERIOD_US)
    });
}

#[test]
fn a_lost_clock_jumps_to_the_present() {
    // Nothing for two seconds, as in a hidden tab.
    let pictures =
        play(|tick| (!(100..140).contains(&tick)).then_some(u64::from(tick) * PERIOD_US));
    let (at_us, x) = pictures.iter().find(|(at_us, _)| *at_us > 141 * PERIOD_US).unwrap();
    let behind = SPEED as f32 * *at_us as f32 / PERIOD_US as f32 - x;
    assert!(behind.abs() < 5.0 * SPEED as f32, "{behind} grid units behind");
}

#[test]
fn a_turn_goes_the_shorter_way_round() {
    let field = Field::outcome("heading", 0, 255).turn();
    let at = |heading| {
        let mut state = State::default();
        state.fields[0] = heading;
        state
    };
    let check = |from, to, half| {
        assert_eq!(blend(&[field], &at(from), &at(to), 0.5)[0], half, "{from} to {to}");
    };
    check(10, 20, 15.0);
    check(250, 4, 255.0);
    check(4, 250, -1.0);
    check(0, 100, 50.0);
}

#[test]
fn skipped_ticks_are_filled_by_the_games_own_movement() {
    let mut timeline = Timeline::new(PERIOD_US);
    timeline.draw::<Toy>(at(0), 0.0, 0, |_, _, _, _| {});
    timeline.push::<Toy>(at(10), [dot(10)].into_iter());
    // By prediction it comes to 126; it has come 12 further.
    let mut ends = dot(14);
    ends.state.fields[2] += 12;
    timeline.push::<Toy>(at(14), [ends].into_iter());
    let places: Vec<_> =
        timeline.frames.iter().map(|frame| frame.visible[0].state.fields[2]).collect();
    assert_eq!(places, [90, 99 + 3, 108 + 6, 117 + 9, 126 + 12]);
}

#[test]
fn who_enters_is_drawn_from_its_frame_on_and_who_leaves_moves_until_it_is_gone() {
    let mut timeline = Timeline::new(PERIOD_US);
    timeline.draw::<Toy>(at(0), 0.0, 0, |_, _, _, _| {});
    let other = |tick| Seen { key: 2, ..dot(tick) };
    timeline.push::<Toy>(at(10), [dot(10)].into_iter());
    timeline.push::<Toy>(at(11), [other(11)].into_iter());
    timeline.push::<Toy>(at(12), [other(12)].into_iter());
    let mut drawn_at = |ticks: f64| {
        let mut drawn = Vec::new();
        timeline.draw::<Toy>(at(0), ticks * PERIOD_US as f64, 0, |key, _, fields, _| {
            drawn.push((key, fields[2]));
        });
        drawn
    };
    assert_eq!(drawn_at(10.5), [(1, 94.5)]);
    assert_eq!(drawn_at(11.5), [(2, 103.5)]);
}

#[test]
fn dots_that_were_about_to_touch_are_known_though_one_is_gone() {
    // Two dots, `apart` between them, move 9 units a tick towards each other.
    let dot = |key: u32, x: i32, dx: i32| {
        let mut state = State::default();
        (state.fields[0], state.fields[2]) = (dx, 1_000 + x);
        Seen { key, state }
    };
    let touching = |apart: i32| {
        let mut timeline = Timeline::new(PERIOD_US);
        timeline.draw::<Toy>(at(0), 0.0, 0, |_, _, _, _| {});
        let both = [dot(1, 0, SPEED), dot(2, apart, -SPEED)];
        timeline.push::<Toy>(at(10), both.into_iter());
        timeline.push::<Toy>(at(11), [dot(1, 9, -SPEED)].into_iter());
        timeline.was_touching::<Toy>(at(11), 1)
    };
    assert!(touching(TOUCH + SPEED));
    assert!(!touching(TOUCH + 10 * SPEED));
}
