//! Players' places and the leaderboard: updated once a second, and for who joins at once.

use std::cmp::Reverse;

use super::messages::{Event, LEADERS_MAX, Leader, PODIUM_ROWS};
use super::player::Players;
use super::world::World;
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::typed::Saved;

/// The ranking of the last second.
#[derive(Saved, Clone, Debug, Default)]
pub(super) struct Board {
    /// All players, best first; those with equal scores in the order of their ids.
    ranking: Vec<(Reverse<i32>, PlayerId)>,
    /// The rows that were sent last.
    sent: Vec<(Reverse<i32>, PlayerId)>,
}

impl Board {
    /// The best player of those present; before the first ranking the one with the lowest id.
    pub(super) fn best(&self, players: &Players) -> Option<PlayerId> {
        let ranked = self.ranking.iter().map(|(_, id)| *id);
        let everybody = players.iter().map(|(id, _)| id);
        ranked.chain(everybody).find(|id| players.find(*id).is_some())
    }

    /// Updates all places.
    pub(super) fn rank(&mut self, world: &mut World) {
        let players = &mut world.players;
        self.ranking.clear();
        self.ranking.extend(players.iter().map(|(id, player)| (Reverse(player.score), id)));
        self.ranking.sort_unstable();
        for (index, (_, id)) in self.ranking.iter().enumerate() {
            if let Some(player) = players.find_mut(*id) {
                player.place = index as u16 + 1;
            }
        }
    }

    /// The leaderboard, if it has changed since the last call.
    pub(super) fn news(&mut self, players: &Players) -> Option<Event> {
        let best = self.ranking.len().min(LEADERS_MAX);
        if self.sent == self.ranking[..best] {
            return None;
        }
        self.sent.clear();
        self.sent.extend_from_slice(&self.ranking[..best]);
        Some(self.event(players))
    }

    /// The leaderboard.
    pub(super) fn event(&self, players: &Players) -> Event {
        Event::Leaders(self.rows(players).take(LEADERS_MAX).collect())
    }

    /// The best players of a round, without those who have no points.
    pub(super) fn podium(&self, players: &Players) -> Vec<Leader> {
        self.rows(players).take(PODIUM_ROWS).filter(|row| row.score > 0).collect()
    }

    /// The ranking, without those who have left since.
    fn rows(&self, players: &Players) -> impl Iterator<Item = Leader> {
        self.ranking.iter().filter_map(|(Reverse(score), id)| {
            let name = players.find(*id)?.name.clone();
            Some(Leader { player: *id, name, score: *score })
        })
    }
}
