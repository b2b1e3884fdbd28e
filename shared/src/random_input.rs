//! Random inputs of any game, for bots without a brain and for tests.

use crate::game::Game;
use crate::guess::guess;
use crate::input::{Control, Input};
use crate::limits::FIELDS_MAX;
use crate::rng::Rng;

/// Random inputs tried until the game accepts one.
const TRIES_MAX: u32 = 1_000;

/// A random input that the game accepts; the default one if none is found.
#[must_use]
pub fn random_input<G: Game>(rng: &mut Rng) -> G::Input {
    let accepted = |_| {
        let input = match G::Input::CONTROLS {
            [] => guess(rng)?,
            controls => choose(controls, rng),
        };
        G::validate(&input).is_ok().then_some(input)
    };
    (0..TRIES_MAX).find_map(accepted).unwrap_or_default()
}

/// An input whose every control has a value from its range, all equally likely.
fn choose<I: Input>(controls: &[Control], rng: &mut Rng) -> I {
    let mut fields = [0; FIELDS_MAX];
    for (field, control) in fields.iter_mut().zip(controls) {
        *field = rng.between(control.min, control.max);
    }
    I::from_fields(&fields)
}
