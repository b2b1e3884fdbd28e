use super::*;

const PERIOD_US: u64 = 50_000;

/// Arrivals of 400 frames, each so much later than on the fastest way, in order.
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
    // Each of 0, 1, … 39 ms late as often as the others.
    let mut arrivals = arrivals(|tick| u64::from(tick * 17 % 40) * 1_000);
    let late_us = arrivals.buffer_us() - PERIOD_US as f64 - SPARE_US;
    assert!((36_000.0..=39_000.0).contains(&late_us), "{late_us} us");
}

#[test]
fn a_stall_counts_for_as_long_as_it_lasts() {
    // One frame in 60 ends a stall of 250 ms: a twelfth of the time.
    let stalled = |tick: u32| if tick % 60 == 59 { 250_000 } else { 0 };
    assert_eq!(arrivals(stalled).buffer_us(), 300_000.0 + SPARE_US);
    // One in 200 is a fortieth: too seldom to be worth the delay.
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
        let way_us = if tick < 400 { 0 } else { 80_000 };
        arrivals.push(Tick(tick), u64::from(tick) * PERIOD_US + way_us);
    }
    assert_eq!(arrivals.server_us(1_080_000), 1_000_000.0);
    assert_eq!(arrivals.buffer_us(), PERIOD_US as f64 + SPARE_US);
}

fn pong(rtt_us: u32, margin_us: Option<i32>) -> Pong {
    Pong { rtt_us, margin_us, late: 0 }
}

#[test]
fn the_lead_makes_inputs_come_just_in_time() {
    let period_us = PERIOD_US as f64;
    let mut lead = Lead::default();
    assert_eq!(lead.wanted_us(period_us), 2.0 * period_us);
    lead.report(&pong(80_000, None), 0.0);
    assert_eq!(lead.wanted_us(period_us), 80_000.0 + period_us);
    // They came 40 ms early with a lead of 130.
    lead.report(&pong(95_000, Some(40_000)), 130_000.0);
    assert_eq!(lead.wanted_us(period_us), 90_000.0 + MARGIN_US);
    // Then 20 late.
    lead.report(&pong(95_000, Some(-20_000)), 93_000.0);
    assert_eq!(lead.wanted_us(period_us), 113_000.0 + MARGIN_US);
    // Once that is forgotten, they may come a little sooner than they must.
    (0..REPORTS_MAX).for_each(|_| lead.report(&pong(80_000, Some(MARGIN_US as i32)), 83_000.0));
    assert_eq!(lead.wanted_us(period_us), 83_000.0 + SLACK_US);
    // One bad report among many is passed over, a second is not.
    lead.report(&pong(80_000, Some(-50_000)), 103_000.0);
    assert_eq!(lead.wanted_us(period_us), 83_000.0 + SLACK_US);
    lead.report(&pong(80_000, Some(-45_000)), 103_000.0);
    assert_eq!(lead.wanted_us(period_us), 148_000.0 + MARGIN_US);
}

#[test]
fn inputs_that_are_all_far_too_late_make_the_lead_longer() {
    let mut lead = Lead::default();
    let late = Pong { rtt_us: 80_000, margin_us: None, late: 15 };
    (1..=20_u32).for_each(|_| lead.report(&late, lead.wanted_us(PERIOD_US as f64)));
    assert!(lead.wanted_us(PERIOD_US as f64) > 1_000_000.0, "{lead:?}");
}

#[test]
fn a_clock_is_steered_without_a_jump() {
    let mut clock = Steered::new(0.1, 500_000.0);
    let mut last_us = clock.advance(1_000_000.0, 0);
    assert_eq!(last_us, 1_000_000.0);
    for step in 1..300_u64 {
        // From here on it should be 100 ms ahead.
        let now_us = step * 10_000;
        let at_us = clock.advance(1_100_000.0 + now_us as f64, now_us);
        let way_us = at_us - last_us;
        assert!((10_000.0..=11_000.1).contains(&way_us), "{way_us} us at {now_us}");
        last_us = at_us;
    }
    let off_us = 1_100_000.0 + 2_990_000.0 - last_us;
    assert!(off_us.abs() < 100.0, "off by {off_us} us");
    // Lost, it jumps.
    assert_eq!(clock.advance(9_000_000.0, 3_000_000), 9_000_000.0);
}
