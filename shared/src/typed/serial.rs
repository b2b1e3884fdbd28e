//! How the derives write and read the fields of inputs, events, commands, records and worlds: as serde does by itself, but a
//! field whose type can't be written is refused in the words of the game's author.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A type that can stand in an event.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a part of an event",
    note = "write #[derive(Event, Clone, Debug)] above a struct or an enum of yours, or \
            #[derive(Value, Clone, Copy, Debug)] if fields of entities have it, too"
)]
pub trait Part: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> Part for T {}

/// The fields of events.
pub mod part {
    use serde::{Deserializer, Serializer};

    use super::Part;

    /// Writes a field.
    ///
    /// # Errors
    /// Those of the format.
    #[inline]
    pub fn serialize<T: Part, S: Serializer>(field: &T, to: S) -> Result<S::Ok, S::Error> {
        field.serialize(to)
    }

    /// Reads a field.
    ///
    /// # Errors
    /// Those of the format, and of a value that the type does not have.
    #[inline]
    pub fn deserialize<'de, T: Part, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        T::deserialize(from)
    }
}

/// A type that can stand in a world.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be saved in a checkpoint of the room",
    note = "write #[derive(Saved)] above a struct or an enum of yours",
    note = "a field with the map or the settings that `Game::new` was given is #[given], and one \
            whose content does not matter between two ticks is #[scratch]"
)]
pub trait SavedPart: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> SavedPart for T {}

/// The fields of worlds.
pub mod saved {
    use serde::{Deserializer, Serializer};

    use super::SavedPart;

    /// Writes a field.
    ///
    /// # Errors
    /// Those of the format.
    #[inline]
    pub fn serialize<T: SavedPart, S: Serializer>(field: &T, to: S) -> Result<S::Ok, S::Error> {
        field.serialize(to)
    }

    /// Reads a field.
    ///
    /// # Errors
    /// Those of the format, and of a value that the type does not have.
    #[inline]
    pub fn deserialize<'de, T: SavedPart, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        T::deserialize(from)
    }
}

/// The fields of inputs.
pub mod value {
    use serde::{Deserializer, Serializer};

    use crate::typed::value::Value;

    /// Writes a field.
    ///
    /// # Errors
    /// Those of the format.
    #[inline]
    pub fn serialize<T: Value, S: Serializer>(field: &T, to: S) -> Result<S::Ok, S::Error> {
        field.serialize(to)
    }

    /// Reads a field.
    ///
    /// # Errors
    /// Those of the format, and of a value that the type does not have.
    #[inline]
    pub fn deserialize<'de, T: Value, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        T::deserialize(from)
    }
}

/// The fields of commands and records.
pub mod content {
    use serde::{Deserializer, Serializer};

    use crate::content::Content;

    /// Writes a field.
    ///
    /// # Errors
    /// Those of the format.
    #[inline]
    pub fn serialize<T: Content, S: Serializer>(field: &T, to: S) -> Result<S::Ok, S::Error> {
        field.serialize(to)
    }

    /// Reads a field.
    ///
    /// # Errors
    /// Those of the format, and of a value that the type does not have.
    #[inline]
    pub fn deserialize<'de, T: Content, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        T::deserialize(from)
    }
}
