//! What the server is run with, and how it is found.

mod load;
mod origin;
mod settings;
mod values;

#[cfg(test)]
mod tests;

use std::time::Duration;

use drumbeat_shared::game::Setup;

pub use load::{ConfigError, Loaded, Source, load};
pub use origin::Origin;
pub use settings::{Count, Seed, Settings, TickHz};
pub use values::{Bounded, Listen, LogFilter, LogFormat};

use crate::engine::room_setup::RoomSetup;

/// Open connections that serve HTTP at most. Those that come to play are among them until they have
/// been upgraded.
const HTTP_CONNECTIONS: usize = 1_024;
/// Connections beyond the caps that are answered at a time; further ones are just closed.
const SPARE_CONNECTIONS: usize = 64;

/// What [`crate::run`] needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// What each room is made with.
    pub room: RoomSetup,
    /// Rooms at most.
    pub rooms_max: usize,
    /// Threads that read, and threads that a room's fan-out is spread over.
    pub shards: usize,
    /// Open game connections at most.
    pub connections_max: usize,
    /// Open connections that serve HTTP at most, beside those of the game.
    pub http_connections_max: usize,
    /// Connections beyond these that are answered at a time: probes of health, and the others with
    /// why they get no more.
    pub spare_connections: usize,
    /// Open game connections from one address at most.
    pub connections_per_address_max: usize,
    /// Open HTTP connections from one address at most.
    pub http_per_address_max: usize,
    /// Whether these caps leave loopback addresses alone, so that a swarm on the same machine and
    /// a reverse proxy work as they are.
    pub exempt_loopback: bool,
    /// How long a client may take for a request's head, and then for its hello.
    pub handshake_timeout: Duration,
    /// How long a player may stay silent.
    pub idle_timeout: Duration,
    /// Chat lines that a player may send in 10 seconds.
    pub chat_per_10s: u32,
    /// Origins whose pages may connect and read the API beside the server's own.
    pub allowed_origins: Vec<Origin>,
}

/// The cores that this process may use.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

impl Config {
    /// These settings with the text of a map.
    #[must_use]
    pub fn new(settings: &Settings, map_text: &str) -> Self {
        let game = Setup {
            seed: settings.seed.map_or(0, Bounded::value),
            capacity: settings.capacity.value() as u16,
            tick_hz: settings.tick_hz.value() as u16,
            house_bots: settings.house_bots.value() as u16,
        };
        Self {
            room: RoomSetup {
                game,
                map_text: map_text.into(),
                spectators_max: settings.spectators_max.value() as u16,
                afk_timeout_s: settings.afk_timeout_s.value() as u32,
                idle: Duration::from_secs(settings.room_idle_s.value()),
            },
            rooms_max: settings.rooms_max.value() as usize,
            shards: settings.shards.map_or_else(cores, |shards| shards.value() as usize),
            connections_max: settings.connections_max.value() as usize,
            http_connections_max: HTTP_CONNECTIONS,
            spare_connections: SPARE_CONNECTIONS,
            connections_per_address_max: settings.connections_per_address_max.value() as usize,
            http_per_address_max: settings.http_per_address_max.value() as usize,
            exempt_loopback: true,
            handshake_timeout: Duration::from_secs(settings.handshake_timeout_s.value()),
            idle_timeout: Duration::from_secs(settings.idle_timeout_s.value()),
            chat_per_10s: settings.chat_per_10s.value() as u32,
            allowed_origins: settings.allow_origin.clone(),
        }
    }
}
