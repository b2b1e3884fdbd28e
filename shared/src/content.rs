//! What is not a number of fixed size: the commands of players and the records of documents.
//!
//! A text or a list in them states how long it can be, and everything is checked against that
//! before the rules see it and before it is sent.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use glam::IVec2;

use crate::fnv::Fnv;
use crate::ids::{PlayerId, Tick};

/// Why content was refused: the field, its length or value, and its limit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidContent(pub String);

/// Whether values of a type have a length that must be limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// None, or a limited one.
    Fixed,
    /// A text's or a list's, which `#[max(..)]` limits.
    Open,
    /// That of texts or lists in a list, which nothing limits.
    OpenInside,
}

/// A part of a command or a record.
///
/// `#[derive(Command)]` and `#[derive(Record)]` implement it, and `#[derive(Content)]` for a type
/// inside of those. Numbers, texts, lists, options, pairs, `IVec2`, `PlayerId`, `RecordId` and enums
/// with `#[derive(Value)]` have it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a part of a command or a record",
    note = "write #[derive(Content, Clone, Debug)] above a struct or an enum of yours, or \
            #[derive(Value, Clone, Copy, Debug)] if fields of entities have it, too"
)]
pub trait Content: Serialize + DeserializeOwned {
    /// A fingerprint of what the type is made of, for [`crate::schema_hash::schema_hash`]: both ends
    /// compare it before a client joins.
    const SHAPE: u64;
    /// Whether a field of this type needs a limit.
    const LENGTH: Length = Length::Fixed;

    /// The bytes of a text, the entries of a list, 0 for anything else.
    fn len(&self) -> usize {
        0
    }

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Checks all limits inside.
    ///
    /// # Errors
    /// The field, its length or value, and its limit.
    fn check(&self) -> Result<(), InvalidContent> {
        Ok(())
    }

    /// Calls `visit` with every text inside.
    fn each_text(&mut self, _visit: &mut dyn FnMut(&mut String)) {}
}

macro_rules! plain {
    ($($type:ty),*) => {$(
        impl Content for $type {
            const SHAPE: u64 = derive::shape(stringify!($type), &[]);
        }
    )*};
}
plain!((), bool, u8, u16, u32, u64, i8, i16, i32, i64, char, IVec2, PlayerId, Tick);

impl Content for String {
    const SHAPE: u64 = derive::shape("String", &[]);
    const LENGTH: Length = Length::Open;

    fn len(&self) -> usize {
        self.as_str().len()
    }

    fn each_text(&mut self, visit: &mut dyn FnMut(&mut String)) {
        visit(self);
    }
}

impl<T: Content> Content for Vec<T> {
    const SHAPE: u64 = derive::shape("Vec", &[T::SHAPE]);
    const LENGTH: Length = match T::LENGTH {
        // A few bytes could claim any number of entries that take none.
        Length::Fixed if size_of::<T>() == 0 => Length::OpenInside,
        Length::Fixed => Length::Open,
        Length::Open | Length::OpenInside => Length::OpenInside,
    };

    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn check(&self) -> Result<(), InvalidContent> {
        self.iter().try_for_each(T::check)
    }

    fn each_text(&mut self, visit: &mut dyn FnMut(&mut String)) {
        self.iter_mut().for_each(|part| part.each_text(visit));
    }
}

impl<T: Content> Content for Option<T> {
    const SHAPE: u64 = derive::shape("Option", &[T::SHAPE]);
    const LENGTH: Length = T::LENGTH;

    fn len(&self) -> usize {
        self.as_ref().map_or(0, T::len)
    }

    fn check(&self) -> Result<(), InvalidContent> {
        self.as_ref().map_or(Ok(()), T::check)
    }

    fn each_text(&mut self, visit: &mut dyn FnMut(&mut String)) {
        if let Some(part) = self {
            part.each_text(visit);
        }
    }
}

impl<A: Content, B: Content> Content for (A, B) {
    const SHAPE: u64 = derive::shape("pair", &[A::SHAPE, B::SHAPE]);
    const LENGTH: Length = match (A::LENGTH, B::LENGTH) {
        (Length::Fixed, Length::Fixed) => Length::Fixed,
        _ => Length::OpenInside,
    };

    fn check(&self) -> Result<(), InvalidContent> {
        self.0.check().and_then(|()| self.1.check())
    }

    fn each_text(&mut self, visit: &mut dyn FnMut(&mut String)) {
        self.0.each_text(visit);
        self.1.each_text(visit);
    }
}

/// A reliable, ordered request of a player, such as "buy" or "place a stroke": unlike held controls
/// every one of them reaches the rules. An enum or a struct with `#[derive(Command)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no command",
    note = "write #[derive(Command, Clone, Debug)] above the enum or the struct, or take `()` for a \
            game without commands"
)]
pub trait Command: Content + Clone + Debug + PartialEq + Send + Sync + 'static {
    /// Whether the game takes commands.
    const TAKEN: bool = true;
}

/// No commands.
impl Command for () {
    const TAKEN: bool = false;
}

/// One entry of a document: what everybody in the room knows, and whoever joins later is sent. An
/// enum or a struct with `#[derive(Record)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no record",
    note = "write #[derive(Record, Clone, Debug)] above the enum or the struct, or take `()` for a \
            game without a document"
)]
pub trait Record: Content + Clone + Debug + PartialEq + Send + Sync + 'static {}

/// No records.
impl Record for () {}

/// What the derives' code calls.
#[doc(hidden)]
pub mod derive {
    use super::{Content, Fnv, IVec2, InvalidContent, Length};

    /// The fingerprint of a type: its own text, and those of its parts.
    #[must_use]
    pub const fn shape(text: &str, parts: &[u64]) -> u64 {
        let mut hash = Fnv::new();
        hash.write(text.as_bytes());
        let mut at = 0;
        while at < parts.len() {
            hash.write(&parts[at].to_le_bytes());
            at += 1;
        }
        hash.finish()
    }

    /// Whether a field without `#[max(..)]` needs none.
    #[must_use]
    pub const fn is_fixed<T: Content>() -> bool {
        matches!(T::LENGTH, Length::Fixed)
    }

    /// Whether `#[max(..)]` limits a field of this type.
    #[must_use]
    pub const fn is_open<T: Content>() -> bool {
        matches!(T::LENGTH, Length::Open)
    }

    /// Checks a text or a list against its limit, then what is inside.
    ///
    /// # Errors
    /// The field, its length and its limit.
    pub fn check_max<T: Content>(field: &str, part: &T, max: usize) -> Result<(), InvalidContent> {
        let len = part.len();
        if len > max {
            return Err(InvalidContent(format!("{field} has a length of {len}, more than {max}")));
        }
        part.check()
    }

    /// A number, or two on the axes of a plane.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` has no range",
        note = "#[range(min, max)] limits an integer, or both axes of an `IVec2`"
    )]
    pub trait Ranged {
        /// The smallest and the largest value of the type.
        const ENDS: (i64, i64);

        /// Its numbers; the only one twice.
        fn numbers(&self) -> [i64; 2];
    }

    macro_rules! integer {
        ($($type:ty),*) => {$(
            impl Ranged for $type {
                const ENDS: (i64, i64) = (Self::MIN as i64, clamped(Self::MAX as i128));

                fn numbers(&self) -> [i64; 2] {
                    [clamped(i128::from(*self)); 2]
                }
            }
        )*};
    }
    integer!(u8, u16, u32, u64, i8, i16, i32, i64);

    impl Ranged for IVec2 {
        const ENDS: (i64, i64) = i32::ENDS;

        fn numbers(&self) -> [i64; 2] {
            [self.x.into(), self.y.into()]
        }
    }

    /// What is beyond the numbers of a range counts as its largest.
    const fn clamped(number: i128) -> i64 {
        if number > i64::MAX as i128 { i64::MAX } else { number as i64 }
    }

    /// Whether these are the ends of a range of the type.
    #[must_use]
    pub const fn is_range<T: Ranged>(min: i64, max: i64) -> bool {
        let (least, most) = T::ENDS;
        least <= min && min <= max && max <= most
    }

    /// Checks a number against its range.
    ///
    /// # Errors
    /// The field, its value and its range.
    pub fn check_range<T: Ranged>(
        field: &str,
        value: &T,
        (min, max): (i64, i64),
    ) -> Result<(), InvalidContent> {
        match value.numbers().into_iter().find(|number| *number < min || *number > max) {
            Some(number) => {
                Err(InvalidContent(format!("{field} = {number}, outside {min}..={max}")))
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::typed::Command;

    use super::*;

    #[derive(Command, Clone, Debug, PartialEq)]
    enum Wish {
        Go {
            #[range(0, 99)]
            place: IVec2,
        },
        Pay {
            #[range(1, i64::MAX)]
            coins: u64,
        },
        Owe {
            #[range(-9, i64::MAX)]
            coins: i64,
        },
    }

    #[test]
    fn a_range_holds_for_each_number_of_a_field() {
        let said = |wish: Wish| wish.check().err().map(|error| error.to_string());
        let go = |x, y| said(Wish::Go { place: IVec2::new(x, y) });
        assert_eq!([go(0, 99), go(99, 0)], [None, None]);
        assert_eq!(go(100, 0).as_deref(), Some("Wish::Go.place = 100, outside 0..=99"));
        assert_eq!(go(0, -1).as_deref(), Some("Wish::Go.place = -1, outside 0..=99"));
        assert_eq!(said(Wish::Pay { coins: 1 }), None);
        assert!(said(Wish::Pay { coins: 0 }).is_some());
        assert_eq!(said(Wish::Owe { coins: i64::MAX }), None);
        assert!(said(Wish::Owe { coins: -10 }).is_some());
    }
}
