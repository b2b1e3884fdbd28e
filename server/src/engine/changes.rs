//! The residuals of many entities, encoded once and spliced into many frames.

use drumbeat_shared::game::{Context, Game};
use drumbeat_shared::protocol::bits::BitWriter;
use drumbeat_shared::replication::change::encode_change;
use drumbeat_shared::replication::positions::{RESIDUALS_ORDER, encode_positions};
use drumbeat_shared::schema::State;

/// The encoded changes of entities by key, a running number whose meaning the caller chooses.
///
/// In a quiet world few entities deviate from their prediction. Whether one does is a byte in a
/// list that fits the processor's nearest caches, so entities that do not deviate cost a frame
/// little.
#[derive(Debug, Default)]
pub struct Changes {
    /// For each key, 1 if its entity deviates from its prediction, else 0.
    deviates: Vec<u8>,
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
    /// Forgets all keys; the memory stays allocated.
    pub fn clear(&mut self) {
        self.deviates.clear();
        self.bodies.clear();
        self.words.clear();
    }

    /// Encodes how the entity of the next key changed within `age` ticks. `states` are its states
    /// before and now, `None` if it was not alive in both.
    pub fn push<G: Game>(
        &mut self,
        context: Context<'_, G::Map>,
        states: Option<(&State, &State)>,
        age: u32,
    ) {
        self.scratch.restart(0);
        let deviates = states.is_some_and(|(before, now)| {
            encode_change::<G>(context, before, now, age, &mut self.scratch)
        });
        let body = if deviates { self.store_scratch() } else { Body::default() };
        self.deviates.push(u8::from(deviates));
        self.bodies.push(body);
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
