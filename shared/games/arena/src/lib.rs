//! Arena, the bundled game: top-down ships with inertia that fight between rocks.
//!
//! A ship turns towards its wanted heading, thrusts or boosts along its nose, and fires along its
//! aim. Shots fly straight and take hit points. The rail hits at once, where the shooter saw its
//! target, and takes long to be ready again. Pickups restore hit points or energy, or speed up the
//! gun. The last hit gets the kill, also of a player who leaves the room right after it. A destroyed ship returns after a while under protection, which
//! its first shot ends. A round ends with a podium, and all start again. The game's own players, the
//! house bots, keep a quiet room lively.
//!
//! [`Arena`] is the world and its steps. [`Map`] is the static world with the numbers of the rules.
//! [`brain`] plays. The network, chat and drawing are elsewhere.

mod absent;
mod arrivals;
pub mod brain;
mod combat;
mod flight;
mod game;
mod grid;
mod heat;
mod house;
mod leaders;
mod map;
#[cfg(feature = "maps")]
mod map_file;
mod messages;
mod motion;
mod news;
mod overview;
mod past;
mod pickups;
mod player;
mod rail;
mod rounds;
mod rules;
pub mod schema;
mod settings;
mod sight;
mod spawn;
#[cfg(test)]
mod tests;
mod weapons;
mod world;

pub use game::Arena;
pub use map::{Map, Rock, SHIPS_PER_VIEW, Sketch, WORLD_MIN};
pub use messages::{AWAY_MAX, Event, FIGHTS_MAX, Input, LEADERS_MAX, Leader, PODIUM_ROWS};
pub use rounds::Rounds;
pub use rules::Rules;
pub use schema::{Beam, Pickup, Ship, Shot, Sort, Stats, Thing};
pub use settings::Settings;
