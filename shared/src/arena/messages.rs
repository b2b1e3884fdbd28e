//! What travels beside the state: the controls of a player, and what happened.

use serde::{Deserialize, Serialize};

use crate::ids::PlayerId;

/// Rows of the leaderboard, at most.
pub const LEADERS_MAX: usize = 8;

/// The controls of one tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Wanted heading.
    pub steer: u8,
    /// Where shots go.
    pub aim: u8,
    /// Bits [`THRUST`], [`BOOST`], [`FIRE`] and [`RAIL`]; no others.
    ///
    /// [`THRUST`]: super::schema::THRUST
    /// [`BOOST`]: super::schema::BOOST
    /// [`FIRE`]: super::schema::FIRE
    /// [`RAIL`]: super::schema::RAIL
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
        /// A [`super::Sort`] as number.
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

/// One row of the leaderboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leader {
    /// Who.
    pub player: PlayerId,
    /// Its name.
    pub name: String,
    /// Its points.
    pub score: i32,
}
