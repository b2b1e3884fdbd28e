//! What the whole room is shown of the world beyond each player's view: where the leader is, and
//! where the fights are. It is coarse, so that it costs little and gives nobody away.

use super::heat::share;
use super::leaders::Board;
use super::messages::Event;
use super::world::World;
use drumbeat_shared::game::{Audience, Events};

/// Steps of the leader's place along each side of the world.
const STEPS: f32 = 256.0;

/// What the room has been shown.
#[derive(Debug, Default)]
pub(super) struct Overview {
    shown: Option<Event>,
}

impl Overview {
    /// Looks again, once a second, and shows the room what has changed.
    pub(super) fn send(&mut self, world: &mut World, board: &Board, events: &mut Events<Event>) {
        let event = look(world, board);
        world.heat.cool();
        if self.shown.as_ref() != Some(&event) {
            self.shown = Some(event.clone());
            events.push(Audience::Room, event);
        }
    }

    /// What the room was shown last.
    pub(super) fn event(&self) -> Option<Event> {
        self.shown.clone()
    }
}

fn look(world: &World, board: &Board) -> Event {
    let leader = board.best(&world.players).and_then(|id| world.players.find(id));
    let ship = leader.and_then(|player| world.entities.get(player.ship?));
    let at = ship.map(|ship| share(ship.place, world.map.size()) * STEPS).unwrap_or_default();
    let [leader_x, leader_y] = at.to_array().map(|at| at as u8);
    Event::Overview { leads: ship.is_some(), leader_x, leader_y, fights: world.heat.fights() }
}
