//! Rounds: when one begins and ends follows from the tick alone, so that both ends know it.
//!
//! A round is a time of play and a podium. In a truce, from the end of the play until the ships have
//! set out again, nobody fires and nobody is hurt.

use serde::{Deserialize, Serialize};

use super::messages::{Event, Leader};
use super::settings::Settings;
use drumbeat_shared::limits::TICK_HZ_MAX;

/// How long the podium stands, seconds.
const PODIUM_S: u32 = 8;
/// How long the truce goes on in the next round, seconds: longer than a client takes to learn where
/// its new ship is, so that it predicts no shot of the old one.
const SETTING_OUT_S: f32 = 0.5;
/// Longest round, ticks: a day.
const PLAY_TICKS_MAX: u32 = 24 * 60 * 60 * TICK_HZ_MAX as u32;

/// The rounds of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rounds {
    /// How long each is played, ticks; 0 for no rounds.
    pub play_ticks: u32,
    /// How long the podium stands after it, ticks.
    pub podium_ticks: u32,
    /// How long the truce goes on in the next round, ticks.
    pub truce_ticks: u32,
}

/// A tick within the rounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// The number of the round, from 1.
    pub(super) number: u32,
    /// The tick in which the podium begins.
    pub(super) ends: u32,
    /// The tick in which the next round begins.
    pub(super) next: u32,
    /// Ticks since the round began.
    pub(super) at: u32,
    /// Ticks of play.
    play: u32,
}

impl Moment {
    /// Whether a round begins with this tick after another one.
    pub(super) fn begins(&self) -> bool {
        self.at == 0 && self.number > 1
    }

    /// Whether the podium begins with this tick.
    pub(super) fn ends(&self) -> bool {
        self.at == self.play
    }

    /// What the room is sent at this moment; `best` are the rows of the podium.
    pub(super) fn event(&self, best: impl FnOnce() -> Vec<Leader>) -> Event {
        if self.at < self.play {
            return Event::Round { number: self.number, ends: self.ends };
        }
        Event::Podium { rows: best(), next: self.next }
    }
}

impl Rounds {
    pub(super) fn new(settings: &Settings, tick_hz: u16) -> Self {
        let hz = f32::from(tick_hz);
        Self {
            play_ticks: ((settings.round_minutes * 60.0 * hz).round() as u32).min(PLAY_TICKS_MAX),
            podium_ticks: PODIUM_S * u32::from(tick_hz),
            truce_ticks: (SETTING_OUT_S * hz).ceil() as u32,
        }
    }

    /// Whether the arithmetic of a tick can take them.
    pub(super) fn is_sound(&self) -> bool {
        let Self { play_ticks, podium_ticks, truce_ticks } = *self;
        [play_ticks, podium_ticks, truce_ticks].iter().all(|ticks| *ticks <= PLAY_TICKS_MAX)
            && podium_ticks > 0
    }

    /// Where a tick is; `None` without rounds.
    pub(super) fn at(&self, tick: u32) -> Option<Moment> {
        if self.play_ticks == 0 {
            return None;
        }
        let period = self.play_ticks + self.podium_ticks;
        let (round, at) = (tick / period, tick % period);
        let began = tick - at;
        Some(Moment {
            number: round + 1,
            ends: began.saturating_add(self.play_ticks),
            next: began.saturating_add(period),
            at,
            play: self.play_ticks,
        })
    }

    /// Whether nobody fires and nobody is hurt in this tick.
    pub(super) fn is_truce(&self, tick: u32) -> bool {
        self.at(tick).is_some_and(|moment| {
            moment.at >= self.play_ticks || moment.number > 1 && moment.at < self.truce_ticks
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(round_minutes: f32) -> Rounds {
        Rounds::new(&Settings { round_minutes, ..Settings::default() }, 20)
    }

    #[test]
    fn a_round_is_play_and_podium_over_and_over() {
        let rounds = rounds(0.5);
        let find = |tick| rounds.at(tick).unwrap();
        for (number, began) in [(1, 0), (2, 760), (3, 1_520)] {
            for at in [0, 1, 599, 600, 759] {
                let moment = find(began + at);
                assert_eq!((moment.number, moment.at), (number, at));
                assert_eq!((moment.ends, moment.next), (began + 600, began + 760));
                assert_eq!(moment.begins(), at == 0 && number > 1);
                assert_eq!(moment.ends(), at == 600);
            }
        }
        let last = find(u32::MAX);
        assert_eq!((last.ends, last.next), (u32::MAX, u32::MAX));
    }

    #[test]
    fn the_truce_is_the_podium_and_the_setting_out() {
        let rounds = rounds(0.5);
        let truce: Vec<u32> = (0..1_530).filter(|tick| rounds.is_truce(*tick)).collect();
        let expected: Vec<u32> = (600..770).chain(1_360..1_530).collect();
        assert_eq!(truce, expected, "not when the first round begins");
    }

    #[test]
    fn without_rounds_there_is_no_truce() {
        let rounds = rounds(0.0);
        assert_eq!((rounds.at(9_000), rounds.is_truce(9_000)), (None, false));
        assert!(rounds.is_sound());
        assert!(!Rounds { play_ticks: u32::MAX, ..rounds }.is_sound());
    }
}
