//! Random values of any type, decoded from random bytes.

use serde::de::DeserializeOwned;

use crate::protocol::codec::{self, DecodeError};
use crate::rng::Rng;

/// Random bytes from which a value is decoded.
const GUESS_BYTES: usize = 512;
/// The byte that stands before an integer of two bytes; smaller integers take one.
const TWO_BYTES: u8 = 251;

/// A value decoded from random bytes, if they start with one.
pub(crate) fn guess<T: DeserializeOwned>(rng: &mut Rng) -> Option<T> {
    // Large bytes make large numbers, but hardly ever a text or a long list.
    let with_large = rng.one_in(2);
    decode(&[(); GUESS_BYTES].map(|()| random_byte(rng, with_large)))
}

/// Small numbers are likelier than others: variants of an enum, flags, lengths and steps are small,
/// so more of what is decoded is valid.
fn random_byte(rng: &mut Rng, with_large: bool) -> u8 {
    let bits = rng.bits();
    let small = bits as u8 >> (bits >> 8 & 7);
    match bits >> 11 & 7 {
        0 if with_large => !small,
        1 if with_large => TWO_BYTES,
        _ => small,
    }
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
    fn every_variant_is_guessed() {
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
