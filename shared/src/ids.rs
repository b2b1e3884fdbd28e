//! Identifiers of ticks, players and entities.

use serde::{Deserialize, Serialize};

/// A step of a room's simulation, counted from 0 when the room starts.
///
/// At 128 ticks a second a room reaches its last tick ([`crate::limits::TICK_MAX`]) after half a
/// year and closes; the number never wraps around.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Tick(pub u32);

impl Tick {
    /// The tick after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// How many ticks lie between `earlier` and this one; 0 if `earlier` is not earlier.
    #[must_use]
    pub fn since(self, earlier: Self) -> u32 {
        self.0.saturating_sub(earlier.0)
    }
}

impl std::fmt::Display for Tick {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A player of a room, whether a person, a bot or one of the game's own.
///
/// The engine gives ids of 0 up to the room's capacity (exclusive) to connected players and reuses
/// them after a player has left. A game may give ids from the capacity upwards to players of its
/// own.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct PlayerId(pub u16);

impl std::fmt::Display for PlayerId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// An entity of a world: its slot, and how many entities lived in that slot before.
///
/// Two entities that live in one slot after each other differ in their generation. Ids are never
/// sent: client and server refer to an entity by its position in the client's view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EntityId {
    /// Index into the world's entity table.
    pub slot: u32,
    /// How many entities lived in this slot before.
    pub generation: u32,
}
