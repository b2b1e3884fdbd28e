//! Which players are away: their places are held for them, and the others see it.

use std::collections::BTreeSet;

use drumbeat_shared::game::{Audience, Events};
use drumbeat_shared::ids::PlayerId;

use super::messages::{AWAY_MAX, Event};
use drumbeat_shared::typed::Saved;

/// The players who are away.
#[derive(Saved, Debug, Default)]
pub(super) struct Absent {
    players: BTreeSet<PlayerId>,
    /// Whether the room does not know it as it is.
    changed: bool,
    /// The tick from which on it may be sent again.
    next: u32,
}

impl Absent {
    /// A player is away from now on, or is not any more.
    pub(super) fn set(&mut self, player: PlayerId, away: bool) {
        self.changed |=
            if away { self.players.insert(player) } else { self.players.remove(&player) };
    }

    /// Sends it to somebody who knows nothing.
    pub(super) fn send_again(&mut self) {
        self.changed |= !self.players.is_empty();
    }

    /// Sends the room who is away, if that has changed, no more than once a second.
    pub(super) fn send(&mut self, tick: u32, tick_hz: u16, events: &mut Events<Event>) {
        if self.changed && tick >= self.next {
            self.changed = false;
            self.next = tick + u32::from(tick_hz);
            let players = self.players.iter().copied().take(AWAY_MAX).collect();
            events.push(Audience::Room, Event::Away(players));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(absent: &mut Absent, tick: u32) -> Option<Vec<PlayerId>> {
        let mut events = Events::default();
        absent.send(tick, 20, &mut events);
        events.drain().next().map(|(_, event)| match event {
            Event::Away(players) => players,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn the_room_is_sent_who_is_away_when_that_changes_and_not_more_often_than_each_second() {
        let mut absent = Absent::default();
        let [ada, bob] = [3, 5].map(PlayerId);
        absent.set(ada, false);
        absent.send_again();
        assert_eq!(sent(&mut absent, 1), None, "nobody is");
        absent.set(bob, true);
        assert_eq!(sent(&mut absent, 2), Some(vec![bob]));
        absent.set(ada, true);
        absent.set(bob, false);
        assert_eq!(sent(&mut absent, 21), None);
        assert_eq!(sent(&mut absent, 22), Some(vec![ada]));
        assert_eq!(sent(&mut absent, 60), None);
        absent.send_again();
        assert_eq!(sent(&mut absent, 61), Some(vec![ada]));
        absent.set(ada, false);
        assert_eq!(sent(&mut absent, 90), Some(vec![]));
        (0..200).for_each(|player| absent.set(PlayerId(player), true));
        assert_eq!(sent(&mut absent, 120).map(|players| players.len()), Some(AWAY_MAX));
    }
}
