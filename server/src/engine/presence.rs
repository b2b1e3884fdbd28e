//! Whether the person behind a player is still there.
//!
//! A page whose person has left goes on sending the same controls. So messages as such do not count
//! as activity, only changed controls and chat lines do.

use drumbeat_shared::ids::Tick;

/// How long a player that has never sent controls may stay, seconds: it takes a seat and plays
/// nothing.
const NO_CONTROLS_S_MAX: u32 = 60;

/// How long players may be idle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AfkLimit {
    seconds: u32,
    tick_hz: u32,
}

impl AfkLimit {
    /// A limit of `seconds` at this tick rate; `None` for 0, which lets all stay.
    #[must_use]
    pub fn new(seconds: u32, tick_hz: u16) -> Option<Self> {
        (seconds > 0).then_some(Self { seconds, tick_hz: u32::from(tick_hz) })
    }
}

/// What is remembered of a player's activity.
#[derive(Debug)]
pub struct Presence<I> {
    controls: Option<I>,
    /// The tick in which it was last active, or joined if it has not been since.
    acted: Tick,
    /// For how many ticks it was idle before it joined.
    before: u32,
}

impl<I: Copy + PartialEq> Presence<I> {
    /// Creates the presence of a player that joins in `tick`.
    #[must_use]
    pub fn new(tick: Tick) -> Self {
        Self { controls: None, acted: tick, before: 0 }
    }

    /// Notes that these controls are applied in `tick`.
    pub fn hold(&mut self, controls: I, tick: Tick) {
        if self.controls.replace(controls) != Some(controls) {
            self.act(tick);
        }
    }

    /// So many ticks without a connection do not count.
    pub fn pause(&mut self, ticks: u32) {
        self.acted = Tick(self.acted.0.saturating_add(ticks));
    }

    /// Notes that the player does something else in `tick`.
    pub fn act(&mut self, tick: Tick) {
        (self.acted, self.before) = (tick, 0);
    }

    /// Goes on where it is `to` when it is `from` here.
    pub fn moves(&mut self, from: Tick, to: Tick) {
        self.before = self.before.saturating_add(from.since(self.acted));
        self.acted = to;
    }

    /// The limit in seconds, if the player has been idle for longer in `tick`.
    #[must_use]
    pub fn idle_too_long(&self, tick: Tick, limit: AfkLimit) -> Option<u32> {
        let seconds = match self.controls {
            // Where there are no controls, their absence says nothing.
            _ if size_of::<I>() == 0 => limit.seconds,
            Some(_) => limit.seconds,
            None => limit.seconds.min(NO_CONTROLS_S_MAX),
        };
        let idle_ticks = tick.since(self.acted).saturating_add(self.before);
        (idle_ticks > seconds.saturating_mul(limit.tick_hz)).then_some(seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HZ: u16 = 20;

    /// The first tick from 1 on in which a player that does `each` in every tick is idle for too
    /// long, and the limit in seconds; `None` within a quarter of an hour.
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
        // Nor is a player that holds its controls and chats.
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
    fn where_there_are_no_controls_nobody_is_judged_by_them() {
        let (limit, presence) = (AfkLimit::new(300, 1).unwrap(), Presence::<()>::new(Tick(0)));
        assert_eq!(presence.idle_too_long(Tick(300), limit), None);
        assert_eq!(presence.idle_too_long(Tick(301), limit), Some(300));
    }

    #[test]
    fn no_limit_lets_all_stay() {
        assert_eq!(AfkLimit::new(0, HZ), None);
    }
}
