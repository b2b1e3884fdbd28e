//! A fingerprint of a game's predictions, so that a client with other rules is found at the
//! welcome instead of by its first mismatch.

use crate::fnv::Fnv;
use crate::game::{Game, StaticWorld};
use crate::ids::Tick;
use crate::rng::Rng;
use crate::schema::State;

/// States that are tried of each kind of entity.
const STATES_PER_KIND: u32 = 256;
/// Seed of the states; any number would do, as long as both ends have the same.
const SEED: u64 = 0x6472_756d;

/// A hash of what [`Game::predict`] makes of random states within their ranges, in random ticks, in
/// this static world. It is the same on both ends if their rules and their arithmetic are.
#[must_use]
pub fn fingerprint<G: Game>(world: &StaticWorld<G::Map>) -> u64 {
    let mut rng = Rng::new(SEED);
    let mut hash = Fnv::default();
    for kind in 0..G::SCHEMA.kinds.len() as u8 {
        for _ in 0..STATES_PER_KIND {
            let mut state = State { kind, ..State::default() };
            for (field, value) in G::SCHEMA.fields(kind).iter().zip(&mut state.fields) {
                *value = rng.between(field.min, field.max);
            }
            G::predict(world.at(Tick(rng.below(1 << 30))), &mut state);
            hash.write(&[state.kind]);
            state.fields.iter().for_each(|field| hash.write(&field.to_le_bytes()));
        }
    }
    hash.finish()
}
