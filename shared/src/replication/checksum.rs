//! A fingerprint of a client's view, which shows when the two ends disagree.

use crate::schema::{Private, State};

/// Odd constant with well spread bits (2^64 divided by the golden ratio).
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/// Fingerprint of one entity's state.
#[must_use]
pub fn hash_state(state: &State) -> u64 {
    hash_fields(u64::from(state.kind) + 1, &state.fields)
}

fn hash_fields(seed: u64, fields: &[i32]) -> u64 {
    // Two fields per step halve the multiplications.
    fields.chunks(2).fold(seed, |hash, pair| {
        let high = pair.get(1).map_or(0, |field| u64::from(*field as u32) << 32);
        let word = u64::from(pair[0] as u32) | high;
        let mixed = (hash ^ word).wrapping_mul(MULTIPLIER);
        mixed ^ (mixed >> 29)
    })
}

/// Fingerprint of a view: its private state and its entities in order.
#[derive(Clone, Copy, Debug)]
pub struct Checksum(u64);

impl Checksum {
    /// Starts with the private state.
    #[must_use]
    pub fn new(private: &Private) -> Self {
        Self(hash_fields(0, private))
    }

    /// Adds the next entity of the view by its [`hash_state`].
    pub fn add(&mut self, state_hash: u64) {
        self.0 = (self.0.rotate_left(7) ^ state_hash).wrapping_mul(MULTIPLIER);
    }

    /// The checksum as it is sent.
    #[must_use]
    pub fn finish(self) -> u32 {
        (self.0 >> 32) as u32
    }
}
