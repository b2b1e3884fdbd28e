//! Which entities are near: a uniform grid over one tick's positions.

use drumbeat_shared::entities::Slot;
use drumbeat_shared::game::Game;
use drumbeat_shared::ids::EntityId;
use drumbeat_shared::limits::VIEW_CELL_LOG2;
use glam::IVec2;

/// Limit of cells per side; a world that spreads further shares its outermost cells.
const CELLS_PER_SIDE_MAX: u32 = 512;

/// An entity in the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Who it is.
    pub id: EntityId,
    /// Where it is, grid units.
    pub position: IVec2,
}

/// A rectangle, both corners included, in grid units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rect {
    /// The corner with the smallest coordinates.
    pub min: IVec2,
    /// The corner with the largest coordinates.
    pub max: IVec2,
}

impl Rect {
    /// The rectangle around `centre` that reaches `half` to each side.
    #[must_use]
    pub fn around(centre: IVec2, half: IVec2) -> Self {
        Self {
            min: IVec2::new(centre.x.saturating_sub(half.x), centre.y.saturating_sub(half.y)),
            max: IVec2::new(centre.x.saturating_add(half.x), centre.y.saturating_add(half.y)),
        }
    }

    /// Whether the point lies inside or on the edge.
    #[inline]
    #[must_use]
    pub fn contains(&self, point: IVec2) -> bool {
        // A value below the lower end wraps to far above the upper end: one comparison per axis.
        let within = |at: i32, min: i32, max: i32| {
            at.wrapping_sub(min) as u32 <= max.wrapping_sub(min) as u32
        };
        within(point.x, self.min.x, self.max.x) & within(point.y, self.min.y, self.max.y)
    }
}

/// The entities of one tick, sorted by cell: a row of cells is one slice.
#[derive(Debug, Default)]
pub struct Grid {
    origin: IVec2,
    columns: i32,
    rows: i32,
    /// Where each cell's items start; one more entry ends the last cell.
    starts: Vec<u32>,
    items: Vec<Item>,
}

impl Grid {
    /// Sorts the living entities into cells.
    #[must_use]
    pub fn new<G: Game>(slots: &[Slot]) -> Self {
        let living: Vec<Item> = slots
            .iter()
            .enumerate()
            .filter_map(|(slot, place)| {
                let position = G::position(place.state.as_ref()?);
                let id = EntityId { slot: slot as u32, generation: place.generation };
                Some(Item { id, position })
            })
            .collect();
        let first = living.first().map_or(IVec2::ZERO, |item| item.position);
        let bounds = living.iter().fold((first, first), |(min, max), item| {
            (min.min(item.position), max.max(item.position))
        });
        let count = |min: i32, max: i32| {
            (max.abs_diff(min) >> VIEW_CELL_LOG2).min(CELLS_PER_SIDE_MAX - 1) as i32 + 1
        };
        let mut grid = Self {
            origin: bounds.0,
            columns: count(bounds.0.x, bounds.1.x),
            rows: count(bounds.0.y, bounds.1.y),
            ..Self::default()
        };
        grid.sort(&living);
        grid
    }

    /// Counting sort by cell; entities of one cell stay in slot order.
    fn sort(&mut self, living: &[Item]) {
        let cell = |grid: &Self, item: &Item| {
            let at = grid.cell(item.position);
            (at.y * grid.columns + at.x) as usize
        };
        self.starts = vec![0; (self.columns * self.rows) as usize + 1];
        for item in living {
            let index = cell(self, item);
            self.starts[index + 1] += 1;
        }
        for index in 1..self.starts.len() {
            self.starts[index] += self.starts[index - 1];
        }
        let mut next = self.starts.clone();
        self.items = living.to_vec();
        for item in living {
            let place = &mut next[cell(self, item)];
            self.items[*place as usize] = *item;
            *place += 1;
        }
    }

    fn cell(&self, position: IVec2) -> IVec2 {
        // In 64 bits, since a view may reach past the ends of the coordinates.
        let along = |at: i32, origin: i32, count: i32| {
            ((i64::from(at) - i64::from(origin)) >> VIEW_CELL_LOG2).clamp(0, i64::from(count) - 1)
                as i32
        };
        IVec2::new(
            along(position.x, self.origin.x, self.columns),
            along(position.y, self.origin.y, self.rows),
        )
    }

    /// Every entity in the rectangle, row by row.
    pub fn within(&self, rect: Rect) -> impl Iterator<Item = &Item> {
        let (min, max) = (self.cell(rect.min), self.cell(rect.max));
        (min.y..max.y + 1)
            .flat_map(move |row| {
                let first = self.starts[(row * self.columns + min.x) as usize];
                let end = self.starts[(row * self.columns + max.x) as usize + 1];
                &self.items[first as usize..end as usize]
            })
            .filter(move |item| rect.contains(item.position))
    }
}

#[cfg(test)]
mod tests {
    use drumbeat_shared::rng::Rng;
    use drumbeat_shared::schema::State;
    use drumbeat_shared::toy::Toy;

    use super::*;

    fn slots(positions: impl Iterator<Item = Option<IVec2>>) -> Vec<Slot> {
        positions
            .map(|position| {
                let state = position.map(|at| {
                    let mut state = State::default();
                    (state.fields[2], state.fields[3]) = (at.x, at.y);
                    state
                });
                Slot { generation: 0, state }
            })
            .collect()
    }

    /// Asserts that the grid finds what a scan of every slot finds; returns how many.
    fn check(slots: &[Slot], rect: Rect) -> usize {
        let mut found: Vec<u32> =
            Grid::new::<Toy>(slots).within(rect).map(|item| item.id.slot).collect();
        found.sort_unstable();
        let inside = |slot: &&u32| {
            slots[**slot as usize].state.as_ref().is_some_and(|s| rect.contains(Toy::position(s)))
        };
        let all: Vec<u32> = (0..slots.len() as u32).collect();
        assert_eq!(found, all.iter().filter(inside).copied().collect::<Vec<_>>(), "{rect:?}");
        found.len()
    }

    #[test]
    fn the_grid_finds_what_is_inside() {
        let mut rng = Rng::new(1);
        let mut found = 0;
        // From a single cell up to a world whose outermost cells are shared.
        for spread in [10, 5_000, 100_000, 5_000_000] {
            let at = |rng: &mut Rng| {
                IVec2::new(rng.between(-spread, spread), rng.between(-spread, spread))
            };
            let slots = slots((0..500).map(|_| (!rng.one_in(5)).then(|| at(&mut rng))));
            for _ in 0..50 {
                let half = IVec2::new(rng.between(0, spread), rng.between(0, spread));
                found += check(&slots, Rect::around(at(&mut rng), half));
            }
            found += check(&slots, Rect::around(IVec2::ZERO, IVec2::MAX));
        }
        assert!(found > 1_000, "only {found} were found in all");
    }

    #[test]
    fn the_ends_of_the_coordinates_are_in_reach() {
        let corners = [IVec2::MIN, IVec2::MAX, IVec2::ZERO];
        let slots = slots(corners.iter().map(|at| Some(*at)));
        for corner in corners {
            assert_eq!(check(&slots, Rect::around(corner, IVec2::splat(9))), 1);
        }
        assert_eq!(check(&slots, Rect { min: IVec2::MIN, max: IVec2::MAX }), 3);
        assert_eq!(check(&[], Rect { min: IVec2::MIN, max: IVec2::MAX }), 0);
    }
}
