//! Random inputs of any game, for bots without a brain and for tests.

use serde::de::DeserializeOwned;

use crate::game::Game;
use crate::input::{Control, Input};
use crate::limits::FIELDS_MAX;
use crate::protocol::codec::{self, DecodeError};
use crate::rng::Rng;

/// Random bytes from which an input is decoded.
const INPUT_BYTES: usize = 64;
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

/// An input of which nobody knows the controls, decoded from random bytes.
fn guess<T: DeserializeOwned>(rng: &mut Rng) -> Option<T> {
    decode(&[(); INPUT_BYTES].map(|()| random_byte(rng)))
}

/// Small numbers of either sign are likelier than others: variants of an enum, flags and steps are
/// small, so more of what is decoded is valid.
fn random_byte(rng: &mut Rng) -> u8 {
    let small = rng.bits() as u8 >> rng.below(8);
    if rng.one_in(4) { !small } else { small }
}

/// Decodes a value from the start of `bytes`.
fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    match codec::decode_client(bytes) {
        Err(DecodeError::Trailing(more)) => codec::decode_client(&bytes[..bytes.len() - more]).ok(),
        decoded => decoded.ok(),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[test]
    fn an_input_that_is_not_described_is_guessed() {
        #[derive(Debug, PartialEq, Deserialize)]
        enum Wish {
            Rest,
            Go { heading: u8, runs: bool },
        }
        let mut rng = Rng::new(1);
        let wishes: Vec<_> = (0..1_000).filter_map(|_| guess::<Wish>(&mut rng)).collect();
        assert!(wishes.contains(&Wish::Rest));
        assert!(wishes.iter().any(|wish| matches!(wish, Wish::Go { heading: 1.., runs: true })));
        assert_eq!(decode::<u8>(&[7]), Some(7));
        assert_eq!(decode::<bool>(&[7]), None);
    }
}
