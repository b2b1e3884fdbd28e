//! Which slots are near a place: a uniform grid that follows every move.

use glam::IVec2;

/// Base-2 logarithm of the number of cells per side, at most.
const SIDE_CELLS_LOG2: u32 = 6;
/// No slot, no cell.
const NONE: u32 = u32::MAX;

/// The slots of a world in square cells. The slots of a cell are linked to each other, so that a move
/// costs the same however many there are.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    /// The smallest coordinates of the world.
    origin: IVec2,
    /// Base-2 logarithm of the side of a cell, grid units.
    cell_log2: u32,
    columns: u32,
    /// The first slot of each cell.
    heads: Vec<u32>,
    /// By slot.
    links: Vec<Link>,
}

/// Where a slot hangs.
#[derive(Clone, Copy, Debug)]
struct Link {
    cell: u32,
    before: u32,
    next: u32,
}

const LOOSE: Link = Link { cell: NONE, before: NONE, next: NONE };

impl Grid {
    /// An empty grid over all places between two corners.
    pub(super) fn new(low: IVec2, high: IVec2) -> Self {
        let (width, height) = (high.x.abs_diff(low.x), high.y.abs_diff(low.y));
        let bits = u32::BITS - width.max(height).leading_zeros();
        let cell_log2 = bits.saturating_sub(SIDE_CELLS_LOG2);
        let (columns, rows) = ((width >> cell_log2) + 1, (height >> cell_log2) + 1);
        let heads = vec![NONE; (columns * rows) as usize];
        Self { origin: low, cell_log2, columns, heads, links: Vec::new() }
    }

    /// Puts a slot where its entity is, or takes it there from where it was.
    pub(super) fn put(&mut self, slot: u32, place: IVec2) {
        let (column, row) = self.cell(place);
        let cell = row * self.columns + column;
        if self.links.len() <= slot as usize {
            self.links.resize(slot as usize + 1, LOOSE);
        }
        if self.links[slot as usize].cell == cell {
            return;
        }
        self.remove(slot);
        let next = std::mem::replace(&mut self.heads[cell as usize], slot);
        self.links[slot as usize] = Link { cell, before: NONE, next };
        if let Some(next) = self.links.get_mut(next as usize) {
            next.before = slot;
        }
    }

    /// Takes a slot out.
    pub(super) fn remove(&mut self, slot: u32) {
        let Link { cell, before, next } = std::mem::replace(&mut self.links[slot as usize], LOOSE);
        if cell == NONE {
            return;
        }
        match self.links.get_mut(before as usize) {
            Some(before) => before.next = next,
            None => self.heads[cell as usize] = next,
        }
        if let Some(next) = self.links.get_mut(next as usize) {
            next.before = before;
        }
    }

    /// The slots in the cells that a square around `centre` touches, ascending.
    pub(super) fn near(&self, centre: IVec2, radius: i32) -> Vec<u32> {
        let half = IVec2::splat(radius);
        let (left, top) = self.cell(centre.saturating_sub(half));
        let (right, bottom) = self.cell(centre.saturating_add(half));
        let mut found = Vec::new();
        for row in top..=bottom {
            for column in left..=right {
                let mut slot = self.heads[(row * self.columns + column) as usize];
                while let Some(link) = self.links.get(slot as usize) {
                    found.push(slot);
                    slot = link.next;
                }
            }
        }
        found.sort_unstable();
        found
    }

    /// Column and row of the cell of a place, or of the one nearest to it.
    fn cell(&self, place: IVec2) -> (u32, u32) {
        let rows = self.heads.len() as u32 / self.columns;
        let along = |at: i32, origin: i32, count: u32| {
            let away = if at < origin { 0 } else { at.abs_diff(origin) };
            (away >> self.cell_log2).min(count - 1)
        };
        (along(place.x, self.origin.x, self.columns), along(place.y, self.origin.y, rows))
    }
}
