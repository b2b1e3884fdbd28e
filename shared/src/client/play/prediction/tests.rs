//! Corrections: found, counted, and drawn smoothly.

use super::*;
use crate::client::play::drawing::SMOOTHING_US;
use crate::toy::{self, Steer, Toy};

const PERIOD_US: u64 = 50_000;

fn at(x: i32) -> State {
    let mut state = State::default();
    (state.fields[2], state.fields[3]) = (x, 1_000);
    state
}

/// Reconciles with the server's state of a tick, at a time (microseconds) of an own clock that is
/// at tick 0 at time 0.
fn receive(
    prediction: &mut Prediction<Toy>,
    avatar: Option<&State>,
    tick: u32,
    now_us: u64,
) -> Option<Correction> {
    let truth = Truth { tick: Tick(tick), avatar, is_new: false, private: &Private::default() };
    let own_ticks = now_us as f64 / PERIOD_US as f64;
    prediction.reconcile(toy::at(0), &truth, Switches::default(), Now { us: now_us, own_ticks })
}

fn x(prediction: &Prediction<Toy>, now_us: u64) -> f32 {
    let own_ticks = now_us as f64 / PERIOD_US as f64;
    prediction.draw(toy::at(0), Now { us: now_us, own_ticks }).unwrap().1[2]
}

fn eased(size: u32) -> Option<Correction> {
    Some(Correction { size, snapped: false })
}

/// A dot that started at `x` = 1000 and was steered by `Steer(6, 0)` ten times; the server has
/// confirmed all but the last two.
fn moved_dot() -> (Prediction<Toy>, u64) {
    let mut prediction = Prediction::<Toy>::new(PERIOD_US);
    let mut server = at(1_000);
    assert_eq!(receive(&mut prediction, Some(&server), 0, 0), None);
    prediction.hold(Steer(6, 0));
    for tick in 1..=10 {
        let now_us = u64::from(tick) * PERIOD_US;
        prediction.input(toy::at(tick));
        if tick > 2 {
            Toy::control(&mut server, &Steer(6, 0));
            Toy::predict(toy::at(0), &mut server);
            let correction = receive(&mut prediction, Some(&server), tick - 2, now_us);
            assert_eq!(correction, None, "the server did what was predicted");
        }
    }
    assert_eq!(prediction.pending(), 2);
    assert_eq!(prediction.now().unwrap().fields[2], 1_060);
    (prediction, 10 * PERIOD_US)
}

#[test]
fn inputs_apply_at_once_and_are_drawn_evenly() {
    let (mut prediction, mut now_us) = moved_dot();
    let mut last = x(&prediction, now_us);
    for tick in 11..30 {
        for share in 1..=10 {
            let drawn = x(&prediction, now_us + share * PERIOD_US / 10);
            assert!((drawn - last - 0.6).abs() < 0.01, "from {last} to {drawn}");
            last = drawn;
        }
        now_us += PERIOD_US;
        prediction.input(toy::at(tick));
    }
}

#[test]
fn controls_are_drawn_before_their_input_is_made() {
    let (mut prediction, now_us) = moved_dot();
    assert!(prediction.hold(Steer(-9, 0)));
    assert!(!prediction.hold(Steer(-9, 0)));
    assert!((x(&prediction, now_us + PERIOD_US / 2) - (1_060.0 - 4.5)).abs() < 0.01);
    prediction.input(toy::at(11));
    assert!((x(&prediction, now_us + PERIOD_US) - (1_060.0 - 9.0)).abs() < 0.01);
}

#[test]
fn ticks_that_are_left_out_keep_the_controls_as_on_the_server() {
    let (mut prediction, now_us) = moved_dot();
    // The next input is for tick 14: in 11 to 13 the server keeps the last controls.
    prediction.hold(Steer(-5, 0));
    prediction.input(toy::at(14));
    assert_eq!(prediction.now().unwrap().fields[2], 1_060 + 3 * 6 - 5);
    let mut server = at(1_048);
    server.fields[0] = 6;
    assert_eq!(receive(&mut prediction, Some(&server), 8, now_us), None);
    server.fields[2] += 4 * 6;
    assert_eq!(receive(&mut prediction, Some(&server), 12, now_us), None);
    assert_eq!(prediction.pending(), 1);
}

#[test]
fn a_correction_is_taken_back_smoothly() {
    for (off, size) in [(200, 200), (-200, 200), (1_900, 1_900)] {
        let (mut prediction, now_us) = moved_dot();
        // The server has applied all inputs, and is elsewhere.
        prediction.hold(Steer(0, 0));
        let now_us = now_us + 20_000;
        let before = x(&prediction, now_us);
        assert_eq!(receive(&mut prediction, Some(&at(1_060 + off)), 10, now_us), eased(size));
        assert_eq!(
            prediction.now().unwrap().fields[2],
            1_060 + off,
            "rules know the truth at once"
        );
        assert!((x(&prediction, now_us) - before).abs() < 0.01, "it jumps by the correction");
        // In steps of a hundredth of the time, no step is larger than a few hundredths of the
        // whole.
        let mut last = before;
        for share in 1..=100 {
            let drawn = x(&prediction, now_us + share * SMOOTHING_US / 100);
            let moved = (drawn - last).abs();
            assert!(moved <= off.abs() as f32 * 0.03 + 1.0, "{moved} at once of {off}");
            last = drawn;
        }
        assert!((last - (1_060 + off) as f32).abs() < 0.01, "{last} in the end");
    }
}

#[test]
fn corrections_in_quick_succession_add_up_smoothly() {
    let (mut prediction, mut now_us) = moved_dot();
    prediction.hold(Steer(0, 0));
    let mut last = x(&prediction, now_us);
    for round in 1..=20 {
        now_us += 10_000;
        let drawn = x(&prediction, now_us);
        assert!((drawn - last).abs() < 60.0, "from {last} to {drawn}");
        assert!(receive(&mut prediction, Some(&at(1_060 + 30 * round)), 10, now_us).is_some());
        last = x(&prediction, now_us);
        assert!((last - drawn).abs() < 0.1, "from {drawn} to {last} by a correction");
    }
    let end_us = now_us + SMOOTHING_US;
    assert!((x(&prediction, end_us) - 1_660.0).abs() < 0.01);
}

#[test]
fn a_large_correction_is_shown_at_once() {
    // With all inputs confirmed, and with two more to replay.
    for (tick, ahead) in [(10, 0), (8, 12)] {
        let (mut prediction, now_us) = moved_dot();
        prediction.hold(Steer(0, 0));
        let now_us = now_us + 20_000;
        let correction = receive(&mut prediction, Some(&at(3_960)), tick, now_us);
        assert_eq!(correction, Some(Correction { size: 2_900 + ahead, snapped: true }));
        for after_us in [0, 10_000, PERIOD_US] {
            let off = x(&prediction, now_us + after_us) - (3_960 + ahead) as f32;
            assert!(off.abs() < 0.01, "off by {off} after {after_us} us");
        }
    }
}

#[test]
fn without_reconciliation_the_prediction_goes_its_own_way() {
    let (mut prediction, now_us) = moved_dot();
    let truth =
        Truth { tick: Tick(9), avatar: Some(&at(5)), is_new: false, private: &Private::default() };
    let switches = Switches { reconciliation: false, ..Switches::default() };
    assert_eq!(
        prediction.reconcile(toy::at(0), &truth, switches, Now { us: now_us, own_ticks: 10.0 }),
        None
    );
    assert_eq!(prediction.now().unwrap().fields[2], 1_060);
    assert_eq!(prediction.pending(), 1);
}

#[test]
fn without_an_avatar_nothing_is_drawn() {
    let (mut prediction, now_us) = moved_dot();
    assert_eq!(receive(&mut prediction, None, 10, now_us), None);
    assert!(prediction.draw(toy::at(0), Now { us: now_us, own_ticks: 10.0 }).is_none());
    assert_eq!(receive(&mut prediction, Some(&at(5)), 10, now_us), None, "a birth is no error");
    assert!((x(&prediction, now_us) - 5.0).abs() < 0.01);
}

#[test]
fn inputs_that_are_never_told_are_bounded() {
    let (mut prediction, _) = moved_dot();
    (11..2_000).for_each(|tick| _ = prediction.input(toy::at(tick)));
    assert_eq!(prediction.pending(), PENDING_INPUTS_MAX);
}
