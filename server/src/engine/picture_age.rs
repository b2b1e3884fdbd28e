//! How old the pictures of one client can be, by what the server itself has seen of its link.
//!
//! With each input a client says which frame it had and how far behind that its picture was; the
//! rules take targets back by as much. The server does not have to believe it: it knows when it sent
//! each frame, and when the first input that acknowledges it came. From these round trips follows how
//! old the newest frame on the client's screen was, as a link delays it that is so jittery. The
//! picture is drawn up to one tick behind that frame. An older one is not believed. Nor is one that is
//! older than the one before: what is on a screen goes forward.

use drumbeat_shared::game::rewind_max;
use drumbeat_shared::ids::Tick;
use drumbeat_shared::limits::VIEW_TIME_STEPS;

/// Round trips that are told apart, ticks: the longest rewind at the fastest rate, and more.
const TRIPS: usize = 40;
/// Time after which round trips begin to be forgotten, seconds: as far as the clients' own jitter
/// buffers look back. They are remembered for up to twice as long.
const WINDOW_S: u32 = 10;
/// A longer round trip is believed if inputs wait for it more often than this share of the time. The
/// clients' jitter buffers do not cover what is rarer either (`shared/src/client/play/arrivals.rs`).
const RARE: f32 = 0.05;
/// How much older a picture may be than follows from that, parts of a tick: the client's clocks are
/// steered, not set, and it makes inputs between pictures.
const SPARE: i64 = VIEW_TIME_STEPS as i64;

/// By how much a picture may seem older than the one before, parts of a tick: both are rounded.
const ROUNDING: i64 = 1;

/// What a client says of its picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The last tick that it has received.
    pub seen: Tick,
    /// How far the view time was behind that, in parts of a tick (`VIEW_TIME_STEPS`).
    pub view_delay: i16,
}

/// The round trips of one client.
#[derive(Debug)]
pub struct PictureAge {
    tick_hz: u16,
    /// The newest tick that it has acknowledged. Messages arrive in order, so that no later one can
    /// be from before.
    newest: Tick,
    /// The inputs since the first one that acknowledged this tick.
    gap: Gap,
    /// The newest picture that it has claimed: its view time, in parts of a tick.
    view: i64,
    /// How many inputs waited for each round trip in this window, and in the one before.
    inputs: [[u16; TRIPS]; 2],
    /// The number of this window.
    window: u32,
}

/// Inputs in a row that acknowledge the same tick.
#[derive(Clone, Copy, Debug, Default)]
struct Gap {
    newest: Tick,
    inputs: u16,
    /// The round trip of the last of them, ticks.
    trip: usize,
}

impl PictureAge {
    /// Of a client that has just joined.
    #[must_use]
    pub fn new(tick_hz: u16) -> Self {
        let (newest, gap) = (Tick(0), Gap::default());
        Self { tick_hz, newest, gap, view: 0, inputs: [[0; TRIPS]; 2], window: 0 }
    }

    /// Notes that the client acknowledges `tick`. It cannot have seen more than `handed`, the tick of
    /// the last frame sent to it.
    pub fn saw(&mut self, tick: Tick, handed: Option<Tick>) {
        self.newest = self.newest.max(tick.min(handed.unwrap_or_default()));
    }

    /// The picture behind an input that is taken before the tick `coming`, and whether the client
    /// claimed an older one.
    pub fn judge(&mut self, claim: Picture, coming: Tick) -> (Picture, bool) {
        self.note(coming);
        let steps = i64::from(VIEW_TIME_STEPS);
        let now = i64::from(coming.0) * steps;
        let claimed = (i64::from(claim.seen.0) * steps - i64::from(claim.view_delay)).min(now);
        // Further back than that the rules do not go anyway.
        let rules = now - i64::from(rewind_max(self.tick_hz));
        let oldest = now - (self.trip() as i64 + 1) * steps - SPARE;
        let oldest = oldest.max(self.view - ROUNDING);
        self.view = self.view.max(claimed);
        if claimed >= oldest || oldest <= rules {
            return (claim, false);
        }
        (Picture { seen: coming, view_delay: (now - oldest) as i16 }, true)
    }

    /// Notes the round trip of an input.
    fn note(&mut self, coming: Tick) {
        // What comes before the first acknowledgement says nothing of the link.
        if self.newest == Tick(0) {
            return;
        }
        if self.gap.newest != self.newest {
            let window = coming.0 / (WINDOW_S * u32::from(self.tick_hz));
            if window != self.window {
                self.window = window;
                self.inputs.swap(0, 1);
                self.inputs[0] = [0; TRIPS];
            }
            let inputs = &mut self.inputs[0][self.gap.trip];
            *inputs = inputs.saturating_add(self.gap.inputs);
            self.gap = Gap { newest: self.newest, ..Gap::default() };
        }
        self.gap.inputs = self.gap.inputs.saturating_add(1);
        self.gap.trip = (coming.since(self.newest) as usize).min(TRIPS - 1);
    }

    /// The longest round trip that is not rare, ticks.
    fn trip(&self) -> usize {
        let [now, before] = &self.inputs;
        let inputs = |trip: usize| f32::from(now[trip]) + f32::from(before[trip]);
        let mut rare = RARE * (0..TRIPS).map(inputs).sum::<f32>();
        let common = (0..TRIPS).rev().find(|trip| {
            rare -= inputs(*trip);
            rare < 0.0
        });
        // The first frame has only now been acknowledged.
        common.unwrap_or(self.gap.trip)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: i16 = VIEW_TIME_STEPS as i16;

    /// What is left of the view delay of an input for `tick` of a client that has seen all up to
    /// `seen`.
    fn judge(age: &mut PictureAge, coming: u32, seen: u32, view_delay: i16) -> (i64, bool) {
        age.saw(Tick(seen), Some(Tick(coming - 1)));
        let (picture, is_cut) = age.judge(Picture { seen: Tick(seen), view_delay }, Tick(coming));
        let behind = i64::from(coming) - i64::from(picture.seen.0);
        (behind * i64::from(STEPS) + i64::from(picture.view_delay), is_cut)
    }

    #[test]
    fn a_claim_is_believed_as_far_as_the_link_explains_it() {
        let mut age = PictureAge::new(30);
        for coming in 10..100 {
            let honest = judge(&mut age, coming, coming - 2, STEPS);
            assert_eq!(honest, (3 * i64::from(STEPS), false), "tick {coming}");
        }
        let most = 4 * i64::from(STEPS);
        assert_eq!(judge(&mut age, 100, 98, 2 * STEPS), (most, false));
        assert_eq!(judge(&mut age, 101, 99, 2 * STEPS + 1), (most, true));
        assert_eq!(judge(&mut age, 102, 0, 0), (most, true), "it has seen more");
        assert!(!judge(&mut age, 103, u32::MAX, i16::MAX).1, "a future frame");
    }

    #[test]
    fn what_is_rare_is_not_believed_and_what_is_not_is() {
        let stall = |every: u32| {
            let mut age = PictureAge::new(30);
            let last = (1..=600).map(|round| {
                let coming = 1_000 + round;
                let stalled = round % every < 4;
                let seen = if stalled { coming - round % every - 1 } else { coming - 1 };
                judge(&mut age, coming, seen, 8 * STEPS);
                coming
            });
            let coming = last.max().unwrap() + 1;
            judge(&mut age, coming, coming - 1, 5 * STEPS).0 / i64::from(STEPS)
        };
        assert_eq!(stall(150), 3);
        assert_eq!(stall(30), 6);
    }

    #[test]
    fn a_picture_does_not_go_back() {
        let mut age = PictureAge::new(30);
        // A link so bad that any age would be believed.
        for coming in 10..200 {
            let seen = if coming % 10 < 6 { coming - coming % 10 - 1 } else { coming - 1 };
            judge(
                &mut age,
                coming,
                seen,
                -i16::from(coming % 10 < 6) * STEPS * (coming % 10) as i16,
            );
        }
        // The picture of the tick before was of the tick 198; it may stay there, and no more.
        assert_eq!(judge(&mut age, 200, 199, STEPS), (2 * i64::from(STEPS), false));
        assert_eq!(judge(&mut age, 201, 199, 5 * STEPS), (3 * i64::from(STEPS) + ROUNDING, true));
        assert_eq!(judge(&mut age, 202, 201, 0), (i64::from(STEPS), false));
    }

    #[test]
    fn nothing_before_the_first_acknowledgement_says_what_the_link_is_like() {
        let mut age = PictureAge::new(30);
        for coming in 10..40 {
            judge(&mut age, coming, 0, 0);
        }
        for coming in 40..60 {
            judge(&mut age, coming, coming - 2, STEPS);
        }
        assert!(judge(&mut age, 60, 58, 5 * STEPS).1);
    }

    #[test]
    fn a_longer_rewind_than_that_of_the_rules_is_theirs_to_cut() {
        let mut age = PictureAge::new(20);
        for coming in 10..100 {
            assert!(!judge(&mut age, coming, coming - 4, i16::MAX).1);
        }
    }
}
