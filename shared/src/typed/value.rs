//! How a value of a field becomes integers.

use glam::IVec2;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ids::{PlayerId, Tick};
use crate::schema::{Blend, Entry};

/// Players are numbered from 0, and there are seldom many.
const PLAYER: Entry = Entry::Small(9);

/// A type that a field of an entity, or of a player's private state, can have: it is stored and
/// sent as one or two integers.
///
/// `#[derive(Value)]` implements it for an enum without data.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a field: it does not become integers",
    note = "fields are bool, u8, i8, u16, i16, u32, i32, IVec2, Angle, PlayerId, Option<PlayerId>, \
            Tick, and enums with #[derive(Value)]",
    note = "store a fraction as an i32 in a unit fine enough, 1/16 grid for example"
)]
pub trait Value: Copy + Serialize + DeserializeOwned {
    /// How many integer fields it takes, 1 or 2.
    const WIDTH: usize = 1;
    /// Smallest and largest value of each integer field. `None` if the author has to say it.
    const RANGE: Option<(i32, i32)>;
    /// How it is drawn between two ticks, unless the author says otherwise.
    const BLEND: Blend = Blend::Step;
    /// How it is encoded when its entity enters a view, unless the author says otherwise.
    const ENTRY: Entry = Entry::Plain;
    /// The names of its values from 0 on; empty for a plain number.
    const NAMES: &'static [&'static str] = &[];

    /// The value in these fields, of which there are [`Value::WIDTH`], each within its range.
    fn read(fields: &[i32]) -> Self;

    /// Puts the value into these fields, of which there are [`Value::WIDTH`].
    fn write(self, fields: &mut [i32]);
}

impl Value for bool {
    const RANGE: Option<(i32, i32)> = Some((0, 1));
    const NAMES: &'static [&'static str] = &["false", "true"];

    #[inline]
    fn read(fields: &[i32]) -> Self {
        fields[0] != 0
    }

    #[inline]
    fn write(self, fields: &mut [i32]) {
        fields[0] = i32::from(self);
    }
}

/// Integers that an `i32` holds.
macro_rules! integers {
    ($($integer:ty),*) => {$(
        impl Value for $integer {
            const RANGE: Option<(i32, i32)> = Some((Self::MIN as i32, Self::MAX as i32));

            #[inline]
            fn read(fields: &[i32]) -> Self {
                fields[0] as Self
            }

            #[inline]
            fn write(self, fields: &mut [i32]) {
                fields[0] = i32::from(self);
            }
        }
    )*};
}

integers!(u8, i8, u16, i16);

/// It is stored as an `i32`, so its range ends where that of an `i32` does.
impl Value for u32 {
    const RANGE: Option<(i32, i32)> = Some((0, i32::MAX));

    #[inline]
    fn read(fields: &[i32]) -> Self {
        fields[0] as Self
    }

    #[inline]
    fn write(self, fields: &mut [i32]) {
        fields[0] = self as i32;
    }
}

/// Its range is for the author to say.
impl Value for i32 {
    const RANGE: Option<(i32, i32)> = None;

    #[inline]
    fn read(fields: &[i32]) -> Self {
        fields[0]
    }

    #[inline]
    fn write(self, fields: &mut [i32]) {
        fields[0] = self;
    }
}

/// x and y, one integer field each, with the same range.
impl Value for IVec2 {
    const WIDTH: usize = 2;
    const RANGE: Option<(i32, i32)> = None;

    #[inline]
    fn read(fields: &[i32]) -> Self {
        Self::new(fields[0], fields[1])
    }

    #[inline]
    fn write(self, fields: &mut [i32]) {
        (fields[0], fields[1]) = (self.x, self.y);
    }
}

impl Value for PlayerId {
    const RANGE: Option<(i32, i32)> = <u16 as Value>::RANGE;
    const ENTRY: Entry = PLAYER;

    #[inline]
    fn read(fields: &[i32]) -> Self {
        Self(fields[0] as u16)
    }

    #[inline]
    fn write(self, fields: &mut [i32]) {
        fields[0] = i32::from(self.0);
    }
}

/// 0 is nobody; a player is one more than its number.
impl Value for Option<PlayerId> {
    const RANGE: Option<(i32, i32)> = Some((0, u16::MAX as i32 + 1));
    const ENTRY: Entry = PLAYER;

    #[inline]
    fn read(fields: &[i32]) -> Self {
        fields[0].checked_sub(1).and_then(|id| u16::try_from(id).ok()).map(PlayerId)
    }

    #[inline]
    fn write(self, fields: &mut [i32]) {
        fields[0] = self.map_or(0, |player| i32::from(player.0) + 1);
    }
}

/// A room ends long before its ticks reach the end of the range.
impl Value for Tick {
    const RANGE: Option<(i32, i32)> = Some((0, i32::MAX));

    #[inline]
    fn read(fields: &[i32]) -> Self {
        Self(fields[0] as u32)
    }

    #[inline]
    fn write(self, fields: &mut [i32]) {
        fields[0] = self.0 as i32;
    }
}
