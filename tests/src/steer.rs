//! Inputs of the toy.

use drumbeat_shared::rng::Rng;
use drumbeat_shared::toy::Steer;

/// A random input.
pub fn steer(rng: &mut Rng) -> Steer {
    Steer(rng.between(-9, 9) as i8, rng.between(-9, 9) as i8)
}
