//! The entities that rest, by where they are: changed only when one comes, goes or is changed.

use drumbeat_shared::bit_set::BitSet;
use drumbeat_shared::limits::VIEW_CELL_LOG2;
use glam::IVec2;

use super::area::{Item, Rect};

/// Base-2 logarithm of the fewest cells per side.
const SIDE_LOG2_MIN: u32 = 3;
/// Maximum base-2 logarithm of the cells per side.
const SIDE_LOG2_MAX: u32 = 8;
/// Items per cell beyond which there are too few cells.
const ITEMS_PER_CELL: usize = 2;

/// Cells that repeat over the plane: one holds the items of all places that are a multiple of the
/// sides apart. So the world needs no known size, and what does not belong to a rectangle is
/// sorted out by its position.
#[derive(Debug, Default)]
pub(super) struct Resting {
    /// Row by row, each in the order of the slots; empty before the first item.
    cells: Vec<Vec<Item>>,
    side_log2: u32,
    slots: BitSet,
    count: usize,
}

impl Resting {
    /// Whether the entity of this slot is here.
    #[inline]
    pub(super) fn contains(&self, slot: u32) -> bool {
        self.slots.contains(slot)
    }

    /// Adds an item whose slot is not here.
    pub(super) fn insert(&mut self, item: Item) {
        let full = self.count == ITEMS_PER_CELL * self.cells.len();
        if full && self.side_log2 < SIDE_LOG2_MAX {
            self.grow();
        }
        self.slots.insert(item.id.slot);
        self.count += 1;
        self.put(item);
    }

    fn put(&mut self, item: Item) {
        let at = self.index(cell(item.position));
        let cell = &mut self.cells[at];
        let at = cell.partition_point(|other| other.id.slot < item.id.slot);
        cell.insert(at, item);
    }

    /// Removes the item of this slot, which is at `position`.
    pub(super) fn remove(&mut self, position: IVec2, slot: u32) {
        self.slots.remove(slot);
        self.count -= 1;
        let at = self.index(cell(position));
        self.cells[at].retain(|item| item.id.slot != slot);
    }

    /// Makes the sides twice as long.
    fn grow(&mut self) {
        self.side_log2 = (self.side_log2 + 1).max(SIDE_LOG2_MIN);
        let cells = vec![Vec::new(); 1 << (2 * self.side_log2)];
        for item in std::mem::replace(&mut self.cells, cells).into_iter().flatten() {
            self.put(item);
        }
    }

    /// Whether no entity is here.
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Every item in the rectangle, row by row; there must be some item.
    pub(super) fn within(&self, rect: Rect) -> impl Iterator<Item = &Item> {
        let (min, max) = (cell(rect.min), cell(rect.max));
        let side = 1 << self.side_log2;
        let end = move |min: i32, max: i32| min + (max - min + 1).min(side);
        let rows = min.y..end(min.y, max.y);
        rows.flat_map(move |y| (min.x..end(min.x, max.x)).map(move |x| IVec2::new(x, y)))
            .flat_map(|at| &self.cells[self.index(at)])
            .filter(move |item| rect.contains(item.position))
    }

    fn index(&self, cell: IVec2) -> usize {
        let along = |at: i32| at as usize & ((1 << self.side_log2) - 1);
        along(cell.y) << self.side_log2 | along(cell.x)
    }
}

fn cell(position: IVec2) -> IVec2 {
    position >> VIEW_CELL_LOG2 as i32
}
