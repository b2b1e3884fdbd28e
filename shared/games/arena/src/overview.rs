//! What the whole room is shown of the world beyond each player's view: where the leader is, and
//! where the fights are. Both are coarse: they lead to the place, and aim at nobody.

use super::heat::share;
use super::leaders::Board;
use super::messages::Event;
use super::world::World;
use drumbeat_shared::typed::Saved;

/// Steps of the leader's place along each side of the world, two for each cell of the fights.
const STEPS: f32 = 32.0;
/// What is sent counts in 1/256 of a side.
const PER_STEP: u8 = 8;

/// What the room has been shown.
#[derive(Saved, Debug, Default)]
pub(super) struct Overview {
    shown: Option<Event>,
}

impl Overview {
    /// Looks again, once a second. Returns what to show the room if it has changed.
    pub(super) fn news(&mut self, world: &mut World, board: &Board) -> Option<Event> {
        let event = look(world, board);
        world.heat.cool();
        if self.shown.as_ref() == Some(&event) {
            return None;
        }
        self.shown = Some(event);
        self.event()
    }

    /// What the room was shown last.
    pub(super) fn event(&self) -> Option<Event> {
        self.shown.clone()
    }
}

fn look(world: &World, board: &Board) -> Event {
    let leader = board.best(&world.players).and_then(|id| world.players.find(id));
    // Without points nobody leads.
    let leader = leader.filter(|player| player.score > 0);
    let ship = leader.and_then(|player| world.entities.get(player.ship?));
    let at = ship.map(|ship| share(ship.place, world.map.size()) * STEPS).unwrap_or_default();
    let leads = ship.is_some();
    let middle = |at: f32| if leads { at as u8 * PER_STEP + PER_STEP / 2 } else { 0 };
    let [leader_x, leader_y] = at.to_array().map(middle);
    Event::Overview { leads, leader_x, leader_y, fights: world.heat.fights() }
}
