//! Places and the leaderboard, once a second.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::Event;
use super::game::Arena;
use crate::game::{Audience, Events};
use crate::ids::PlayerId;

/// Rows of the leaderboard, at most.
pub const LEADERS_MAX: usize = 8;

/// One row of the leaderboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leader {
    /// Who.
    pub player: PlayerId,
    /// Its name.
    pub name: String,
    /// Its points.
    pub score: i32,
}

/// The ranking of the last second.
#[derive(Clone, Debug, Default)]
pub(super) struct Board {
    /// All players, best first; equals in the order of their ids.
    ranking: Vec<(Reverse<i32>, PlayerId)>,
    /// The rows that were told last.
    told: Vec<(Reverse<i32>, PlayerId)>,
    /// Whether somebody has come who was told nothing yet.
    pub(super) due: bool,
}

impl Arena {
    /// The best player of those that are here; before the first ranking the first.
    pub(super) fn best(&self) -> Option<PlayerId> {
        let ranked = self.board.ranking.iter().map(|(_, id)| *id);
        let everybody = self.players.iter().map(|(id, _)| id);
        ranked.chain(everybody).find(|id| self.players.find(*id).is_some())
    }

    /// Gives everybody its place and tells the room of a new leaderboard; once a second.
    pub(super) fn rank(&mut self, events: &mut Events<Event>) {
        if !self.tick.is_multiple_of(u32::from(self.map.tick_hz)) {
            return;
        }
        let board = &mut self.board;
        board.ranking.clear();
        let scores = self.players.iter();
        board.ranking.extend(scores.map(|(id, player)| (Reverse(player.score), id)));
        board.ranking.sort_unstable();
        for (index, (_, id)) in board.ranking.iter().enumerate() {
            if let Some(player) = self.players.find_mut(*id) {
                player.place = index as i32 + 1;
            }
        }
        let rows = board.ranking.len().min(LEADERS_MAX);
        let best = &board.ranking[..rows];
        if board.told != best || board.due {
            board.due = false;
            board.told.clear();
            board.told.extend_from_slice(best);
            let leaders = best.iter().map(|(Reverse(score), id)| Leader {
                player: *id,
                name: self.players.find(*id).map_or_else(String::new, |player| player.name.clone()),
                score: *score,
            });
            events.push(Audience::Room, Event::Leaders(leaders.collect()));
        }
    }
}
