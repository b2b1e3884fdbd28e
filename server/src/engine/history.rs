//! The entity tables of a room's last ticks, as far back as some client needs them.
//!
//! A table is a list of chunks. Ticks between which nothing in a chunk changed share it, so a tick
//! costs what changed in it, and a list of numbers.

use std::collections::VecDeque;

use drumbeat_shared::entities::Slot;
use drumbeat_shared::ids::{EntityId, Tick};
use drumbeat_shared::limits::{HISTORY_TICKS, TURNS};
use drumbeat_shared::schema::State;

/// Slots of one chunk: so small that a single entity that moves is cheap to copy.
const CHUNK: usize = 16;
/// Limit of tables that a room holds: the baselines, and the last turns of the lanes before them.
const TABLES_MAX: usize = HISTORY_TICKS + TURNS;

/// One slot in one tick.
#[derive(Clone, Copy, Debug, Default)]
pub struct Entry {
    /// The slot of the entity table.
    pub slot: Slot,
    /// Hash of the state in it, 0 for an empty slot.
    pub hash: u64,
}

type Chunk = Box<[Entry]>;

/// The entities of one tick.
#[derive(Debug)]
struct Table {
    tick: Tick,
    /// By slot / [`CHUNK`]: the index of the chunk in the pool.
    chunks: Vec<u32>,
    /// Chunks that no later tick shares.
    retired: Vec<u32>,
}

/// The last tables of a room.
#[derive(Debug, Default)]
pub struct History {
    /// Of consecutive ticks, newest last.
    tables: VecDeque<Table>,
    pool: Vec<Chunk>,
    /// Chunks of the pool that no table uses.
    free: Vec<u32>,
    /// Places in the pool without memory.
    empty: Vec<u32>,
}

impl History {
    /// Begins the table of the next tick, which is that of the tick before until [`History::put`]
    /// changes it. Forgets the oldest table if there are too many.
    pub fn begin(&mut self, tick: Tick) {
        if self.tables.len() == TABLES_MAX {
            self.forget_oldest();
        }
        let chunks = self.tables.back().map(|newest| newest.chunks.clone()).unwrap_or_default();
        self.tables.push_back(Table { tick, chunks, retired: Vec::new() });
    }

    /// Changes a slot of the newest table.
    pub fn put(&mut self, slot: u32, entry: Entry) {
        let (chunk, at) = (slot as usize / CHUNK, slot as usize % CHUNK);
        let index = self.own(chunk);
        self.pool[index as usize][at] = entry;
    }

    /// The index of a chunk that only the newest table uses.
    fn own(&mut self, chunk: usize) -> u32 {
        let newest = self.tables.len() - 1;
        while self.tables[newest].chunks.len() <= chunk {
            let index = self.take_free();
            self.pool[index as usize].fill(Entry::default());
            self.tables[newest].chunks.push(index);
        }
        let index = self.tables[newest].chunks[chunk];
        let before = newest.checked_sub(1).map(|before| &mut self.tables[before]);
        let Some(before) = before.filter(|before| before.chunks.get(chunk) == Some(&index)) else {
            return index;
        };
        before.retired.push(index);
        let own = self.take_free();
        let mut copy = std::mem::take(&mut self.pool[own as usize]);
        copy.copy_from_slice(&self.pool[index as usize]);
        self.pool[own as usize] = copy;
        self.tables[newest].chunks[chunk] = own;
        own
    }

    fn take_free(&mut self) -> u32 {
        if let Some(index) = self.free.pop() {
            return index;
        }
        let chunk = vec![Entry::default(); CHUNK].into();
        if let Some(index) = self.empty.pop() {
            self.pool[index as usize] = chunk;
            return index;
        }
        self.pool.push(chunk);
        self.pool.len() as u32 - 1
    }

    /// Forgets the tables before `tick`, except the newest.
    pub fn forget_before(&mut self, tick: Tick) {
        while self.tables.len() > 1 && self.tables[0].tick < tick {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let Some(Table { chunks, retired, .. }) = self.tables.pop_front() else { return };
        for index in retired {
            if self.free.len() > chunks.len() {
                // Enough for the next tick, even if everything changes.
                self.pool[index as usize] = Chunk::default();
                self.empty.push(index);
            } else {
                self.free.push(index);
            }
        }
    }

    /// The newest table, if there is one.
    #[must_use]
    pub fn newest(&self) -> Option<Past<'_>> {
        self.tables.back().map(|table| self.past(table))
    }

    /// The table of `tick`, if it is still held.
    #[must_use]
    pub fn find(&self, tick: Tick) -> Option<Past<'_>> {
        let newest = self.tables.back()?.tick;
        let back = newest.0.checked_sub(tick.0)? as usize;
        let table = self.tables.get(self.tables.len().checked_sub(back + 1)?)?;
        Some(self.past(table))
    }

    fn past<'a>(&'a self, table: &'a Table) -> Past<'a> {
        Past { tick: table.tick, chunks: &table.chunks, pool: &self.pool }
    }
}

/// The entities at the end of one tick.
#[derive(Clone, Copy, Debug)]
pub struct Past<'a> {
    /// The tick.
    pub tick: Tick,
    chunks: &'a [u32],
    pool: &'a [Chunk],
}

impl<'a> Past<'a> {
    /// What is in a slot; `None` beyond the table.
    #[inline]
    #[must_use]
    pub fn entry(&self, slot: u32) -> Option<&'a Entry> {
        let chunk = *self.chunks.get(slot as usize / CHUNK)?;
        self.pool[chunk as usize].get(slot as usize % CHUNK)
    }

    /// The state of an entity that was alive.
    #[inline]
    #[must_use]
    pub fn find(&self, id: EntityId) -> Option<&'a State> {
        let Slot { generation, state } = &self.entry(id.slot)?.slot;
        state.as_ref().filter(|_| *generation == id.generation)
    }

    /// Hash of the state in a slot, 0 for none.
    #[inline]
    #[must_use]
    pub fn hash(&self, slot: u32) -> u64 {
        self.entry(slot).map_or(0, |entry| entry.hash)
    }

    /// Whether a slot is certainly the same in another table of the room.
    #[inline]
    #[must_use]
    pub fn shares(&self, other: &Self, slot: u32) -> bool {
        let chunk = slot as usize / CHUNK;
        self.chunks.get(chunk) == other.chunks.get(chunk)
    }

    /// Every slot of the table.
    pub fn entries(&self) -> impl Iterator<Item = &'a Entry> {
        let pool = self.pool;
        self.chunks.iter().flat_map(move |chunk| &pool[*chunk as usize])
    }
}
