//! The inputs of one client that wait for the tick they are meant for.
//!
//! Each input names its tick. A tick takes the newest input meant for it or for an earlier tick and
//! drops the ones it passes over, so a burst after a stall is not played one input after another.
//! Pongs report to the client how early its inputs arrived, so that it sends them sooner or later.

use std::collections::VecDeque;

use drumbeat_shared::game::rewind_max;
use drumbeat_shared::ids::Tick;
use drumbeat_shared::limits::{INPUT_AHEAD_TICKS_MAX, INPUT_STALL_US, VIEW_TIME_STEPS};

use super::counts::{Counts, Sample};

/// An input as it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival<I> {
    /// The tick it is meant for.
    pub tick: Tick,
    /// The last tick the client has received.
    pub seen: Tick,
    /// How far the client's view time was behind `seen`, in parts of a tick (`VIEW_TIME_STEPS`).
    pub view_delay: i16,
    /// The controls.
    pub input: I,
    /// The server's clock when it arrived, microseconds.
    pub received_us: u64,
}

/// How punctually inputs have arrived since the last report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Punctuality {
    /// How early the latest of them arrived before its tick began, microseconds; negative if the
    /// tick had started. Inputs that met a stall, and those held up behind them, are left out.
    /// `None` if no other arrived.
    pub margin_us: Option<i32>,
    /// Inputs that arrived after their tick had started, or were dropped as stale or far too early.
    pub late: u16,
}

impl Punctuality {
    fn lost(&mut self) {
        self.late = self.late.saturating_add(1);
    }

    fn note(&mut self, margin_us: i64) {
        let margin_us = i32::try_from(margin_us).unwrap_or(i32::MAX);
        let least_us = self.margin_us.map_or(margin_us, |least_us| least_us.min(margin_us));
        self.margin_us = Some(least_us);
    }
}

/// The waiting inputs of one client.
#[derive(Debug)]
pub struct InputQueue<I> {
    /// Time between two ticks, microseconds.
    period_us: u64,
    /// In tick order.
    waiting: VecDeque<Arrival<I>>,
    /// The tick that the last applied input was meant for; 0 before the first.
    pub applied: Tick,
    /// Since the last report.
    punctuality: Punctuality,
    /// When the last input that met a stall arrived, or the server came back, microseconds.
    stalled_us: Option<u64>,
}

/// An input that arrives within this time of one that met a stall was held up with it,
/// microseconds.
const AT_ONCE_US: u64 = 5_000;

impl<I> InputQueue<I> {
    /// Creates an empty queue for ticks that are `period_us` microseconds apart.
    #[must_use]
    pub fn new(period_us: u64) -> Self {
        Self {
            period_us,
            waiting: VecDeque::new(),
            applied: Tick(0),
            punctuality: Punctuality::default(),
            stalled_us: None,
        }
    }
}

impl<I: Copy> InputQueue<I> {
    /// Drops what waits.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }

    /// Adds an input; `coming` is the next tick. It replaces the waiting inputs for the same or
    /// later ticks: the client's clock has gone back.
    pub fn push(&mut self, arrival: Arrival<I>, coming: Tick, counts: &mut Counts) {
        let ahead = arrival.tick.since(coming);
        if arrival.tick <= self.applied {
            counts.stale_inputs += 1;
            self.punctuality.lost();
        } else if ahead > INPUT_AHEAD_TICKS_MAX {
            counts.early_inputs += 1;
            self.punctuality.lost();
            self.punctuality.note(u64::from(ahead).saturating_mul(self.period_us) as i64);
        } else {
            while self.waiting.back().is_some_and(|last| last.tick >= arrival.tick) {
                self.waiting.pop_back();
                counts.passed_over_inputs += 1;
            }
            self.waiting.push_back(arrival);
        }
    }

    /// Takes the input of this tick, which begins at `now_us`: the newest that is not meant for a
    /// later tick.
    pub fn next(&mut self, tick: Tick, now_us: u64, counts: &mut Counts) -> Option<Arrival<I>> {
        let mut next = None;
        while let Some(&arrival) = self.waiting.front()
            && arrival.tick <= tick
        {
            self.waiting.pop_front();
            let late_us = u64::from(tick.0 - arrival.tick.0) * self.period_us;
            let margin_us = now_us.saturating_sub(arrival.received_us) as i64 - late_us as i64;
            if margin_us < 0 {
                counts.late_inputs += 1;
                self.punctuality.lost();
            }
            if self.met_stall(arrival.received_us, margin_us) {
                self.stalled_us = Some(arrival.received_us);
            } else {
                self.punctuality.note(margin_us);
            }
            counts.passed_over_inputs += u64::from(next.replace(arrival).is_some());
        }
        if let Some(arrival) = &next {
            self.applied = arrival.tick;
        }
        next
    }

    /// Notes that the server itself was away until `now_us` and held up what arrived meanwhile.
    pub fn stalled(&mut self, now_us: u64) {
        self.stalled_us = Some(now_us);
    }

    /// Whether a stall, of the link or of the server, held up an input: it is late by more than
    /// `INPUT_STALL_US`, or arrived together with one that was held up.
    fn met_stall(&self, received_us: u64, margin_us: i64) -> bool {
        let at_once = |stalled_us| received_us.saturating_sub(stalled_us) <= AT_ONCE_US;
        margin_us < -i64::from(INPUT_STALL_US) || self.stalled_us.is_some_and(at_once)
    }

    /// Takes the report on the inputs since the last call.
    pub fn punctuality(&mut self) -> Punctuality {
        std::mem::take(&mut self.punctuality)
    }
}

impl<I> Arrival<I> {
    /// The timing of the input in the tick that takes it, `tick`, which begins at `now_us`.
    #[must_use]
    pub fn sample(&self, tick: Tick, now_us: u64, tick_hz: u16) -> Sample {
        let clamped = |us: u64| u32::try_from(us).unwrap_or(u32::MAX);
        let seen_age_us = u64::from(tick.since(self.seen)) * 1_000_000 / u64::from(tick_hz);
        Sample {
            wait_us: clamped(now_us.saturating_sub(self.received_us)),
            seen_age_us: clamped(seen_age_us),
        }
    }

    /// How far the client's view time was behind the world at the end of step `tick`, in parts of a
    /// tick (`VIEW_TIME_STEPS`). What is beyond the rules' limit of rewind is cut off.
    #[must_use]
    pub fn rewind(&self, tick: Tick, tick_hz: u16) -> u16 {
        let behind = (i64::from(tick.0) - i64::from(self.seen.0)) * i64::from(VIEW_TIME_STEPS);
        (behind + i64::from(self.view_delay)).clamp(0, i64::from(rewind_max(tick_hz))) as u16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD_US: u64 = 50_000;

    fn input(tick: u32, received_us: u64) -> Arrival<u32> {
        Arrival { tick: Tick(tick), seen: Tick(tick), view_delay: 0, input: tick, received_us }
    }

    /// The controls of each tick from 10 on, given the inputs that have arrived by then.
    fn play(arrivals: &[&[Arrival<u32>]], counts: &mut Counts) -> Vec<Option<u32>> {
        let mut queue = InputQueue::new(PERIOD_US);
        let ticks = (10..).map(Tick).zip(arrivals);
        let applied = ticks.map(|(tick, arrivals)| {
            arrivals.iter().for_each(|arrival| queue.push(*arrival, tick, counts));
            let now_us = u64::from(tick.0) * PERIOD_US;
            queue.next(tick, now_us, counts).map(|arrival| arrival.input)
        });
        applied.collect()
    }

    #[test]
    fn an_input_waits_for_its_tick() {
        let mut counts = Counts::default();
        let early = [input(11, 0), input(12, 0)];
        assert_eq!(play(&[&early, &[], &[], &[]], &mut counts), [None, Some(11), Some(12), None]);
        assert_eq!(counts, Counts::default());
    }

    #[test]
    fn a_burst_is_not_played_one_after_another() {
        let mut counts = Counts::default();
        let at = 15 * PERIOD_US;
        let burst: Vec<_> = (10..=16).map(|tick| input(tick, at)).collect();
        let arrivals: [&[_]; 8] = [&[], &[], &[], &[], &[], &burst, &[], &[]];
        let applied = play(&arrivals, &mut counts);
        assert_eq!(applied, [None, None, None, None, None, Some(15), Some(16), None]);
        assert_eq!((counts.passed_over_inputs, counts.late_inputs), (5, 5));
    }

    #[test]
    fn the_newest_of_the_late_is_better_than_none() {
        let mut counts = Counts::default();
        let late = [input(8, 9 * PERIOD_US), input(9, 9 * PERIOD_US + 1)];
        assert_eq!(play(&[&late, &[]], &mut counts), [Some(9), None]);
        assert_eq!((counts.passed_over_inputs, counts.late_inputs), (1, 2));
    }

    #[test]
    fn what_is_old_or_far_ahead_is_counted_and_dropped() {
        let mut counts = Counts::default();
        let far = 10 + INPUT_AHEAD_TICKS_MAX;
        let first = [input(10, 0), input(far + 1, 0), input(far, 0)];
        let then = [input(10, 0), input(7, 0)];
        assert_eq!(play(&[&first, &then], &mut counts), [Some(10), None]);
        assert_eq!((counts.stale_inputs, counts.early_inputs), (2, 1));
    }

    #[test]
    fn inputs_far_too_early_are_reported_as_early() {
        let mut queue = InputQueue::new(PERIOD_US);
        queue.push(input(100, 0), Tick(10), &mut Counts::default());
        let margin_us = Some(90 * PERIOD_US as i32);
        assert_eq!(queue.punctuality(), Punctuality { margin_us, late: 1 });
    }

    #[test]
    fn a_client_whose_clock_went_back_is_heard_at_once() {
        let mut counts = Counts::default();
        let ahead: Vec<_> = (10..30).map(|tick| input(tick, 0)).collect();
        let again = Arrival { input: 99, ..input(11, 0) };
        assert_eq!(play(&[&ahead, &[again], &[]], &mut counts), [Some(10), Some(99), None]);
        assert_eq!(counts.passed_over_inputs, 19);
    }

    #[test]
    fn the_margin_is_that_of_the_latest_which_met_no_stall() {
        let mut queue = InputQueue::new(PERIOD_US);
        let mut counts = Counts::default();
        assert_eq!(queue.punctuality(), Punctuality::default());
        let mut come = |tick: u32, received_us: u64, applied: u32| {
            queue.push(input(tick, received_us), Tick(applied), &mut counts);
            let now_us = u64::from(applied) * PERIOD_US;
            queue.next(Tick(applied), now_us, &mut counts);
        };
        come(1, PERIOD_US - 7_000, 1);
        come(2, 2 * PERIOD_US - 30_000, 2);
        come(3, 3 * PERIOD_US + 10_000, 4);
        come(5, 7 * PERIOD_US + 1_000, 8);
        assert_eq!(queue.punctuality(), Punctuality { margin_us: Some(-10_000), late: 2 });
        assert_eq!(queue.punctuality(), Punctuality::default());
    }

    #[test]
    fn what_a_stall_held_up_tells_nothing_of_the_way() {
        let mut queue = InputQueue::new(PERIOD_US);
        let mut counts = Counts::default();
        let now_us = 10 * PERIOD_US;
        // Held up for three ticks, all arrive at once; the last of them are barely late or on time.
        for tick in 7..=10 {
            queue.push(input(tick, now_us - 2_000 + u64::from(tick)), Tick(10), &mut counts);
        }
        assert!(queue.next(Tick(10), now_us, &mut counts).is_some());
        assert_eq!(queue.punctuality(), Punctuality { margin_us: None, late: 3 });
        // The next one arrives on its own.
        queue.push(input(11, now_us + 40_000), Tick(11), &mut counts);
        queue.next(Tick(11), now_us + PERIOD_US, &mut counts);
        assert_eq!(queue.punctuality(), Punctuality { margin_us: Some(10_000), late: 0 });
    }

    #[test]
    fn the_picture_is_rewound_as_far_as_rules_go_back() {
        let check = |seen: u32, view_delay: i16, expected: u16| {
            let arrival = Arrival { seen: Tick(seen), view_delay, ..input(100, 0) };
            assert_eq!(arrival.rewind(Tick(100), 30), expected, "seen {seen}, delay {view_delay}");
        };
        check(98, 24, 2 * 16 + 24);
        check(98, -8, 2 * 16 - 8);
        // 250 ms at 30 Hz is 7.5 ticks.
        check(80, 0, 120);
        check(0, i16::MAX, 120);
        check(98, i16::MIN, 0);
        check(u32::MAX, 0, 0);
    }
}
