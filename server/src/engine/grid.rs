//! Which entities are near: uniform grids over one tick's positions.

mod area;
mod resting;

use drumbeat_shared::limits::VIEW_CELL_LOG2;
use glam::IVec2;

pub use self::area::{Item, Rect};
use self::resting::Resting;

/// Limit of cells per side; a world that spreads further shares its outermost cells.
const CELLS_PER_SIDE_MAX: u32 = 512;
/// Cells per item beyond which a table of all cells would cost more than it saves.
const SPARSE: usize = 8;

/// The entities of one tick: those that may move, sorted anew in each tick, and those that rest.
#[derive(Debug, Default)]
pub struct Grid {
    moving: Moving,
    resting: Resting,
}

impl Grid {
    /// Takes the entities that do not rest, in the order of their slots.
    pub fn sort_moving(&mut self, items: impl Iterator<Item = Item>) {
        self.moving.sort(items);
    }

    /// Whether the entity of a slot was the last time said to rest.
    #[inline]
    #[must_use]
    pub fn rests(&self, slot: u32) -> bool {
        self.resting.contains(slot)
    }

    /// Notes whether `item` rests, which was at `before` if it did so until now.
    pub fn rest(&mut self, before: IVec2, item: Item, rests: bool) {
        if self.resting.contains(item.id.slot) {
            self.resting.remove(before, item.id.slot);
        }
        if rests {
            self.resting.insert(item);
        }
    }

    /// Passes on every entity in the rectangle: those that may move, row by row, then those that
    /// rest.
    #[inline]
    pub fn visit(&self, rect: Rect, mut visit: impl FnMut(&Item)) {
        self.moving.within(rect).for_each(&mut visit);
        // No iterator over both: it would cost a room in which nothing rests.
        if !self.resting.is_empty() {
            self.resting.within(rect).for_each(visit);
        }
    }

    /// Every entity in the rectangle, in the same order.
    #[cfg(test)]
    pub(super) fn within(&self, rect: Rect) -> Vec<Item> {
        let mut items = Vec::new();
        self.visit(rect, |item| items.push(*item));
        items
    }
}

/// Entities sorted by cell: a row of cells is one slice.
#[derive(Debug, Default)]
struct Moving {
    origin: IVec2,
    columns: i32,
    rows: i32,
    /// Where each cell's items start; one more entry ends the last cell. Empty if there are many
    /// more cells than items: the start is then searched for.
    starts: Vec<u32>,
    items: Vec<Item>,
    unsorted: Vec<Item>,
}

impl Moving {
    fn sort(&mut self, items: impl Iterator<Item = Item>) {
        self.unsorted.clear();
        self.unsorted.extend(items);
        let first = self.unsorted.first().map_or(IVec2::ZERO, |item| item.position);
        let bounds = self.unsorted.iter().fold((first, first), |(min, max), item| {
            (min.min(item.position), max.max(item.position))
        });
        let count = |min: i32, max: i32| {
            (max.abs_diff(min) >> VIEW_CELL_LOG2).min(CELLS_PER_SIDE_MAX - 1) as i32 + 1
        };
        self.origin = bounds.0;
        self.columns = count(bounds.0.x, bounds.1.x);
        self.rows = count(bounds.0.y, bounds.1.y);
        let cells = (self.columns * self.rows) as usize;
        self.starts.clear();
        if cells > SPARSE * (self.unsorted.len() + 1) {
            std::mem::swap(&mut self.items, &mut self.unsorted);
            let mut items = std::mem::take(&mut self.items);
            items.sort_by_cached_key(|item| self.index(item));
            self.items = items;
        } else {
            self.starts.resize(cells + 1, 0);
            self.count();
        }
    }

    /// Counting sort by cell; entities of one cell stay in slot order.
    fn count(&mut self) {
        for at in 0..self.unsorted.len() {
            let index = self.index(&self.unsorted[at]) as usize;
            self.starts[index + 1] += 1;
        }
        for index in 1..self.starts.len() {
            self.starts[index] += self.starts[index - 1];
        }
        let mut next = self.starts.clone();
        self.items.clone_from(&self.unsorted);
        for item in &self.unsorted {
            let place = &mut next[self.index(item) as usize];
            self.items[*place as usize] = *item;
            *place += 1;
        }
    }

    /// The number of the cell that an item is in.
    fn index(&self, item: &Item) -> i32 {
        let at = self.cell(item.position);
        at.y * self.columns + at.x
    }

    /// Where the items of a cell start.
    fn start(&self, cell: i32) -> usize {
        match self.starts.get(cell as usize) {
            Some(start) => *start as usize,
            None => self.items.partition_point(|item| self.index(item) < cell),
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

    fn within(&self, rect: Rect) -> impl Iterator<Item = &Item> {
        let (min, max) = (self.cell(rect.min), self.cell(rect.max));
        (min.y..max.y + 1)
            .flat_map(move |row| {
                let first = self.start(row * self.columns + min.x);
                let end = self.start(row * self.columns + max.x + 1);
                &self.items[first..end]
            })
            .filter(move |item| rect.contains(item.position))
    }
}

#[cfg(test)]
mod tests;
