//! Finds things near a place: a coarse grid over the world, rebuilt as needed, and one to which places
//! are added.
//!
//! The engine has another grid for views. That one does not know the size of the world, takes
//! places from the network and stores them beside the ids; here things are large and known by their
//! numbers, and finding a few too many does no harm.

use std::ops::RangeInclusive;

use glam::IVec2;

use super::schema::GRID;
use drumbeat_shared::typed::Saved;

/// Side of a cell, grid units.
const CELL: i32 = 128 * GRID;

/// The square cells of a world, row by row.
#[derive(Saved, Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cells {
    columns: i32,
    rows: i32,
}

impl Cells {
    fn new(size: IVec2) -> Self {
        Self { columns: size.x / CELL + 1, rows: size.y / CELL + 1 }
    }

    fn count(self) -> usize {
        (self.columns * self.rows) as usize
    }

    /// The columns and rows that a rectangle touches.
    fn between(self, low: IVec2, high: IVec2) -> (RangeInclusive<i32>, RangeInclusive<i32>) {
        let (low, high) = (self.of(low), self.of(high));
        (low.x..=high.x, low.y..=high.y)
    }

    /// Column and row of the cell that contains a place, or is nearest to it.
    fn of(self, place: IVec2) -> IVec2 {
        (place / CELL).clamp(IVec2::ZERO, IVec2::new(self.columns - 1, self.rows - 1))
    }

    fn number(self, column: i32, row: i32) -> usize {
        (row * self.columns + column) as usize
    }
}

/// Things, known by their numbers, sorted into square cells.
///
/// All cells follow each other in one list, so that a row of cells is one slice.
#[derive(Saved, Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Grid {
    cells: Cells,
    /// Where each cell starts in `items`; one more entry than there are cells.
    starts: Vec<u32>,
    items: Vec<u32>,
    /// Each thing in each of its cells, while the grid is made.
    places: Vec<(u32, u32)>,
}

impl Grid {
    /// An empty grid over a world of this size.
    pub(super) fn new(size: IVec2) -> Self {
        let cells = Cells::new(size);
        Self { cells, starts: vec![0; cells.count() + 1], ..Self::default() }
    }

    /// Replaces the content of the grid by these things, each given as the rectangle that it covers
    /// (both corners included). The n-th thing gets the number n.
    pub(super) fn rebuild(&mut self, things: impl Iterator<Item = (IVec2, IVec2)>) {
        self.places.clear();
        for (number, (low, high)) in (0..).zip(things) {
            let (columns, rows) = self.cells.between(low, high);
            for row in rows {
                let cells = columns.clone().map(|column| self.cells.number(column, row) as u32);
                self.places.extend(cells.map(|cell| (cell, number)));
            }
        }
        self.starts.fill(0);
        for (cell, _) in &self.places {
            self.starts[*cell as usize + 1] += 1;
        }
        for cell in 1..self.starts.len() {
            self.starts[cell] += self.starts[cell - 1];
        }
        self.items.clear();
        self.items.resize(self.places.len(), 0);
        // Each start moves on as its cell fills up, and ends where the next one started.
        for (cell, number) in &self.places {
            let start = &mut self.starts[*cell as usize];
            self.items[*start as usize] = *number;
            *start += 1;
        }
        self.starts.rotate_right(1);
        self.starts[0] = 0;
    }

    /// The numbers of the things in the cells that a rectangle touches. A thing that covers several
    /// of these cells appears several times.
    pub(super) fn near(&self, low: IVec2, high: IVec2) -> impl Iterator<Item = usize> {
        let (columns, rows) = self.cells.between(low, high);
        rows.flat_map(move |row| {
            let first = self.cells.number(*columns.start(), row);
            let last = self.cells.number(*columns.end(), row);
            let range = self.starts[first] as usize..self.starts[last + 1] as usize;
            self.items[range].iter().map(|number| *number as usize)
        })
    }

    /// The numbers of the things in the cell of a place: the same as [`Grid::near`] for that place,
    /// but faster.
    pub(super) fn at(&self, place: IVec2) -> impl Iterator<Item = usize> {
        let IVec2 { x: column, y: row } = self.cells.of(place);
        let cell = self.cells.number(column, row);
        let range = self.starts[cell] as usize..self.starts[cell + 1] as usize;
        self.items[range].iter().map(|number| *number as usize)
    }
}

/// Places that are added one by one.
#[derive(Saved, Clone, Debug, Default)]
pub(super) struct Places {
    cells: Cells,
    /// The last place in each cell, as its number in `places` from 1; 0 for none.
    last: Vec<u32>,
    /// Each place, and the one before it in its cell.
    places: Vec<(IVec2, u32)>,
}

impl Places {
    /// No places in a world of this size.
    pub(super) fn new(size: IVec2) -> Self {
        let cells = Cells::new(size);
        Self { cells, last: vec![0; cells.count()], places: Vec::new() }
    }

    pub(super) fn add(&mut self, place: IVec2) {
        let cell = self.cell(place);
        self.places.push((place, self.last[cell]));
        self.last[cell] = self.places.len() as u32;
    }

    /// Forgets all places, at a cost that only their number decides.
    pub(super) fn clear(&mut self) {
        while let Some((place, _)) = self.places.pop() {
            let cell = self.cell(place);
            self.last[cell] = 0;
        }
    }

    /// The places in the cells that a rectangle touches.
    pub(super) fn near(&self, low: IVec2, high: IVec2) -> impl Iterator<Item = IVec2> {
        let (columns, rows) = self.cells.between(low, high);
        let cells = rows.flat_map(move |row| {
            columns.clone().map(move |column| self.last[self.cells.number(column, row)])
        });
        cells.flat_map(|last| {
            let found = |number: u32| self.places.get((number as usize).wrapping_sub(1));
            let all = std::iter::successors(found(last), move |(_, before)| found(*before));
            all.map(|(place, _)| *place)
        })
    }

    fn cell(&self, place: IVec2) -> usize {
        let IVec2 { x: column, y: row } = self.cells.of(place);
        self.cells.number(column, row)
    }
}

/// The square of a distance, grid units.
pub(super) fn distance_squared(a: IVec2, b: IVec2) -> i64 {
    let square = |length: i32| i64::from(length) * i64::from(length);
    square(a.x - b.x) + square(a.y - b.y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use drumbeat_shared::rng::Rng;

    #[test]
    fn finds_everything_near_and_nothing_far() {
        let size = IVec2::new(3_000 * GRID, 2_000 * GRID);
        let mut rng = Rng::new(5);
        let mut grid = Grid::new(size);
        for _ in 0..3 {
            let points: Vec<IVec2> = (0..500)
                .map(|_| IVec2::new(rng.between(0, size.x), rng.between(0, size.y)))
                .collect();
            grid.rebuild(points.iter().map(|point| (*point, *point)));
            for _ in 0..200 {
                let centre = IVec2::new(rng.between(-99, size.x), rng.between(-99, size.y));
                let half = IVec2::splat(rng.between(0, 2 * CELL));
                let here: Vec<usize> = grid.near(centre, centre).collect();
                assert!(grid.at(centre).eq(here), "not the same at {centre}");
                let found: Vec<usize> = grid.near(centre - half, centre + half).collect();
                for (number, point) in points.iter().enumerate() {
                    let away = (*point - centre).abs();
                    let close = away.cmple(half).all();
                    let far = away.cmpgt(half + CELL).any();
                    assert!(!close || found.contains(&number), "misses {point}");
                    assert!(!far || !found.contains(&number), "has {point}");
                }
            }
        }
    }

    #[test]
    fn added_places_are_found_like_things_of_the_grid() {
        let size = IVec2::new(3_000 * GRID, 2_000 * GRID);
        let mut rng = Rng::new(6);
        let mut grid = Grid::new(size);
        let mut added = Places::new(size);
        for count in [300, 0, 40] {
            added.clear();
            let points: Vec<IVec2> = (0..count)
                .map(|_| IVec2::new(rng.between(-99, size.x), rng.between(-99, size.y)))
                .collect();
            for place in &points {
                added.add(*place);
            }
            grid.rebuild(points.iter().map(|point| (*point, *point)));
            for _ in 0..100 {
                let centre = IVec2::new(rng.between(-99, size.x), rng.between(-99, size.y));
                let half = IVec2::splat(rng.between(0, 3 * CELL));
                let (low, high) = (centre - half, centre + half);
                let sorted = |mut places: Vec<IVec2>| {
                    places.sort_by_key(|place| (place.x, place.y));
                    places
                };
                let expected = grid.near(low, high).map(|number| points[number]).collect();
                assert_eq!(sorted(added.near(low, high).collect()), sorted(expected));
            }
        }
    }

    #[test]
    fn a_large_thing_is_found_from_all_its_cells() {
        let mut grid = Grid::new(IVec2::splat(10 * CELL));
        let thing = (IVec2::splat(2 * CELL), IVec2::splat(5 * CELL));
        grid.rebuild([(IVec2::ZERO, IVec2::ZERO), thing].into_iter());
        for cell in 2..=5 {
            let at = IVec2::splat(cell * CELL + 7);
            assert_eq!(grid.near(at, at).collect::<Vec<_>>(), [1]);
        }
        let at = IVec2::splat(6 * CELL);
        assert_eq!(grid.near(at, at).count(), 0);
    }
}
