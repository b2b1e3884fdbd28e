use super::*;

const PERIOD_US: u64 = 50_000;

/// Arrivals of 400 frames in order, each `late_us` later than with the lowest latency.
fn arrivals(late_us: impl Fn(u32) -> u64) -> Arrivals {
    let mut arrivals = Arrivals::new(PERIOD_US);
    let mut now_us = 0;
    for tick in 0..400 {
        now_us = now_us.max(7_000 + u64::from(tick) * PERIOD_US + late_us(tick));
        arrivals.push(Tick(tick), now_us);
    }
    arrivals
}

#[test]
fn an_even_beat_needs_one_period_of_buffer() {
    let mut arrivals = arrivals(|_| 0);
    assert_eq!(arrivals.buffer_us(), PERIOD_US as f64 + SPARE_US);
    assert_eq!(arrivals.server_us(7_000), 0.0);
}

#[test]
fn jitter_is_covered_but_for_the_last_twentieth() {
    // Each delay of 0, 1, … 39 ms is as frequent as the others.
    let mut arrivals = arrivals(|tick| u64::from(tick * 17 % 40) * 1_000);
    let late_us = arrivals.buffer_us() - PERIOD_US as f64 - SPARE_US;
    assert!((36_000.0..=39_000.0).contains(&late_us), "{late_us} us");
}

#[test]
fn a_stall_counts_for_as_long_as_it_lasts() {
    // One frame in 60 ends a stall of 250 ms: a twelfth of the time.
    let stalled = |tick: u32| if tick % 60 == 59 { 250_000 } else { 0 };
    assert_eq!(arrivals(stalled).buffer_us(), 300_000.0 + SPARE_US);
    // One in 200 is a fortieth: too rare to be worth the delay.
    let seldom = |tick: u32| if tick % 200 == 100 { 250_000 } else { 0 };
    assert_eq!(arrivals(seldom).buffer_us(), PERIOD_US as f64 + SPARE_US);
}

#[test]
fn skipped_ticks_are_gaps_too() {
    let mut arrivals = Arrivals::new(PERIOD_US);
    (0..400).filter(|tick| tick % 4 == 0).for_each(|tick| {
        arrivals.push(Tick(tick), u64::from(tick) * PERIOD_US);
    });
    assert_eq!(arrivals.buffer_us(), 4.0 * PERIOD_US as f64 + SPARE_US);
}

#[test]
fn a_slower_way_is_learnt_within_the_window() {
    let mut arrivals = Arrivals::new(PERIOD_US);
    for tick in 0..800 {
        let latency_us = if tick < 400 { 0 } else { 80_000 };
        arrivals.push(Tick(tick), u64::from(tick) * PERIOD_US + latency_us);
    }
    assert_eq!(arrivals.server_us(1_080_000), 1_000_000.0);
    assert_eq!(arrivals.buffer_us(), PERIOD_US as f64 + SPARE_US);
}

#[test]
fn time_that_the_server_has_lost_is_known_soon() {
    // The server stands still for 250 ms, makes up for four ticks at once and leaves two out.
    let mut arrivals = Arrivals::new(PERIOD_US);
    let at_us = |tick: u64| match tick {
        0..190 => tick * PERIOD_US,
        190..194 => 189 * PERIOD_US + 300_000,
        _ => (tick + 2) * PERIOD_US,
    };
    for tick in 0..194 {
        arrivals.push(Tick(tick), at_us(u64::from(tick)));
    }
    assert_eq!(arrivals.epoch_us, 0.0);
    let known = (194..).find(|tick| {
        arrivals.push(Tick(*tick), at_us(u64::from(*tick)));
        arrivals.epoch_us > 0.0
    });
    assert_eq!(arrivals.epoch_us, 2.0 * PERIOD_US as f64);
    let after_us = at_us(u64::from(known.unwrap())) - at_us(190);
    assert!(after_us <= 350_000, "{after_us} us");
    // The known spread of the frames is not forgotten: the stall is too short to count.
    assert_eq!(arrivals.buffer_us(), PERIOD_US as f64 + SPARE_US);
}

#[test]
fn a_stall_of_the_link_is_no_lost_time() {
    let mut arrivals = Arrivals::new(PERIOD_US);
    for tick in 0..200_u64 {
        let held_us = if (100..105).contains(&tick) { (105 - tick) * PERIOD_US } else { 0 };
        arrivals.push(Tick(tick as u32), tick * PERIOD_US + held_us);
        assert_eq!(arrivals.epoch_us, 0.0, "{tick}");
    }
}

#[test]
fn an_even_beat_has_no_jitter_even_with_ticks_skipped() {
    let mut arrivals = Arrivals::new(PERIOD_US);
    for tick in (0..500).filter(|tick| tick % 7 != 0) {
        arrivals.push(Tick(tick), 3_000 + u64::from(tick) * PERIOD_US);
    }
    assert_eq!(arrivals.jitter_us(), 0);
}

#[test]
fn jitter_is_the_mean_deviation_from_the_beat() {
    let mut arrivals = Arrivals::new(PERIOD_US);
    // Alternately in time and 10 ms late: each gap is off by 10 ms.
    for tick in 0..500 {
        arrivals.push(Tick(tick), u64::from(tick) * PERIOD_US + u64::from(tick % 2) * 10_000);
    }
    assert!((9_990..=10_000).contains(&arrivals.jitter_us()), "{} us", arrivals.jitter_us());
}

#[test]
fn a_slow_beat_is_judged_by_as_many_frames() {
    const SECOND_US: u64 = 1_000_000;
    let mut arrivals = Arrivals::new(SECOND_US);
    for tick in 0..200 {
        // Some are late by up to 200 ms, now and then two in a row.
        let late_us = u64::from(tick * 17 % 40) * 5_000;
        arrivals.push(Tick(tick), u64::from(tick) * SECOND_US + late_us);
        assert_eq!(arrivals.epoch_us, 0.0, "lateness is no lost time, tick {tick}");
        assert!(!arrivals.is_quiet(u64::from(tick + 2) * SECOND_US));
    }
    let late_us = arrivals.buffer_us() - SECOND_US as f64 - SPARE_US;
    assert!((180_000.0..=195_000.0).contains(&late_us), "{late_us} us");
    assert!(arrivals.is_quiet(215 * SECOND_US));
}
