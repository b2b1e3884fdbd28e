//! The changes of many entities, encoded once and spliced into many frames.

use drumbeat_shared::game::{Context, Game};
use drumbeat_shared::protocol::bits::BitWriter;
use drumbeat_shared::replication::change::encode_change;
use drumbeat_shared::replication::plain::encode_plain;
use drumbeat_shared::replication::positions::{RESIDUALS_ORDER, encode_positions};
use drumbeat_shared::schema::State;

/// The encoded changes of entities by key, a number whose meaning the caller chooses.
///
/// In a quiet world few entities deviate from their prediction. Whether one does is a byte in a
/// list that fits the processor's nearest caches, so entities that do not deviate cost a frame
/// little.
#[derive(Debug, Default)]
pub struct Changes {
    /// For each key, 1 if its entity deviates from its prediction, else 0.
    deviates: Vec<u8>,
    /// The keys of those that do.
    deviating: Vec<u32>,
    /// For each key; stale for entities that do not deviate.
    bodies: Vec<Body>,
    /// The words of long bodies after the first.
    words: Vec<u64>,
    scratch: BitWriter,
}

#[derive(Clone, Copy, Debug, Default)]
struct Body {
    /// The first 64 bits.
    first: u64,
    /// Total length.
    bits: u32,
    /// Where the further words start in `words`.
    rest: u32,
}

impl Changes {
    /// Forgets all changes, for keys below `keys`; the memory stays allocated.
    pub fn restart(&mut self, keys: usize) {
        for key in self.deviating.drain(..) {
            self.deviates[key as usize] = 0;
        }
        self.deviates.resize(keys, 0);
        self.bodies.resize(keys, Body::default());
        self.words.clear();
    }

    /// Encodes how the entity of a key deviates from its prediction within `age` ticks. `states` are its
    /// states before and now, `None` if it was not alive in both. Each key has one turn at most.
    pub fn put<G: Game>(
        &mut self,
        key: u32,
        context: Context<'_, G::Map>,
        states: Option<(&State, &State)>,
        age: u32,
    ) {
        self.scratch.restart(0);
        let deviates = states.is_some_and(|(before, now)| {
            encode_change::<G>(context, before, now, age, &mut self.scratch)
        });
        if deviates {
            self.take_scratch(key);
        }
    }

    /// Encodes how the entity of a key differs from what it was, likewise.
    pub fn put_plain<G: Game>(&mut self, key: u32, states: Option<(&State, &State)>) {
        self.scratch.restart(0);
        let differs =
            states.is_some_and(|(before, now)| encode_plain::<G>(before, now, &mut self.scratch));
        if differs {
            self.take_scratch(key);
        }
    }

    /// The keys of the entities that deviate from their prediction, in the order in which they were
    /// put.
    #[must_use]
    pub fn keys(&self) -> &[u32] {
        &self.deviating
    }

    /// Stores what was encoded as the change of a key.
    #[inline]
    fn take_scratch(&mut self, key: u32) {
        self.bodies[key as usize] = self.store_scratch();
        self.deviates[key as usize] = 1;
        self.deviating.push(key);
    }

    fn store_scratch(&mut self) -> Body {
        let bits = self.scratch.len_bits() as u32;
        let mut words = self.scratch.finish().chunks(8).map(|chunk| {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            u64::from_le_bytes(word)
        });
        let first = words.next().unwrap_or(0);
        let rest = self.words.len() as u32;
        self.words.extend(words);
        Body { first, bits, rest }
    }

    /// Writes the changes of a view of `visible` entities: which ones deviate from their
    /// prediction, then how. `key` maps a position to its key; `positions` is a buffer.
    pub fn splice(
        &self,
        visible: usize,
        key: impl Fn(usize) -> u32,
        positions: &mut Vec<u32>,
        out: &mut BitWriter,
    ) {
        positions.clear();
        for first in (0..visible).step_by(64) {
            // Nearly all the work for entities that move as predicted, so it has no branch.
            let mut set = 0u64;
            for position in (first..visible.min(first + 64)).rev() {
                set = set << 1 | u64::from(self.deviates[key(position) as usize]);
            }
            while set != 0 {
                positions.push(first as u32 + set.trailing_zeros());
                set &= set - 1;
            }
        }
        encode_positions(positions, visible, RESIDUALS_ORDER, out);
        for &position in &*positions {
            let Body { first, bits, rest } = self.bodies[key(position as usize) as usize];
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
}
