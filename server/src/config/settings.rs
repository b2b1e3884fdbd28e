//! Every setting: its name, unit, range, default and what it does, said once.
//!
//! A field `tick_hz` is the flag `--tick-hz`, the variable `DRUMBEAT_TICK_HZ` and the key
//! `tick-hz` of a configuration file.

use std::path::PathBuf;

use clap::{Args, FromArgMatches};
use drumbeat_shared::limits::{PLAYERS_MAX, TICK_HZ_MAX, TICK_HZ_MIN};
use serde::{Deserialize, Serialize};

use super::origin::Origin;
use super::values::{Bounded, Listen, LogFilter, LogFormat};

/// Ticks a second.
pub type TickHz = Bounded<{ TICK_HZ_MIN as u64 }, { TICK_HZ_MAX as u64 }>;
/// A number that is at least 1.
pub type Count<const MAX: u64> = Bounded<1, MAX>;
/// Players of the game's own in a room, at most.
const HOUSE_BOTS_MAX: u64 = 1_000;
/// Connected players in a room, at most: together with the game's own not over `PLAYERS_MAX`.
const CAPACITY_MAX: u64 = PLAYERS_MAX as u64 - HOUSE_BOTS_MAX;
/// Spectators of a room, at most.
const SPECTATORS_MAX: u64 = 1_000;
/// Shards at most.
const SHARDS_MAX: u64 = 256;
/// A seed; TOML knows no larger number.
pub type Seed = Bounded<0, { i64::MAX as u64 }>;

/// The settings of the server.
#[derive(Args, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Address and port to listen on; a port alone is for this machine only, port 0 picks a free one
    /// and prints it
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7777")]
    pub listen: Listen,

    /// Steps of the simulation per second, 10 to 128
    #[arg(long, value_name = "HZ", default_value_t = TickHz::new(30))]
    pub tick_hz: TickHz,

    /// Seed of everything random in a room [default: taken from the clock, and logged]
    #[arg(long, value_name = "NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<Seed>,

    /// Map file to play on [default: the one in the program]
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map: Option<PathBuf>,

    /// Players in a room at most
    #[arg(long, value_name = "PLAYERS", default_value_t = Count::new(64))]
    pub capacity: Count<CAPACITY_MAX>,

    /// Spectators in a room at most; they take no player's place. 0 lets nobody look on
    #[arg(long, value_name = "SPECTATORS", default_value_t = Bounded::new(16))]
    pub spectators_max: Bounded<0, SPECTATORS_MAX>,

    /// Players of the game's own in a room without people; each person takes the place of one
    #[arg(long, value_name = "PLAYERS", default_value_t = Bounded::new(12))]
    pub house_bots: Bounded<0, HOUSE_BOTS_MAX>,

    /// Rooms at most; each is a world of its own
    #[arg(long, value_name = "ROOMS", default_value_t = Count::new(16))]
    pub rooms_max: Count<1_024>,

    /// Threads that read what players send, and threads that share the making of a room's frames
    /// [default: the cores that the server may use]
    #[arg(long, value_name = "THREADS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shards: Option<Count<SHARDS_MAX>>,

    /// Seconds after which a room without players and spectators is closed; one with spectators alone
    /// then gives way, where rooms are scarce, to another that a player asks for
    #[arg(long, value_name = "SECONDS", default_value_t = Count::new(60))]
    pub room_idle_s: Count<86_400>,

    /// Open game connections at most, fewer where the system allows fewer open files; those that load
    /// the page are counted apart
    #[arg(long, value_name = "CONNECTIONS", default_value_t = Count::new(10_000))]
    pub connections_max: Count<1_000_000>,

    /// Open game connections from one address at most (IPv6: from one /64); loopback is exempt, a
    /// reverse proxy on another machine counts as one address
    #[arg(long, value_name = "CONNECTIONS", default_value_t = Count::new(32))]
    pub connections_per_address_max: Count<1_000_000>,

    /// Open HTTP connections from one address at most, likewise; a browser that loads the page
    /// takes six
    #[arg(long, value_name = "CONNECTIONS", default_value_t = Count::new(128))]
    pub http_per_address_max: Count<1_000_000>,

    /// Seconds that a client has for an HTTP request's head, and then for its hello
    #[arg(long, value_name = "SECONDS", default_value_t = Count::new(5))]
    pub handshake_timeout_s: Count<300>,

    /// Seconds without any message after which a player is let go
    #[arg(long, value_name = "SECONDS", default_value_t = Count::new(30))]
    pub idle_timeout_s: Count<86_400>,

    /// Seconds without new controls or a chat line after which a player is let go; one that never
    /// sends controls, after 60 at the latest. 0 lets all stay
    #[arg(long, value_name = "SECONDS", default_value_t = Bounded::new(300))]
    pub afk_timeout_s: Bounded<0, 86_400>,

    /// Chat lines that a player may send in 10 seconds
    #[arg(long, value_name = "LINES", default_value_t = Count::new(5))]
    pub chat_per_10s: Count<1_000>,

    /// Origin whose pages may connect and read the API beside the server's own, such as
    /// `https://play.example.org` or an app's `capacitor://localhost`; `null` for files and sandboxed
    /// frames. Can be repeated, or a list with commas
    #[arg(long, value_name = "ORIGIN", value_delimiter = ',')]
    pub allow_origin: Vec<Origin>,

    /// How the log on standard error looks
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,

    /// What is logged: error, warn, info, debug, trace, or a list of target=level
    #[arg(long, value_name = "FILTER", default_value = "info")]
    pub log: LogFilter,
}

impl Default for Settings {
    fn default() -> Self {
        let command = Self::augment_args(clap::Command::new("drumbeat"));
        Self::from_arg_matches(&command.get_matches_from(["drumbeat"]))
            .expect("every setting is optional or has a default")
    }
}
