//! What the room is sent beyond what is in view: the leaderboard, the overview and the rounds. Who
//! joins gets it at once.

use super::arrivals::Arrivals;
use super::leaders::Board;
use super::messages::Event;
use super::overview::Overview;
use super::world::World;
use drumbeat_shared::game::{Audience, Events};
use drumbeat_shared::typed::Saved;

/// What the room has been sent, and who does not have it.
#[derive(Saved, Debug, Default)]
pub(super) struct News {
    pub(super) board: Board,
    overview: Overview,
    pub(super) arrivals: Arrivals,
}

impl News {
    /// Sends the room what has changed, once a second and when a round begins or ends, and whoever has
    /// arrived everything. Places change with that, and when a player arrives: a spectator changes none.
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
        if is_due || arrived.iter().any(|to| matches!(to, Audience::Player(_))) {
            board.rank(world);
        }
        let round = moment.map_or(Event::Round { number: 0, ends: 0 }, |moment| {
            moment.event(|| board.podium(&world.players))
        });
        let mut to_room = [None, None, turns.then(|| round.clone())];
        if is_due {
            to_room[0] = board.news(&world.players);
            to_room[1] = overview.news(world, board);
        }
        let all = [Some(board.event(&world.players)), overview.event(), Some(round)];
        if arrived.contains(&Audience::Room) {
            to_room.clone_from(&all);
        }
        // Whoever has arrived is of the room, too, and gets nothing twice.
        let lacks = || all.iter().zip(&to_room).filter(|(_, sent)| sent.is_none());
        for audience in arrived {
            let lacked = lacks().filter_map(|(event, _)| event.clone());
            lacked.for_each(|event| events.push(audience, event));
        }
        to_room.into_iter().flatten().for_each(|event| events.push(Audience::Room, event));
    }
}
