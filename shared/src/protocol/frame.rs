//! The head of a state frame. [`crate::replication`] encodes the entities that follow it.
//!
//! ```text
//! bits   field
//! 1      0: a state frame
//! 1      common: a delta of one tick in which the last applied input's tick grew by one as well,
//!        with none of the following: end of head
//! 1      keyframe
//! 1      the private state follows
//! 1      a checksum follows
//! 1      notes follow
//! 32     keyframe: the tick           G0  else: age - 1, ticks since the last frame
//! 32     keyframe: the tick that the  G0  else: by how much that tick grew
//!        last applied input was for
//! 32     the checksum, if it follows
//! ```
//! `G0` is an exponential Golomb code of order 0 (see [`super::bits`]).

use super::bits::{BitError, BitReader, BitWriter};
use crate::ids::Tick;

/// Whether a frame builds on the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// It needs no other frame: the view starts empty.
    Keyframe {
        /// The tick it shows.
        tick: Tick,
        /// The tick that the last applied input was meant for, 0 for none.
        ack: Tick,
    },
    /// It holds what changed since the last frame that the client got.
    Delta {
        /// Ticks since that frame, at least 1.
        age: u32,
        /// By how much the tick of the last applied input grew.
        acked: u32,
    },
}

/// The head of a state frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// What the frame builds on.
    pub base: Base,
    /// Whether the private state follows.
    pub private: bool,
    /// Whether notes follow the entities.
    pub notes: bool,
    /// Checksum of the view with this frame applied, in the order before entities change lanes.
    pub checksum: Option<u32>,
}

impl Head {
    /// The head of most frames.
    const COMMON: Self = Self {
        base: Base::Delta { age: 1, acked: 1 },
        private: false,
        notes: false,
        checksum: None,
    };

    /// Writes the head.
    pub fn encode(&self, out: &mut BitWriter) {
        let Self { base, private, notes, checksum } = self;
        out.put_bool(false);
        out.put_bool(*self == Self::COMMON);
        if *self == Self::COMMON {
            return;
        }
        out.put_bool(matches!(base, Base::Keyframe { .. }));
        out.put_bool(*private);
        out.put_bool(checksum.is_some());
        out.put_bool(*notes);
        match *base {
            Base::Keyframe { tick, ack } => {
                out.put(u64::from(tick.0), 32);
                out.put(u64::from(ack.0), 32);
            }
            Base::Delta { age, acked } => {
                out.put_golomb(age - 1, 0);
                out.put_golomb(acked, 0);
            }
        }
        if let Some(checksum) = checksum {
            out.put(u64::from(*checksum), 32);
        }
    }

    /// Reads the head.
    ///
    /// # Errors
    /// When the bits are not the head of a state frame.
    pub fn decode(bits: &mut BitReader<'_>) -> Result<Self, BitError> {
        if bits.take_bool()? {
            return Err(BitError);
        }
        if bits.take_bool()? {
            return Ok(Self::COMMON);
        }
        let keyframe = bits.take_bool()?;
        let private = bits.take_bool()?;
        let has_checksum = bits.take_bool()?;
        let notes = bits.take_bool()?;
        let base = if keyframe {
            Base::Keyframe { tick: Tick(bits.take(32)? as u32), ack: Tick(bits.take(32)? as u32) }
        } else {
            let age = bits.take_golomb(0)?.checked_add(1).ok_or(BitError)?;
            Base::Delta { age, acked: bits.take_golomb(0)? }
        };
        let checksum = has_checksum.then(|| bits.take(32)).transpose()?.map(|sum| sum as u32);
        Ok(Self { base, private, notes, checksum })
    }
}
