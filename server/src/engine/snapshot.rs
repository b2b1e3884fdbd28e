//! One tick of a room, immutable, with every entity's change since the tick before encoded once.

use std::collections::VecDeque;

use drumbeat_shared::entities::Slot;
use drumbeat_shared::game::Game;
use drumbeat_shared::ids::{EntityId, PlayerId, Tick};
use drumbeat_shared::limits::HISTORY_TICKS;
use drumbeat_shared::protocol::bits::BitWriter;
use drumbeat_shared::replication::change::encode_change;
use drumbeat_shared::replication::checksum::hash_state;
use drumbeat_shared::schema::{Private, State};
use glam::IVec2;

use super::grid::Grid;

/// What the fan-out needs of one connected player.
#[derive(Clone, Copy, Debug)]
pub struct PlayerView {
    /// Where it looks from, grid units.
    pub eye: IVec2,
    /// What only it is told.
    pub private: Private,
}

/// The state of a room at the end of one tick.
#[derive(Debug)]
pub struct Snapshot {
    /// Which tick.
    pub tick: Tick,
    /// The entity table.
    pub slots: Vec<Slot>,
    /// The players' views by player id; `None` where nobody is connected.
    pub players: Vec<Option<PlayerView>>,
    /// Fingerprint of each slot's state, 0 for an empty one.
    pub hashes: Vec<u64>,
    /// Who is where.
    pub grid: Grid,
    /// What changed since the tick before.
    pub changes: Changes,
}

impl Snapshot {
    /// Takes the picture of a world; `last` is the picture of the tick before, if there was one.
    #[must_use]
    pub fn new<G: Game>(
        game: &G,
        map: &G::Map,
        tick: Tick,
        players: impl Iterator<Item = PlayerId>,
        last: Option<&Self>,
    ) -> Self {
        let slots = game.entities().slots().to_vec();
        let mut views = Vec::new();
        for player in players {
            let index = usize::from(player.0);
            if views.len() <= index {
                views.resize(index + 1, None);
            }
            views[index] =
                Some(PlayerView { eye: game.eye(player), private: game.private(player) });
        }
        let hashes = slots.iter().map(|slot| slot.state.as_ref().map_or(0, hash_state)).collect();
        let grid = Grid::new::<G>(&slots);
        let before = last.map_or(&[][..], |last| &last.slots);
        let changes = Changes::new::<G>(map, before, &slots);
        Self { tick, slots, players: views, hashes, grid, changes }
    }

    /// The state of an entity that is alive in this tick.
    #[inline]
    #[must_use]
    pub fn find(&self, id: EntityId) -> Option<&State> {
        let slot = self.slots.get(id.slot as usize)?;
        slot.state.as_ref().filter(|_| slot.generation == id.generation)
    }

    fn keep_entities(&mut self) {
        let Self { tick: _, slots: _, players, hashes, grid, changes } = self;
        (*players, *hashes) = (Vec::new(), Vec::new());
        (*grid, *changes) = (Grid::default(), Changes::default());
    }

    /// The id of the entity in a slot.
    #[must_use]
    pub fn id(&self, slot: u32) -> EntityId {
        EntityId { slot, generation: self.slots[slot as usize].generation }
    }
}

/// The encoded change of every entity that was alive in two ticks in a row.
#[derive(Debug, Default)]
pub struct Changes {
    entries: Vec<Entry>,
    /// What of long changes did not fit their entry.
    words: Vec<u64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    /// The first 64 bits.
    first: u64,
    /// Length in all; 0 for an entity that was not there before.
    bits: u32,
    /// Where the further words start.
    rest: u32,
}

impl Changes {
    fn new<G: Game>(map: &G::Map, before: &[Slot], now: &[Slot]) -> Self {
        let mut changes = Self { entries: Vec::with_capacity(now.len()), words: Vec::new() };
        let mut scratch = BitWriter::default();
        for (slot, place) in now.iter().enumerate() {
            let old = before.get(slot).filter(|old| old.generation == place.generation);
            let entry = match (old.and_then(|old| old.state.as_ref()), &place.state) {
                (Some(old), Some(state)) => {
                    scratch.restart(0);
                    encode_change::<G>(map, old, state, 1, &mut scratch);
                    changes.store(&mut scratch)
                }
                _ => Entry::default(),
            };
            changes.entries.push(entry);
        }
        changes
    }

    fn store(&mut self, scratch: &mut BitWriter) -> Entry {
        let bits = scratch.len_bits() as u32;
        let mut words = scratch.finish().chunks(8).map(|chunk| {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            u64::from_le_bytes(word)
        });
        let first = words.next().unwrap_or(0);
        let rest = self.words.len() as u32;
        self.words.extend(words);
        Entry { first, bits, rest }
    }

    /// Appends the change of the entity in `slot` to a frame.
    #[inline]
    pub fn splice(&self, slot: u32, out: &mut BitWriter) {
        let Entry { first, bits, rest } = self.entries[slot as usize];
        debug_assert!(bits > 0, "slot {slot} was not alive in the tick before");
        out.put(first, bits.min(64));
        let mut left = bits.saturating_sub(64);
        let mut at = rest as usize;
        while left > 0 {
            out.put(self.words[at], left.min(64));
            left = left.saturating_sub(64);
            at += 1;
        }
    }
}

/// The last snapshots of a room. Those before the newest are baselines: of them only the entities
/// are kept.
#[derive(Debug, Default)]
pub struct History {
    /// Newest last.
    snapshots: VecDeque<Snapshot>,
}

impl History {
    /// Adds the snapshot of the next tick, and forgets the oldest.
    pub fn push(&mut self, snapshot: Snapshot) {
        if self.snapshots.len() == HISTORY_TICKS {
            self.snapshots.pop_front();
        }
        if let Some(last) = self.snapshots.back_mut() {
            last.keep_entities();
        }
        self.snapshots.push_back(snapshot);
    }

    /// The newest snapshot.
    #[must_use]
    pub fn newest(&self) -> Option<&Snapshot> {
        self.snapshots.back()
    }

    /// The snapshot of `tick`, if it is not too old.
    #[must_use]
    pub fn find(&self, tick: Tick) -> Option<&Snapshot> {
        let newest = self.snapshots.back()?.tick;
        let back = newest.0.checked_sub(tick.0)? as usize;
        self.snapshots.get(self.snapshots.len().checked_sub(back + 1)?)
    }
}
