//! The configuration of the server, and where it comes from.

mod admin;
mod choice;
mod environment;
mod error;
mod file;
mod flags;
mod game;
mod host_name;
mod load;
mod network;
mod origin;
mod page_source;
mod settings;
mod values;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::time::Duration;

use drumbeat_shared::game::Setup;

pub use admin::{AdminListen, OnOff};
pub(crate) use choice::chosen_game;
pub use error::ConfigError;
pub use game::defaults;
pub use host_name::HostName;
pub use load::{Loaded, Source, load};
pub use network::Network;
pub use origin::Origin;
pub use page_source::PageSource;
pub use settings::{Count, Seed, Settings, TickHz};
pub use values::{Bounded, Listen, LogFilter, LogFormat};

use crate::engine::room_setup::RoomSetup;
use crate::page::Page;
use crate::tickets::Policy;
pub use crate::tls::TlsFiles;

/// Limit of open connections that serve HTTP. Connections that come to play count until they are
/// upgraded.
const HTTP_CONNECTIONS: usize = 1_024;
/// Connections over the caps that are answered at a time; further ones are just closed.
const SPARE_CONNECTIONS: usize = 64;

/// What [`crate::run`] needs to know; `S` are the game's own settings.
#[derive(Clone, Debug)]
pub struct Config<S = ()> {
    /// The setup of each room.
    pub room: RoomSetup<S>,
    /// Limit of rooms.
    pub rooms_max: usize,
    /// Threads that read, and threads that share a room's fan-out.
    pub shards: usize,
    /// Limit of open game connections.
    pub connections_max: usize,
    /// Limit of open connections that serve HTTP, besides those of the game.
    pub http_connections_max: usize,
    /// Connections over these limits that are answered at a time. Health checks get their answer,
    /// the others the reason for their refusal.
    pub spare_connections: usize,
    /// Limit of open game connections from one address.
    pub connections_per_address_max: usize,
    /// Limit of rooms that clients of one address are in.
    pub rooms_per_address_max: usize,
    /// Limit of open HTTP connections from one address.
    pub http_per_address_max: usize,
    /// Limit of open game connections that speak JSON text.
    pub text_connections_max: usize,
    /// Limit of those who wait for news of a feed, besides other open connections.
    pub watchers_max: usize,
    /// Limit of them from one address.
    pub watchers_per_address_max: usize,
    /// Whether loopback addresses are exempt from the limits per address, so that a swarm on the
    /// same machine and a reverse proxy work without settings.
    pub exempt_loopback: bool,
    /// How long a client may take to send a request's head, and then its hello.
    pub handshake_timeout: Duration,
    /// After what time the first clients come back when the server ends.
    pub come_back: Duration,
    /// How long a player may stay silent.
    pub idle_timeout: Duration,
    /// Origins, besides the server's own, whose pages may connect and read the API.
    pub allowed_origins: Vec<Origin>,
    /// Hosts under which requests may reach the server; if empty, any.
    pub hosts: Vec<HostName>,
    /// Proxies that are believed where a request comes from.
    pub trusted_proxies: Vec<Network>,
    /// Whether each connection of a trusted proxy begins with a header of the PROXY protocol.
    pub proxy_protocol: bool,
    /// Whether strangers are sent the list of rooms.
    pub room_list: bool,
    /// The file with the tokens of those who run the server.
    pub admin_token_file: Option<PathBuf>,
    /// The file that holds the bans; without one they are forgotten at the end.
    pub bans: Option<PathBuf>,
    /// The file to which each act of those who run the server is appended.
    pub audit_log: Option<PathBuf>,
    /// The certificate, if what is sent is encrypted.
    pub tls: Option<TlsFiles>,
    /// How long browsers that were answered under TLS ask for nothing else, seconds; 0 says nothing.
    pub hsts_s: u64,
    /// Pages that may embed the server's own.
    pub frame_ancestors: Vec<PageSource>,
    /// Other servers that the server's own pages may connect to.
    pub connect_src: Vec<PageSource>,
    /// Which tickets are taken.
    pub tickets: Policy,
    /// What visitors are shown.
    pub page: Page,
}

/// The number of cores that this process may use.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

impl<S> Config<S> {
    /// Combines these settings with those of the game and the text of a map. There is no page but one that the settings
    /// name.
    #[must_use]
    pub fn new(settings: &Settings, game: S, map_text: &str) -> Self {
        let game = Setup {
            seed: settings.seed.map_or(0, Bounded::value),
            capacity: settings.capacity.value() as u16,
            tick_hz: settings.tick_hz.value() as u16,
            settings: game,
        };
        Self {
            room: RoomSetup {
                game,
                map_text: map_text.into(),
                spectators_max: settings.spectators_max.value() as u16,
                afk_timeout_s: settings.afk_timeout_s.value() as u32,
                chat_per_10s: settings.chat_per_10s.value() as u32,
                names: settings.names,
                resume_s: settings.resume_s.value() as u16,
                idle: Duration::from_secs(settings.room_idle_s.value()),
                check_rules: settings.check_rules,
            },
            rooms_max: settings.rooms_max.value() as usize,
            shards: settings.shards.map_or_else(cores, |shards| shards.value() as usize),
            connections_max: settings.connections_max.value() as usize,
            http_connections_max: HTTP_CONNECTIONS,
            spare_connections: SPARE_CONNECTIONS,
            rooms_per_address_max: settings.rooms_per_address_max(),
            connections_per_address_max: settings.connections_per_address_max.value() as usize,
            http_per_address_max: settings.http_per_address_max.value() as usize,
            text_connections_max: settings.text_connections_max.value() as usize,
            watchers_max: settings.watchers_max.value() as usize,
            watchers_per_address_max: settings.watchers_per_address_max.value() as usize,
            exempt_loopback: settings
                .exempt_loopback
                .unwrap_or(settings.trusted_proxies.is_empty()),
            handshake_timeout: Duration::from_secs(settings.handshake_timeout_s.value()),
            come_back: Duration::from_secs(settings.come_back_s.value()),
            idle_timeout: Duration::from_secs(settings.idle_timeout_s.value()),
            allowed_origins: settings.allow_origin.clone(),
            hosts: settings.hosts.clone(),
            trusted_proxies: settings.trusted_proxies.clone(),
            proxy_protocol: settings.proxy_protocol,
            room_list: settings.room_list == OnOff::On,
            admin_token_file: settings.admin_token_file.clone(),
            bans: settings.bans.clone(),
            audit_log: settings.audit_log.clone(),
            tls: settings.tls_files(),
            hsts_s: settings.hsts_s.value(),
            frame_ancestors: settings.frame_ancestors.clone(),
            connect_src: settings.connect_src.clone(),
            tickets: settings.ticket_policy(),
            page: settings.page.as_ref().map_or_else(Page::none, Page::folder),
        }
    }
}
