//! Where the fights are: the hit points that ships have lost lately, in coarse cells.

use std::cmp::Reverse;

use glam::{IVec2, Vec2};

use super::messages::FIGHTS_MAX;
use drumbeat_shared::typed::Saved;

/// Cells along each side of the world.
const CELLS: usize = 16;
/// Hit points lost in a cell, of which half count a second later, from which on there is a fight.
const FIGHT_HEAT: u32 = 20;

/// The heat of all cells of a world, row by row.
#[derive(Saved, Debug)]
pub(super) struct Heat([[u32; CELLS]; CELLS]);

impl Default for Heat {
    fn default() -> Self {
        Self([[0; CELLS]; CELLS])
    }
}

impl Heat {
    /// A ship has lost hit points here, in a world of this size.
    pub(super) fn add(&mut self, place: IVec2, size: IVec2, damage: i32) {
        let last = IVec2::splat(CELLS as i32 - 1);
        let cell = (share(place, size) * CELLS as f32).as_ivec2().clamp(IVec2::ZERO, last);
        self.0[cell.y as usize][cell.x as usize] += damage as u32;
    }

    /// The hottest cells, hottest first.
    pub(super) fn fights(&self) -> Vec<u8> {
        let hot = self.0.as_flattened().iter().enumerate().filter(|(_, heat)| **heat >= FIGHT_HEAT);
        let mut hot: Vec<_> = hot.map(|(cell, heat)| (Reverse(*heat), cell)).collect();
        hot.sort_unstable();
        hot.iter().take(FIGHTS_MAX).map(|(_, cell)| *cell as u8).collect()
    }

    /// A second has passed.
    pub(super) fn cool(&mut self) {
        self.0.as_flattened_mut().iter_mut().for_each(|heat| *heat /= 2);
    }
}

/// Where a place is between two corners of the world, 0 to 1 along each side.
pub(super) fn share(place: IVec2, size: IVec2) -> Vec2 {
    place.as_vec2() / size.as_vec2()
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
