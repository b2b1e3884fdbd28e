//! A checkpoint of a world: its bytes, whose they are, and whether they are whole.
//!
//! A checkpoint is written and read by builds of the same rules. What it begins with tells one of
//! another schema, other predictions or another map, of a newer format, a torn and a damaged one apart
//! before anything of it is read. It does not tell of a struct that holds the same fields otherwise, nor of
//! a step that does something else: bytes that are no such world are refused, others are taken.

use std::sync::Arc;

use crate::fnv::Fnv;
use crate::game::{Game, Setup, StaticWorld};
use crate::ids::Tick;
use crate::limits::CHECKPOINT_BYTES_MAX;
use crate::protocol::codec::{self, DecodeError};
use crate::replication::fingerprint::fingerprint;
use crate::saved::giving;
use crate::schema_hash::schema_hash;

/// How every checkpoint begins.
const MAGIC: [u8; 8] = *b"drumbeat";
/// The number of the format, raised with each change of it.
const FORMAT: u16 = 1;
/// Magic, format, rules, tick, length.
const HEAD_BYTES: usize = 8 + 2 + 8 + 4 + 4;
/// The checksum at the end.
const CHECKSUM_BYTES: usize = 8;

/// Why bytes are not a checkpoint that this build can go on from.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Something else.
    #[error("this is no checkpoint of a Drumbeat room: it begins otherwise")]
    Foreign,
    /// A newer build wrote it.
    #[error(
        "the checkpoint has format {0}, and this build reads format {FORMAT}: use the build that wrote it"
    )]
    Format(u16),
    /// Its end is missing, or it is longer than its length says.
    #[error("the checkpoint has {has} bytes where it says {says}: it was not written to its end")]
    Torn {
        /// Its bytes.
        has: usize,
        /// Those that it should have.
        says: usize,
    },
    /// Its checksum is another.
    #[error("the checkpoint is damaged: its checksum is {has:016x} where it says {says:016x}")]
    Damaged {
        /// The checksum of its bytes.
        has: u64,
        /// The one at its end.
        says: u64,
    },
    /// Other rules wrote it.
    #[error(
        "the checkpoint was written under other rules ({says:016x}, and these are {here:016x}): use the build that wrote it, or start a new room"
    )]
    Rules {
        /// The fingerprint of the rules that wrote it.
        says: u64,
        /// That of the rules here.
        here: u64,
    },
    /// Whole, and yet no world.
    #[error(
        "the checkpoint does not hold a world of this build ({0}): use the build that wrote it"
    )]
    World(DecodeError),
    /// A world that takes too much.
    #[error("the world takes {0} bytes, and a checkpoint holds {CHECKPOINT_BYTES_MAX}")]
    TooLarge(usize),
}

/// The fingerprint of a game's rules in this static world: of its name, of all that it puts on the
/// wire, and of its predictions.
#[must_use]
pub fn rules<G: Game>(world: &StaticWorld<G::Map>) -> u64 {
    let mut hash = Fnv::default();
    hash.write(G::NAME.as_bytes());
    hash.write(&schema_hash::<G>().to_le_bytes());
    hash.write(&fingerprint::<G>(world).to_le_bytes());
    hash.write(&codec::encode(&*world.map));
    hash.write(&world.tick_hz.to_le_bytes());
    hash.finish()
}

/// The bytes of a world, without the map and the settings that it was given.
#[must_use]
pub fn save<G: Game>(game: &G) -> Vec<u8> {
    codec::encode(game)
}

/// The world of these bytes, which is given this map and the settings of this setup.
///
/// # Errors
/// When the bytes are not exactly one such world.
///
/// # Panics
/// When a `#[given]` field is neither map nor settings.
pub fn restore<G: Game>(
    bytes: &[u8],
    map: &Arc<G::Map>,
    setup: &Setup<G::Settings>,
) -> Result<G, DecodeError> {
    giving(map, &setup.settings, || codec::decode_checkpoint(bytes))
}

/// Writes a checkpoint of what a room was at the end of `tick`, under the rules of this
/// fingerprint ([`rules`]).
///
/// # Errors
/// When it would be too large.
pub fn seal(rules: u64, tick: Tick, content: &[u8]) -> Result<Vec<u8>, CheckpointError> {
    if content.len() > CHECKPOINT_BYTES_MAX {
        return Err(CheckpointError::TooLarge(content.len()));
    }
    let mut bytes = Vec::with_capacity(HEAD_BYTES + content.len() + CHECKSUM_BYTES);
    bytes.extend(MAGIC);
    bytes.extend(FORMAT.to_le_bytes());
    bytes.extend(rules.to_le_bytes());
    bytes.extend(tick.0.to_le_bytes());
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes.extend_from_slice(content);
    let checksum = checksum(&bytes);
    bytes.extend(checksum.to_le_bytes());
    Ok(bytes)
}

/// Reads a checkpoint that was written under the rules of this fingerprint: its tick, and its
/// content.
///
/// # Errors
/// What is wrong with it.
pub fn open(rules: u64, bytes: &[u8]) -> Result<(Tick, &[u8]), CheckpointError> {
    let mut rest = bytes;
    let known = MAGIC.len().min(bytes.len());
    if bytes[..known] != MAGIC[..known] {
        return Err(CheckpointError::Foreign);
    }
    let has = bytes.len();
    let torn = CheckpointError::Torn { has, says: HEAD_BYTES + CHECKSUM_BYTES };
    let mut take = |count: usize| {
        let (taken, after) = rest.split_at_checked(count)?;
        rest = after;
        Some(taken)
    };
    let head = (|| {
        take(MAGIC.len())?;
        let format = u16::from_le_bytes(take(2)?.try_into().ok()?);
        let says = u64::from_le_bytes(take(8)?.try_into().ok()?);
        let tick = u32::from_le_bytes(take(4)?.try_into().ok()?);
        let length = u32::from_le_bytes(take(4)?.try_into().ok()?);
        Some((format, says, Tick(tick), length as usize))
    })();
    let Some((format, says, tick, length)) = head else { return Err(torn) };
    if format != FORMAT {
        return Err(CheckpointError::Format(format));
    }
    if has != HEAD_BYTES + length + CHECKSUM_BYTES {
        return Err(CheckpointError::Torn { has, says: HEAD_BYTES + length + CHECKSUM_BYTES });
    }
    let (before, end) = bytes.split_at(HEAD_BYTES + length);
    let (sum, written) = (checksum(before), end.try_into().map_or(0, u64::from_le_bytes));
    if sum != written {
        return Err(CheckpointError::Damaged { has: sum, says: written });
    }
    if says != rules {
        return Err(CheckpointError::Rules { says, here: rules });
    }
    Ok((tick, &before[HEAD_BYTES..]))
}

fn checksum(bytes: &[u8]) -> u64 {
    let mut hash = Fnv::default();
    hash.write(bytes);
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::Identity;
    use crate::ids::PlayerId;
    use crate::toy::{Toy, at};

    const RULES: u64 = 0x1122_3344_5566_7788;

    fn toy() -> (Toy, Setup) {
        let setup = Setup { seed: 3, capacity: 9, tick_hz: 30, settings: () };
        let mut toy = Toy::new(Arc::new(0), &setup);
        for player in 0..5 {
            toy.join(PlayerId(player), Identity::guest("A")).unwrap();
        }
        toy.leave(PlayerId(2));
        (toy, setup)
    }

    #[test]
    fn a_restored_world_goes_on_as_the_saved_one() {
        let (mut toy, setup) = toy();
        let world = StaticWorld { map: Arc::new(0), tick_hz: 30 };
        let bytes = seal(rules::<Toy>(&world), Tick(7), &save(&toy)).unwrap();
        let (tick, content) = open(rules::<Toy>(&world), &bytes).unwrap();
        assert_eq!(tick, Tick(7));
        let mut restored = restore::<Toy>(content, &world.map, &setup).unwrap();
        for tick in 8..200 {
            for toy in [&mut toy, &mut restored] {
                toy.step(at(tick), &[], &mut crate::game::Events::default());
            }
            assert_eq!(save(&toy), save(&restored), "tick {tick}");
        }
    }

    #[test]
    fn whatever_is_torn_off_is_noticed() {
        let bytes = seal(RULES, Tick(7), b"content").unwrap();
        assert_eq!(open(RULES, &bytes), Ok((Tick(7), &b"content"[..])));
        for end in 0..bytes.len() {
            let error = open(RULES, &bytes[..end]).unwrap_err();
            assert!(matches!(error, CheckpointError::Torn { has, .. } if has == end), "{error}");
        }
        let longer = [&bytes[..], &[0]].concat();
        assert!(matches!(open(RULES, &longer), Err(CheckpointError::Torn { .. })));
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let bytes = seal(RULES, Tick(7), b"content").unwrap();
        for at in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[at / 8] ^= 1 << (at % 8);
            let error = open(RULES, &flipped).unwrap_err();
            let expected = match at / 8 {
                0..8 => matches!(error, CheckpointError::Foreign),
                8..10 => matches!(error, CheckpointError::Format(_)),
                22..26 => matches!(error, CheckpointError::Torn { .. }),
                _ => matches!(error, CheckpointError::Damaged { .. }),
            };
            assert!(expected, "bit {at}: {error}");
        }
    }

    #[test]
    fn other_rules_and_other_worlds_are_named() {
        let bytes = seal(RULES, Tick(7), b"content").unwrap();
        let error = CheckpointError::Rules { says: RULES, here: 5 };
        assert_eq!(open(5, &bytes), Err(error));
        let (toy, setup) = toy();
        let bytes = save(&toy);
        let torn = restore::<Toy>(&bytes[..bytes.len() - 1], &Arc::new(0), &setup);
        assert!(torn.is_err());
        assert!(seal(0, Tick(0), &vec![0; CHECKPOINT_BYTES_MAX + 1]).is_err());
    }
}
