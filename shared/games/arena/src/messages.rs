//! What is sent beside the state: the controls of a player, and events.

use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::typed::{Event, Input};
use serde::Serialize;

use super::schema::ALL_BUTTONS;

/// Maximum number of rows of the leaderboard.
pub const LEADERS_MAX: usize = 8;

/// Maximum number of rows of the podium.
pub const PODIUM_ROWS: usize = 3;

/// Maximum number of fights that the overview shows.
pub const FIGHTS_MAX: usize = 4;

/// Maximum number of players who are shown to be away.
pub const AWAY_MAX: usize = 64;

/// The controls of one tick.
#[derive(Input, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// Wanted heading.
    pub steer: u8,
    /// Direction of shots.
    pub aim: u8,
    /// Bits [`THRUST`], [`BOOST`], [`FIRE`] and [`RAIL`]; no others.
    ///
    /// [`THRUST`]: super::schema::THRUST
    /// [`BOOST`]: super::schema::BOOST
    /// [`FIRE`]: super::schema::FIRE
    /// [`RAIL`]: super::schema::RAIL
    #[range(0, ALL_BUTTONS)]
    pub buttons: u8,
}

/// Something that happened.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A shot or a rail hit a ship. Sent to both players.
    Hit {
        /// Grid units.
        x: i32,
        /// Grid units.
        y: i32,
        /// Hit points taken; 0 from a protected ship.
        damage: u8,
        /// The player who fired.
        by: PlayerId,
        /// The player who was hit.
        to: PlayerId,
        /// Whether it was the rail.
        rail: bool,
        /// The direction in which it flew, 0 to 255.
        aim: u8,
    },
    /// A ship was destroyed. Sent to everybody who sees the place.
    Kill {
        /// The player who hit last.
        killer: Option<PlayerId>,
        /// The killer's name; empty without a killer.
        killer_name: String,
        /// The player whose ship it was.
        victim: PlayerId,
        /// The victim's name.
        victim_name: String,
        /// Grid units.
        x: i32,
        /// Grid units.
        y: i32,
        /// The killer's kills since its last death, this one included.
        streak: u8,
        /// Whether the last hit was by the rail.
        rail: bool,
        /// What the killer's ship has left of its hit points, percent; 0 without a ship.
        hull: u8,
        /// Where the killer's ship is, or was last, grid units; the place of the kill without a killer.
        from_x: i32,
        /// Grid units.
        from_y: i32,
    },
    /// A pickup was taken. Sent to the player who took it.
    Taken {
        /// The player who took it.
        player: PlayerId,
        /// A [`super::Sort`] as a number.
        sort: u8,
        /// Grid units.
        x: i32,
        /// Grid units.
        y: i32,
    },
    /// The best players, best first, up to [`LEADERS_MAX`]. Sent to the room when the list changes, no
    /// more than once a second, and to who joins at once.
    Leaders(Vec<Leader>),
    /// Where to find the others. Sent to the room when it changes, no more than once a second, and to
    /// who joins at once.
    Overview {
        /// Whether the leader has a ship.
        leads: bool,
        /// About where it is, in 1/256 of the world's width, to 1/32; 0 without a ship.
        leader_x: u8,
        /// The same of the world's height.
        leader_y: u8,
        /// Where ships take the most damage, most first, up to [`FIGHTS_MAX`]: cells of the world,
        /// which is 16 cells wide and 16 high, row by row.
        fights: Vec<u8>,
    },
    /// A round begins. Sent to the room, and to who joins while it is played.
    Round {
        /// From 1; 0 in a room without rounds.
        number: u32,
        /// The tick in which the podium begins; 0 in a room without rounds.
        ends: u32,
    },
    /// A round has ended: until the next one there is a truce. Sent to the room, and to who joins
    /// meanwhile.
    Podium {
        /// The best players, best first, up to [`PODIUM_ROWS`], none without points.
        rows: Vec<Leader>,
        /// The tick in which the next round begins.
        next: u32,
    },
    /// The players who have lost their connection and whose place is kept, up to [`AWAY_MAX`]. Sent to
    /// the room when that changes or somebody joins, no more than once a second.
    Away(Vec<PlayerId>),
}

/// What the room's public feed shows.
#[derive(Serialize, Debug)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum News<'a> {
    /// A ship was destroyed.
    Kill {
        /// Who hit last, by name; empty for nobody.
        killer: &'a str,
        /// Whose ship it was, by name.
        victim: &'a str,
        /// The killer's kills since its last death.
        streak: u8,
        /// Whether the last hit was by the rail.
        rail: bool,
    },
    /// The best players, best first.
    Leaders {
        /// One for each.
        rows: &'a [Leader],
    },
    /// A round begins.
    Round {
        /// From 1.
        number: u32,
        /// The tick in which it ends.
        ends: u32,
    },
    /// A round has ended.
    Podium {
        /// The best players, best first.
        rows: &'a [Leader],
        /// The tick in which the next round begins.
        next: u32,
    },
}

impl Event {
    /// What everybody may know of it.
    pub(crate) fn news(&self) -> Option<News<'_>> {
        Some(match self {
            Self::Kill { killer_name, victim_name, streak, rail, .. } => News::Kill {
                killer: killer_name,
                victim: victim_name,
                streak: *streak,
                rail: *rail,
            },
            Self::Leaders(rows) => News::Leaders { rows },
            Self::Round { number, ends } if *number > 0 => {
                News::Round { number: *number, ends: *ends }
            }
            Self::Podium { rows, next } => News::Podium { rows, next: *next },
            _ => return None,
        })
    }
}

/// One row of the leaderboard.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
pub struct Leader {
    /// The player.
    pub player: PlayerId,
    /// The player's name.
    pub name: String,
    /// The player's points.
    pub score: i32,
}
