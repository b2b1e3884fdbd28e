//! What the whole room is shown of the world beyond each player's view: where the leader is, and
//! where the fights are. It is coarse, so that it costs little and gives nobody away.

use glam::{IVec2, Vec2};

use super::leaders::Board;
use super::messages::{Event, FIGHTS_MAX};
use super::world::World;
use drumbeat_shared::game::{Audience, Events};

/// Cells along each side of the world.
const CELLS: usize = 16;
/// Steps of the leader's place along each side of the world.
const STEPS: f32 = 256.0;
/// Hit points lost in a cell, of which half count a second later, from which on there is a fight.
const FIGHT_HEAT: u32 = 20;

/// The hit points that ships have lost lately, cell by cell.
#[derive(Debug)]
pub(super) struct Heat([u32; CELLS * CELLS]);

impl Default for Heat {
    fn default() -> Self {
        Self([0; CELLS * CELLS])
    }
}

impl Heat {
    /// A ship has lost hit points here, in a world of this size.
    pub(super) fn add(&mut self, place: IVec2, size: IVec2, damage: i32) {
        let cell = (share(place, size) * CELLS as f32).as_ivec2().clamp(IVec2::ZERO, LAST);
        self.0[cell.y as usize * CELLS + cell.x as usize] += damage as u32;
    }

    /// The hottest cells, hottest first.
    fn fights(&self) -> Vec<u8> {
        let hot = self.0.iter().enumerate().filter(|(_, heat)| **heat >= FIGHT_HEAT);
        let mut hot: Vec<_> = hot.map(|(cell, heat)| (std::cmp::Reverse(*heat), cell)).collect();
        hot.sort_unstable();
        hot.iter().take(FIGHTS_MAX).map(|(_, cell)| *cell as u8).collect()
    }

    fn cool(&mut self) {
        self.0.iter_mut().for_each(|heat| *heat /= 2);
    }
}

const LAST: IVec2 = IVec2::splat(CELLS as i32 - 1);

/// Where a place is between two corners of the world, 0 to 1 along each side.
fn share(place: IVec2, size: IVec2) -> Vec2 {
    place.as_vec2() / size.as_vec2()
}

/// What the room has been shown.
#[derive(Debug, Default)]
pub(super) struct Overview {
    shown: Option<Event>,
}

impl Overview {
    /// Looks again, and shows the room what has changed.
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

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: IVec2 = IVec2::new(35_200, 22_400);

    #[test]
    fn the_hottest_cells_are_the_fights_and_cool_down() {
        let mut heat = Heat::default();
        let mut hit = |x: i32, y: i32, damage| heat.add(IVec2::new(x, y), SIZE, damage);
        hit(0, 0, 30);
        hit(SIZE.x, SIZE.y, 45);
        hit(2_200, 1_400, 10);
        hit(2_200, 1_400, 10);
        hit(20_000, 10_000, 19);
        assert_eq!(heat.fights(), [255, 0, 17]);
        heat.cool();
        assert_eq!(heat.fights(), [255]);
        heat.cool();
        assert_eq!(heat.fights(), []);
        let mut heat = Heat::default();
        (0..10).for_each(|at| heat.add(IVec2::new(at * 2_200, 0), SIZE, 100 + at));
        assert_eq!(heat.fights(), [9, 8, 7, 6]);
    }
}
