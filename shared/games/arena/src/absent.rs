//! Which players are away: their places are kept, and the others see it.

use std::collections::BTreeSet;

use drumbeat_shared::game::{Audience, Events};
use drumbeat_shared::ids::PlayerId;

use super::messages::Event;

/// The players who are away.
#[derive(Debug, Default)]
pub(super) struct Absent {
    players: BTreeSet<PlayerId>,
    /// What the room does not know yet.
    news: Vec<Event>,
}

impl Absent {
    /// A player is away from now on, or is not any more.
    pub(super) fn set(&mut self, player: PlayerId, away: bool) {
        let changed = if away { self.players.insert(player) } else { self.players.remove(&player) };
        if changed {
            self.news.push(Event::Away { player, away });
        }
    }

    /// Sends the room what has changed.
    pub(super) fn send(&mut self, events: &mut Events<Event>) {
        self.news.drain(..).for_each(|event| events.push(Audience::Room, event));
    }
}
