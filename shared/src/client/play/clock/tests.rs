use super::*;

const PERIOD_US: u64 = 50_000;

fn pong(rtt_us: u32, margin_us: Option<i32>) -> Pong {
    Pong { rtt_us, margin_us, late: 0 }
}

/// A lead, and arrivals of frames without delay.
fn lead() -> (Lead, Arrivals) {
    let mut arrivals = Arrivals::new(PERIOD_US);
    arrivals.push(Tick(0), 0);
    (Lead::default(), arrivals)
}

/// Reports on one input for each of these ticks, made `ahead_us` ahead of the frames; the pong has
/// their smallest margin.
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
    lead.report(pong, Tick(ticks.end - 1), arrivals, u64::from(ticks.end) * PERIOD_US);
}

#[test]
fn the_lead_makes_inputs_come_just_in_time() {
    let period_us = PERIOD_US as f64;
    let (mut lead, arrivals) = lead();
    assert_eq!(lead.wanted_us(period_us), 2.0 * period_us);
    lead.report(&pong(80_000, None), Tick(0), &arrivals, 0);
    assert_eq!(lead.wanted_us(period_us), 80_000.0 + period_us);
    // Made 130 ms ahead, they arrived 40 ms early.
    report(&mut lead, &arrivals, 10..20, 130_000, &pong(95_000, Some(40_000)));
    assert_eq!(lead.wanted_us(period_us), 90_000.0 + MARGIN_US);
    // Then 20 ms late.
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
    // Made with the frames, one or two whole ticks ahead, though the latency is 2 ms.
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
    // A halt of the page counts for a moment, and no longer than the limit.
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
    let mut clock = DilatedClock::new(0.1, 500_000.0);
    let mut last_us = clock.advance(1_000_000.0, 0);
    assert_eq!(last_us, 1_000_000.0);
    for step in 1..300_u64 {
        // From here on it should be 100 ms ahead.
        let now_us = step * 10_000;
        let at_us = clock.advance(1_100_000.0 + now_us as f64, now_us);
        let latency_us = at_us - last_us;
        assert!((10_000.0..=11_000.1).contains(&latency_us), "{latency_us} us at {now_us}");
        last_us = at_us;
    }
    let off_us = 1_100_000.0 + 2_990_000.0 - last_us;
    assert!(off_us.abs() < 100.0, "off by {off_us} us");
    // Lost, it jumps.
    assert_eq!(clock.advance(9_000_000.0, 3_000_000), 9_000_000.0);
}
