//! Corrections: found, counted, and drawn smoothly.

use super::*;
use crate::toy::{Steer, Toy};

const PERIOD_US: u64 = 50_000;

fn at(x: i32) -> State {
    let mut state = State::default();
    (state.fields[2], state.fields[3]) = (x, 1_000);
    state
}

fn x(prediction: &Prediction<Toy>, now_us: u64) -> f32 {
    prediction.draw(now_us).unwrap().1[2]
}

/// A dot at `x` = 1000 that was steered by `Steer(6, 0)` ten times, all but two acknowledged.
fn steered() -> (Prediction<Toy>, u64) {
    let mut prediction = Prediction::<Toy>::new(PERIOD_US);
    let mut server = at(1_000);
    assert_eq!(prediction.reconcile(&0, Some(&server), 0, 0), None);
    for seq in 1..=10 {
        let now_us = u64::from(seq) * PERIOD_US;
        prediction.input(&0, seq, Steer(6, 0), now_us);
        if seq > 2 {
            step::<Toy>(&0, &mut server, &Steer(6, 0));
            let correction = prediction.reconcile(&0, Some(&server), seq - 2, now_us);
            assert_eq!(correction, None, "the server did what was predicted");
        }
    }
    assert_eq!(prediction.pending(), 2);
    assert_eq!(prediction.now().unwrap().fields[2], 1_060);
    (prediction, 10 * PERIOD_US)
}

#[test]
fn inputs_apply_at_once_and_are_drawn_evenly() {
    let (mut prediction, mut now_us) = steered();
    let mut last = x(&prediction, now_us);
    for seq in 11..30 {
        for share in 1..=10 {
            let drawn = x(&prediction, now_us + share * PERIOD_US / 10);
            assert!((drawn - last - 0.6).abs() < 0.01, "from {last} to {drawn}");
            last = drawn;
        }
        now_us += PERIOD_US;
        prediction.input(&0, seq, Steer(6, 0), now_us);
    }
}

#[test]
fn a_correction_is_taken_back_smoothly() {
    for (off, size) in [(200, 200), (-200, 200), (1_900, 1_900)] {
        let (mut prediction, now_us) = steered();
        // The server has acknowledged all, and is elsewhere.
        let now_us = now_us + 20_000;
        let before = x(&prediction, now_us);
        assert_eq!(prediction.reconcile(&0, Some(&at(1_060 + off)), 10, now_us), Some(size));
        assert_eq!(
            prediction.now().unwrap().fields[2],
            1_060 + off,
            "rules know the truth at once"
        );
        assert!((x(&prediction, now_us) - before).abs() < 0.01, "it jumps by the correction");
        // In steps of a hundredth of the time, none is larger than a few hundredths of the way.
        let mut last = before;
        for share in 1..=100 {
            let drawn = x(&prediction, now_us + share * SMOOTHING_US as u64 / 100);
            let way = (drawn - last).abs();
            assert!(way <= off.abs() as f32 * 0.03 + 1.0, "{way} at once of {off}");
            last = drawn;
        }
        assert!((last - (1_060 + off) as f32).abs() < 0.01, "{last} in the end");
    }
}

#[test]
fn corrections_in_quick_succession_add_up_smoothly() {
    let (mut prediction, mut now_us) = steered();
    let mut last = x(&prediction, now_us);
    for round in 1..=20 {
        now_us += 10_000;
        let drawn = x(&prediction, now_us);
        assert!((drawn - last).abs() < 60.0, "from {last} to {drawn}");
        assert!(prediction.reconcile(&0, Some(&at(1_060 + 30 * round)), 10, now_us).is_some());
        last = x(&prediction, now_us);
        assert!((last - drawn).abs() < 0.1, "from {drawn} to {last} by a correction");
    }
    let end_us = now_us + SMOOTHING_US as u64;
    assert!((x(&prediction, end_us) - 1_660.0).abs() < 0.01);
}

#[test]
fn a_large_correction_is_shown_at_once() {
    // With all inputs acknowledged, and with two more to be played again.
    for (ack, ahead) in [(10, 0), (8, 12)] {
        let (mut prediction, now_us) = steered();
        let now_us = now_us + 20_000;
        let correction = prediction.reconcile(&0, Some(&at(3_960)), ack, now_us);
        assert_eq!(correction, Some(2_900 + ahead));
        // Up to the motion of the last step.
        for after_us in [0, 10_000, PERIOD_US] {
            let off = x(&prediction, now_us + after_us) - (3_960 + ahead) as f32;
            assert!((-6.0..=0.0).contains(&off), "off by {off} after {after_us} us");
        }
    }
}

#[test]
fn without_an_avatar_nothing_is_drawn() {
    let (mut prediction, now_us) = steered();
    assert_eq!(prediction.reconcile(&0, None, 10, now_us), None);
    assert!(prediction.draw(now_us).is_none());
    assert_eq!(prediction.reconcile(&0, Some(&at(5)), 10, now_us), None, "a birth is no error");
    assert!((x(&prediction, now_us) - 5.0).abs() < 0.01);
}

#[test]
fn inputs_that_are_never_acknowledged_are_bounded() {
    let (mut prediction, now_us) = steered();
    for seq in 11..2_000 {
        prediction.input(&0, seq, Steer(0, 0), now_us);
    }
    assert_eq!(prediction.pending(), PENDING_INPUTS_MAX);
}
