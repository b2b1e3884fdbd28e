//! The typed face of a game's state: entities are structs, and the engine's integers stay below.
//!
//! An author derives [`Entity`] for each kind of thing in the world, [`Private`] for what only its
//! player is sent, [`Input`](derive@Input) for the controls, [`Event`](derive@Event) for what
//! happens, and [`Value`] for enums among their fields; lists the kinds in [`entities!`]; and holds
//! the entities in a [`World`]. Schema, position, owner, ranges and encodings follow from that.
//!
//! ```
//! use drumbeat_shared::typed::{Angle, Entity, IVec2, PlayerId, Value, World, entities};
//!
//! #[derive(Value, Clone, Copy, PartialEq)]
//! enum Team {
//!     Red,
//!     Blue,
//! }
//! #[derive(Entity, Clone, Copy)]
//! struct Runner {
//!     #[decision]
//!     heading: Angle,
//!     #[position(max = 4_000)]
//!     place: IVec2,
//!     #[owner]
//!     player: PlayerId,
//!     team: Team,
//! }
//! #[derive(Entity, Clone, Copy)]
//! struct Coin {
//!     #[position(max = 4_000)]
//!     place: IVec2,
//! }
//! entities! {
//!     enum Thing {
//!         Runner,
//!         Coin,
//!     }
//! }
//!
//! let mut world = World::<Thing>::default();
//! for (number, team) in [Team::Red, Team::Blue].into_iter().enumerate() {
//!     let (player, place) = (PlayerId(number as u16), IVec2::splat(2_000));
//!     world.insert(Runner { heading: Angle(64), place, player, team });
//! }
//! world.edit_each::<Runner>(|_, runner| {
//!     runner.place += (runner.heading.to_vec2() * 20.0).round().as_ivec2();
//! });
//! let reds = world.iter::<Runner>().filter(|(_, runner)| runner.team == Team::Red);
//! assert_eq!(reds.map(|(_, runner)| runner.place).collect::<Vec<_>>(), [IVec2::new(2_000, 2_020)]);
//! assert_eq!(world.iter::<Coin>().count(), 0);
//! ```

mod angle;
mod column;
mod entity;
mod game;
mod grid;
mod id;
mod lower;
mod nothing;
mod serial;
mod value;
mod world;

#[cfg(test)]
mod tests;

pub use angle::Angle;
pub use drumbeat_macros::{
    Command, Content, Entity, Event, Input, Private, Record, Saved, Value, entities,
};
pub use entity::{Entity, EntitySet, Fields, Member, Placement, Private, group_place};
pub use game::{Game, Map, Step};
pub use glam::{IVec2, Vec2};
pub use id::Id;
pub use nothing::Nothing;
pub use value::Value;
pub use world::World;

pub use crate::content::{Content, InvalidContent};
pub use crate::document::{Document, RecordId};
pub use crate::game::{
    Audience, Context, Controls, Events, Frames, Identity, MapError, Public, Refused, Setup,
    Spoken, Verdict, View,
};
pub use crate::ids::{PlayerId, Tick};
pub use crate::input::InvalidInput;
pub use crate::rng::Rng;
pub use crate::saved::Saved;

/// What the derives' code names. Not for authors.
#[doc(hidden)]
pub mod derive {
    pub use super::column::{Column, kinds, placement};
    pub use super::entity::{Fields, Limits, Placement, changed_kind, no_such_kind};
    pub use super::serial::{content, part, saved, value};
    pub use serde;

    pub use crate::input::Control;
    pub use crate::saved::given;
    pub use crate::schema::{Blend, Entry, Field, Kind, Role, State};
}
