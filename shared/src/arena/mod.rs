//! Arena, the bundled game: top-down ships with inertia that fight between rocks.
//!
//! A ship turns towards its wanted heading, thrusts or boosts along its nose, and fires along its
//! aim. Shots fly straight and take hit points; the rail hits at once, where the shooter saw its
//! target, and is slow to be ready again; pickups give some back; the last shot takes the
//! kill. Whoever died returns after a while under protection. The game's own players, the house
//! bots, keep a quiet room lively.
//!
//! [`Arena`] is the world and its steps. [`Map`] is the static world with the rules' numbers.
//! [`brain`] plays. The network, chat and drawing are elsewhere.

use glam::IVec2;
use serde::{Deserialize, Serialize};

use crate::ids::PlayerId;

pub mod brain;
mod combat;
mod entity;
mod flight;
mod game;
mod grid;
mod house;
mod leaders;
mod map;
#[cfg(feature = "maps")]
mod map_file;
mod motion;
mod past;
mod pickups;
mod player;
mod rail;
mod rules;
pub mod schema;
mod sight;
mod spawn;
#[cfg(test)]
mod tests;
mod weapons;

pub use entity::{Beam, Pickup, Ship, Shot, Sort, direction};
pub use game::Arena;
pub use leaders::{LEADERS_MAX, Leader};
pub use map::{Map, Rock, SHIPS_PER_VIEW, Sketch, WORLD_MIN};
pub use rules::Rules;

/// The text of the map that is played unless another is chosen.
#[cfg(feature = "maps")]
pub const DEFAULT_MAP: &str = include_str!("../../../assets/maps/belt.toml");

/// The controls of one tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Wanted heading.
    pub steer: u8,
    /// Where shots go.
    pub aim: u8,
    /// Bits [`schema::THRUST`], [`schema::BOOST`], [`schema::FIRE`] and [`schema::RAIL`]; no others.
    pub buttons: u8,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A shot or a rail hit a ship. Told to both players.
    Hit {
        /// Grid units.
        x: i32,
        /// Grid units.
        y: i32,
        /// Hit points taken; 0 from a protected ship.
        damage: u8,
        /// Who fired.
        by: PlayerId,
        /// Who was hit.
        to: PlayerId,
        /// Whether it was the rail.
        rail: bool,
    },
    /// A ship was destroyed. Told to all who see the place.
    Kill {
        /// Who fired the last shot.
        killer: Option<PlayerId>,
        /// Its name; empty without a killer.
        killer_name: String,
        /// Whose ship it was.
        victim: PlayerId,
        /// Its name.
        victim_name: String,
        /// Grid units.
        x: i32,
        /// Grid units.
        y: i32,
        /// The killer's kills since its last death, this one included.
        streak: u8,
    },
    /// A pickup was taken. Told to the player who took it.
    Taken {
        /// Who took it.
        player: PlayerId,
        /// A [`Sort`] as number.
        sort: u8,
        /// Grid units.
        x: i32,
        /// Grid units.
        y: i32,
    },
    /// The best players, best first, at most [`LEADERS_MAX`]. Told to the room when it changed or
    /// somebody joined, at most once a second.
    Leaders(Vec<Leader>),
}

/// The square of a distance, grid units.
fn distance_squared(a: IVec2, b: IVec2) -> i64 {
    let square = |length: i32| i64::from(length) * i64::from(length);
    square(a.x - b.x) + square(a.y - b.y)
}
