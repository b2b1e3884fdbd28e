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

#[test]
fn time_that_the_server_has_lost_is_known_soon() {
    // It stands still for 250 ms, makes up for four ticks at once and leaves two out.
    let mut arrivals = Arrivals::new(PERIOD_US);
    let at_us = |tick: u64| match tick {
        0..190 => tick * PERIOD_US,
        190..194 => 189 * PERIOD_US + 300_000,
        _ => (tick + 2) * PERIOD_US,
    };
    (0..194).for_each(|tick| arrivals.push(Tick(tick), at_us(u64::from(tick))));
    assert_eq!(arrivals.epoch_us, 0.0);
    let known = (194..).find(|tick| {
        arrivals.push(Tick(*tick), at_us(u64::from(*tick)));
        arrivals.epoch_us > 0.0
    });
    assert_eq!(arrivals.epoch_us, 2.0 * PERIOD_US as f64);
    let after_us = at_us(u64::from(known.unwrap())) - at_us(190);
    assert!(after_us <= 350_000, "{after_us} us");
    // What was known of the frames' spread is not forgotten: the stall is too short to count.
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

fn pong(rtt_us: u32, margin_us: Option<i32>) -> Pong {
    Pong { rtt_us, margin_us, late: 0 }
}

/// A lead, and frames that have come without delay.
fn lead() -> (Lead, Arrivals) {
    let mut arrivals = Arrivals::new(PERIOD_US);
    arrivals.push(Tick(0), 0);
    (Lead::default(), arrivals)
}

/// An input for each of these ticks, made so much ahead, has come with this margin at the least.
fn report(
    lead: &mut Lead,
    arrivals: &Arrivals,
    ticks: std::ops::Range<u32>,
    ahead_us: u64,
    pong: &Pong,
) {
    for tick in ticks.clone() {
        lead.made(Tick(tick), u64::from(tick) * PERIOD_US - ahead_us);
    }
    lead.report(pong, Tick(ticks.end - 1), arrivals);
}

#[test]
fn the_lead_makes_inputs_come_just_in_time() {
    let period_us = PERIOD_US as f64;
    let (mut lead, arrivals) = lead();
    assert_eq!(lead.wanted_us(period_us), 2.0 * period_us);
    lead.report(&pong(80_000, None), Tick(0), &arrivals);
    assert_eq!(lead.wanted_us(period_us), 80_000.0 + period_us);
    // Made 130 ms ahead they came 40 ms early.
    report(&mut lead, &arrivals, 10..20, 130_000, &pong(95_000, Some(40_000)));
    assert_eq!(lead.wanted_us(period_us), 90_000.0 + MARGIN_US);
    // Then 20 late.
    report(&mut lead, &arrivals, 20..30, 93_000, &pong(95_000, Some(-20_000)));
    assert_eq!(lead.wanted_us(period_us), 113_000.0 + MARGIN_US);
    // That is forgotten after two seconds.
    for second in 3..3 + REPORTS_MAX as u32 {
        let ticks = second * 10..(second + 1) * 10;
        report(&mut lead, &arrivals, ticks, 116_000, &pong(80_000, Some(26_000)));
    }
    assert_eq!(lead.wanted_us(period_us), 90_000.0 + MARGIN_US);
}

#[test]
fn the_lead_does_not_depend_on_the_ticks_that_inputs_are_named_for() {
    let (mut lead, arrivals) = lead();
    // Made with the frames: a whole tick ahead, or two, though the way takes 2 ms.
    report(&mut lead, &arrivals, 10..20, PERIOD_US, &pong(2_000, Some(48_000)));
    assert_eq!(lead.wanted_us(PERIOD_US as f64), 2_000.0 + MARGIN_US);
    report(&mut lead, &arrivals, 20..30, 2 * PERIOD_US, &pong(2_000, Some(98_000)));
    assert_eq!(lead.wanted_us(PERIOD_US as f64), 2_000.0 + MARGIN_US);
}

#[test]
fn an_input_that_waits_for_a_picture_is_made_sooner() {
    let (mut lead, arrivals) = lead();
    report(&mut lead, &arrivals, 10..20, PERIOD_US, &pong(2_000, Some(48_000)));
    (0..200).for_each(|picture| lead.asked(picture * 16_000));
    assert_eq!(lead.wanted_us(PERIOD_US as f64), 2_000.0 + MARGIN_US + 16_000.0);
    // A halt of the page counts for a moment, and for no more than it could help.
    lead.asked(199 * 16_000 + 2_000_000);
    assert_eq!(lead.wanted_us(PERIOD_US as f64), 2_000.0 + MARGIN_US + WAIT_US_MAX);
    (1..200).for_each(|picture| lead.asked(199 * 16_000 + 2_000_000 + picture * 16_000));
    let off_us = lead.wanted_us(PERIOD_US as f64) - (2_000.0 + MARGIN_US + 16_000.0);
    assert!(off_us < 100.0, "{off_us} us");
}

#[test]
fn inputs_that_are_all_far_too_late_make_the_lead_longer() {
    let (mut lead, arrivals) = lead();
    let late = Pong { rtt_us: 80_000, margin_us: None, late: 15 };
    report(&mut lead, &arrivals, 10..20, 100_000, &pong(80_000, Some(10_000)));
    report(&mut lead, &arrivals, 20..30, 100_000, &late);
    assert_eq!(lead.wanted_us(PERIOD_US as f64), 90_000.0 + MARGIN_US, "once is a stall");
    for second in 3..23 {
        let lead_us = lead.wanted_us(PERIOD_US as f64) as u64;
        let ticks = second * 100..second * 100 + 10;
        report(&mut lead, &arrivals, ticks, lead_us, &late);
    }
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
