//! The newest frame, tracked by the heads only.

use crate::ids::Tick;
use crate::limits::{HISTORY_TICKS, TICK_MAX};
use crate::protocol::bits::BitError;
use crate::protocol::frame::Base;

/// The newest frame's tick, and how far the inputs are acknowledged.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Newest {
    /// Whether a keyframe has come.
    pub(crate) synced: bool,
    pub(crate) tick: Tick,
    /// The tick that the last applied input was meant for.
    pub(crate) ack: Tick,
}

/// How far a frame advanced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Advance {
    /// Ticks since the frame before; `None` for a keyframe.
    pub(crate) age: Option<u32>,
    /// Ticks since the frame before for which none came.
    pub(crate) skipped: u32,
}

impl Newest {
    /// A frame with this base has come.
    ///
    /// # Errors
    /// When it does not build on the frame before.
    pub(crate) fn advance(&mut self, base: Base) -> Result<Advance, BitError> {
        let before = self.synced.then_some(self.tick);
        let age = match base {
            Base::Keyframe { tick, ack } => {
                if self.synced && tick <= self.tick {
                    return Err(BitError);
                }
                *self = Self { synced: true, tick, ack };
                None
            }
            Base::Delta { age, acked } => {
                // The server sends a keyframe for anything older than its history.
                if !self.synced || age as usize >= HISTORY_TICKS {
                    return Err(BitError);
                }
                self.tick = Tick(self.tick.0.checked_add(age).ok_or(BitError)?);
                self.ack = Tick(self.ack.0.checked_add(acked).ok_or(BitError)?);
                Some(age)
            }
        };
        if self.tick.0 > TICK_MAX {
            return Err(BitError);
        }
        let skipped = before.map_or(0, |before| self.tick.since(before).saturating_sub(1));
        Ok(Advance { age, skipped })
    }
}
