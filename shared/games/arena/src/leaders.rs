//! Players' places and the leaderboard, updated once a second.

use std::cmp::Reverse;

use super::messages::{Event, LEADERS_MAX, Leader};
use super::player::Players;
use super::world::World;
use drumbeat_shared::game::{Audience, Events};
use drumbeat_shared::ids::PlayerId;

/// The ranking of the last second.
#[derive(Clone, Debug, Default)]
pub(super) struct Board {
    /// All players, best first; those with equal scores in the order of their ids.
    ranking: Vec<(Reverse<i32>, PlayerId)>,
    /// The rows that were sent last.
    sent: Vec<(Reverse<i32>, PlayerId)>,
    /// Whether somebody has joined who has not received the leaderboard.
    due: bool,
}

impl Board {
    /// Somebody has joined who has not received the leaderboard.
    pub(super) fn send_again(&mut self) {
        self.due = true;
    }

    /// The best player of those present; before the first ranking the one with the lowest id.
    pub(super) fn best(&self, players: &Players) -> Option<PlayerId> {
        let ranked = self.ranking.iter().map(|(_, id)| *id);
        let everybody = players.iter().map(|(id, _)| id);
        ranked.chain(everybody).find(|id| players.find(*id).is_some())
    }

    /// Updates all places and sends a new leaderboard to the room; acts once a second.
    pub(super) fn rank(&mut self, world: &mut World, events: &mut Events<Event>) {
        if !world.tick.is_multiple_of(u32::from(world.map.tick_hz)) {
            return;
        }
        let players = &mut world.players;
        self.ranking.clear();
        self.ranking.extend(players.iter().map(|(id, player)| (Reverse(player.score), id)));
        self.ranking.sort_unstable();
        for (index, (_, id)) in self.ranking.iter().enumerate() {
            if let Some(player) = players.find_mut(*id) {
                player.place = index as u16 + 1;
            }
        }
        let rows = self.ranking.len().min(LEADERS_MAX);
        let best = &self.ranking[..rows];
        if self.sent != best || self.due {
            self.due = false;
            self.sent.clear();
            self.sent.extend_from_slice(best);
            let leaders = best.iter().map(|(Reverse(score), id)| Leader {
                player: *id,
                name: players.find(*id).map_or_else(String::new, |player| player.name.clone()),
                score: *score,
            });
            events.push(Audience::Room, Event::Leaders(leaders.collect()));
        }
    }
}
