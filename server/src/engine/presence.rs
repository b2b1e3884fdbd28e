//! Whether a player is there at all.
//!
//! A page whose player has gone away sends the same controls on and on. So it is not a message that
//! counts but a change of controls, or a line of chat.

use drumbeat_shared::ids::Tick;

/// Who has never sent controls is let go after this long at the latest, seconds: it takes the place
/// of a player and plays nothing.
const NO_CONTROLS_S_MAX: u32 = 60;

/// How long players may be idle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AfkLimit {
    seconds: u32,
    tick_hz: u32,
}

impl AfkLimit {
    /// So many seconds at this tick rate; `None` for 0, which lets all stay.
    #[must_use]
    pub fn new(seconds: u32, tick_hz: u16) -> Option<Self> {
        (seconds > 0).then_some(Self { seconds, tick_hz: u32::from(tick_hz) })
    }
}

/// What is remembered of a player's deeds.
#[derive(Debug)]
pub struct Presence<I> {
    controls: Option<I>,
    /// When it last did something.
    acted: Tick,
}

impl<I: Copy + PartialEq> Presence<I> {
    /// Of a player that joins with `tick`.
    #[must_use]
    pub fn new(tick: Tick) -> Self {
        Self { controls: None, acted: tick }
    }

    /// These controls are applied in `tick`.
    pub fn hold(&mut self, controls: I, tick: Tick) {
        if self.controls.replace(controls) != Some(controls) {
            self.acted = tick;
        }
    }

    /// It does something else in `tick`.
    pub fn act(&mut self, tick: Tick) {
        self.acted = tick;
    }

    /// For how many seconds it may be idle, if it has been for longer in `tick`.
    #[must_use]
    pub fn idle_too_long(&self, tick: Tick, limit: AfkLimit) -> Option<u32> {
        let seconds = match self.controls {
            Some(_) => limit.seconds,
            None => limit.seconds.min(NO_CONTROLS_S_MAX),
        };
        (tick.since(self.acted) > seconds.saturating_mul(limit.tick_hz)).then_some(seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HZ: u16 = 20;

    /// The first tick from 1 on in which somebody who does this in each tick is idle for too long,
    /// and the seconds that it had; `None` within a quarter of an hour.
    fn idle(limit_s: u32, each: impl Fn(&mut Presence<u8>, u32)) -> Option<(u32, u32)> {
        let limit = AfkLimit::new(limit_s, HZ).unwrap();
        let mut presence = Presence::new(Tick(0));
        (1..20 * 900).find_map(|tick| {
            each(&mut presence, tick);
            Some((tick, presence.idle_too_long(Tick(tick), limit)?))
        })
    }

    #[test]
    fn the_same_controls_again_and_again_are_idle() {
        assert_eq!(idle(300, |presence, tick| presence.hold(7, Tick(tick))), Some((6_002, 300)));
        assert_eq!(idle(10, |presence, tick| presence.hold(7, Tick(tick))), Some((202, 10)));
    }

    #[test]
    fn a_change_now_and_then_is_not() {
        let turns =
            |presence: &mut Presence<u8>, tick| presence.hold((tick / 5_999) as u8, Tick(tick));
        assert_eq!(idle(300, turns), None);
        // Nor is one who looks on and talks.
        let talks = |presence: &mut Presence<u8>, tick: u32| {
            presence.hold(7, Tick(tick));
            if tick.is_multiple_of(6_000) {
                presence.act(Tick(tick));
            }
        };
        assert_eq!(idle(300, talks), None);
    }

    #[test]
    fn who_never_sends_controls_has_a_minute_at_most() {
        assert_eq!(idle(300, |_, _| {}), Some((1_201, 60)));
        assert_eq!(idle(10, |_, _| {}), Some((201, 10)));
    }

    #[test]
    fn no_limit_lets_all_stay() {
        assert_eq!(AfkLimit::new(0, HZ), None);
    }
}
