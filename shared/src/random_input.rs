//! Random inputs of any game, for bots without a brain and for tests.

use serde::de::DeserializeOwned;

use crate::game::Game;
use crate::protocol::codec::{self, DecodeError};
use crate::rng::Rng;

/// Random bytes from which an input is decoded.
const INPUT_BYTES: usize = 64;
/// Random inputs tried until the game accepts one.
const TRIES_MAX: u32 = 1_000;

/// An input that the game accepts, decoded from random bytes; the default one if none is found.
#[must_use]
pub fn random_input<G: Game>(rng: &mut Rng) -> G::Input {
    let accepted = |_| {
        let input = decode::<G::Input>(&[(); INPUT_BYTES].map(|()| random_byte(rng)))?;
        G::validate(&input).is_ok().then_some(input)
    };
    (0..TRIES_MAX).find_map(accepted).unwrap_or_default()
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
    fn an_input_of_any_length_is_decoded() {
        #[derive(Debug, PartialEq, Deserialize)]
        enum Wish {
            Rest,
            Go { heading: u8, runs: bool },
        }
        let mut rng = Rng::new(1);
        let mut random = || decode::<Wish>(&[(); INPUT_BYTES].map(|()| random_byte(&mut rng)));
        let wishes: Vec<_> = (0..1_000).filter_map(|_| random()).collect();
        assert!(wishes.contains(&Wish::Rest));
        assert!(wishes.iter().any(|wish| matches!(wish, Wish::Go { heading: 1.., runs: true })));
        assert_eq!(decode::<u8>(&[7]), Some(7));
        assert_eq!(decode::<bool>(&[7]), None);
    }
}
