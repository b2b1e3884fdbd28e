//! What the room is sent beyond what is in view: the leaderboard, the overview and the rounds. Who
//! joins gets it at once.

use super::arrivals::Arrivals;
use super::leaders::Board;
use super::messages::Event;
use super::overview::Overview;
use super::world::World;
use drumbeat_shared::game::{Audience, Events};

/// What the room has been sent, and who does not have it.
#[derive(Debug, Default)]
pub(super) struct News {
    pub(super) board: Board,
    overview: Overview,
    pub(super) arrivals: Arrivals,
}

impl News {
    /// Sends the room what has changed, once a second and when a round begins or ends, and whoever has
    /// arrived everything.
    pub(super) fn send(&mut self, world: &mut World, events: &mut Events<Event>) {
        let Self { board, overview, arrivals } = self;
        let (tick, tick_hz) = (world.tick, world.map.tick_hz);
        let moment = world.map.rounds.at(tick);
        let turns = moment.is_some_and(|moment| moment.begins() || moment.ends());
        let is_due = turns || tick.is_multiple_of(u32::from(tick_hz));
        let arrived = arrivals.take(tick, tick_hz);
        if !is_due && arrived.is_empty() {
            return;
        }
        board.rank(world);
        let round = moment.map_or(Event::Round { number: 0, ends: 0 }, |moment| {
            moment.event(|| board.podium(&world.players))
        });
        if is_due {
            board.send(&world.players, events);
            overview.send(world, board, events);
        }
        if turns {
            events.push(Audience::Room, round.clone());
        }
        for audience in arrived {
            let all = [Some(board.event(&world.players)), overview.event(), Some(round.clone())];
            all.into_iter().flatten().for_each(|event| events.push(audience, event));
        }
    }
}
