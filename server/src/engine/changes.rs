//! What surprises about many entities, encoded once, to be spliced into many frames.

use drumbeat_shared::game::Game;
use drumbeat_shared::protocol::bits::BitWriter;
use drumbeat_shared::replication::change::encode_change;
use drumbeat_shared::replication::positions::{SURPRISES_ORDER, encode_positions};
use drumbeat_shared::schema::State;

/// The encoded changes of entities by key: a running number that the user chooses the meaning of.
///
/// In a quiet world few entities surprise. Whether one does is a bit in a set that the processor's
/// first cache holds, so that a frame costs little for those that do not.
#[derive(Debug, Default)]
pub struct Changes {
    /// A bit for each key.
    surprised: Vec<u64>,
    bodies: Vec<Body>,
    /// What of long bodies did not fit their first word.
    words: Vec<u64>,
    scratch: BitWriter,
}

#[derive(Clone, Copy, Debug, Default)]
struct Body {
    /// The first 64 bits.
    first: u64,
    /// Length in all.
    bits: u32,
    /// Where the further words start.
    rest: u32,
}

impl Changes {
    /// Forgets all keys. Keeps the memory.
    pub fn clear(&mut self) {
        self.surprised.clear();
        self.bodies.clear();
        self.words.clear();
    }

    /// Encodes how the entity of the next key changed within `age` ticks: its states before and
    /// now, `None` if it was not alive in both.
    pub fn push<G: Game>(&mut self, map: &G::Map, states: Option<(&State, &State)>, age: u32) {
        let key = self.bodies.len();
        self.surprised.resize(key / 64 + 1, 0);
        self.scratch.restart(0);
        let surprises = states.is_some_and(|(before, now)| {
            encode_change::<G>(map, before, now, age, &mut self.scratch)
        });
        let body = if surprises { self.store_scratch() } else { Body::default() };
        self.surprised[key / 64] |= u64::from(surprises) << (key % 64);
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

    /// Writes the changes of a view of `visible` entities, whose keys `key` tells by position: who
    /// surprises, then how. `positions` is a buffer.
    pub fn splice(
        &self,
        visible: usize,
        key: impl Fn(usize) -> u32,
        positions: &mut Vec<u32>,
        out: &mut BitWriter,
    ) {
        // Without a branch that nobody can foresee: each position is written, few are kept.
        positions.resize(visible, 0);
        let mut count = 0;
        for position in 0..visible {
            positions[count] = position as u32;
            count += self.surprises(key(position));
        }
        positions.truncate(count);
        encode_positions(positions, visible, SURPRISES_ORDER, out);
        for &position in &*positions {
            self.put_body(key(position as usize), out);
        }
    }

    /// 1 or 0.
    #[inline]
    fn surprises(&self, key: u32) -> usize {
        (self.surprised[key as usize / 64] >> (key % 64)) as usize & 1
    }

    #[inline]
    fn put_body(&self, key: u32, out: &mut BitWriter) {
        let Body { first, bits, rest } = self.bodies[key as usize];
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
