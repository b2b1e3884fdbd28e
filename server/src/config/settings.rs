//! Every setting: its name, unit, range, default and what it does, said once.
//!
//! A field `tick_hz` is the flag `--tick-hz`, the key `tick-hz` of a configuration file and, in the
//! bundled program, the variable `DRUMBEAT_TICK_HZ`.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{ArgAction, Args};
use drumbeat_shared::limits::{
    GAMES_OWN_MAX, PLAYERS_MAX, TICK_HZ_DEFAULT, TICK_HZ_MAX, TICK_HZ_MIN,
};

use super::admin::{AdminListen, OnOff};
use super::game::defaults;
use super::host_name::HostName;
use super::network::Network;
use super::origin::Origin;
use super::page_source::PageSource;
use super::values::{Bounded, Listen, LogFilter, LogFormat};
use crate::names::NamePolicy;
use crate::tickets::{Mode, Policy};
use crate::tls::TlsFiles;

/// Ticks a second.
pub type TickHz = Bounded<{ TICK_HZ_MIN as u64 }, { TICK_HZ_MAX as u64 }>;
/// A number that is at least 1.
pub type Count<const MAX: u64> = Bounded<1, MAX>;
/// Connected players in a room, at most: with the game's own no more than `PLAYERS_MAX`.
const CAPACITY_MAX: u64 = (PLAYERS_MAX - GAMES_OWN_MAX) as u64;
/// Spectators in a room, at most.
const SPECTATORS_MAX: u64 = 1_000;
/// Rooms that one address may be in whatever part of all they are, unless it is set otherwise.
const FEW_ROOMS: u64 = 4;
/// Shards, at most.
const SHARDS_MAX: u64 = 256;
/// A seed; TOML knows no larger number.
pub type Seed = Bounded<0, { i64::MAX as u64 }>;

/// The settings of the server.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[group(skip)]
pub struct Settings {
    /// Address to listen on; a port alone means this machine only, port 0 a free port
    #[arg(long, help_heading = "Network", value_name = "ADDRESS:PORT")]
    #[arg(default_value = "127.0.0.1:7777")]
    pub listen: Listen,

    /// Simulation steps per second, 1 to 128
    #[arg(long, help_heading = "Game", value_name = "HZ")]
    #[arg(default_value_t = TickHz::new(TICK_HZ_DEFAULT as u64))]
    pub tick_hz: TickHz,

    /// Seed of all randomness [default: from the clock, and logged]
    #[arg(long, help_heading = "Game", value_name = "NUMBER")]
    pub seed: Option<Seed>,

    /// Map to play on
    #[arg(long, help_heading = "Game", value_name = "FILE")]
    pub map: Option<PathBuf>,

    /// Maximum players per room
    #[arg(long, help_heading = "Rooms", value_name = "N", default_value_t = Count::new(64))]
    pub capacity: Count<CAPACITY_MAX>,

    /// Maximum spectators per room; they take no player's seat. 0 disables spectating
    #[arg(long, help_heading = "Rooms", value_name = "N", default_value_t = Bounded::new(16))]
    pub spectators_max: Bounded<0, SPECTATORS_MAX>,

    /// What becomes of players whose name is in use in their room, or looks like one that is: any,
    /// they play under it; mark, with a number behind it; refuse, they are not let in
    #[arg(long, help_heading = "Rooms", value_name = "any|mark|refuse")]
    #[arg(value_enum, default_value_t = NamePolicy::Any, hide_possible_values = true)]
    pub names: NamePolicy,

    /// Maximum rooms; each is a world of its own
    #[arg(long, help_heading = "Rooms", value_name = "N", default_value_t = Count::new(16))]
    pub rooms_max: Count<1_024>,

    /// Threads for reading input, and for building a room's frames [default: one per usable core]
    #[arg(long, help_heading = "Rooms", value_name = "N")]
    pub shards: Option<Count<SHARDS_MAX>>,

    /// Seconds until an empty room closes. Where rooms are scarce, one with spectators alone then
    /// gives way to another that a player asks for
    #[arg(long, help_heading = "Rooms", value_name = "SECONDS", default_value_t = Count::new(60))]
    pub room_idle_s: Count<86_400>,

    /// Maximum game connections; fewer if the system allows fewer open files. Connections that load
    /// the page are counted separately
    #[arg(long, help_heading = "Limits", value_name = "N", default_value_t = Count::new(10_000))]
    pub connections_max: Count<1_000_000>,

    /// Maximum game connections from one address (IPv6: one /64), and maximum seats that they have, those
    /// of players who have lost their connection included. A reverse proxy on another machine
    /// counts as one address unless --trusted-proxies names it
    #[arg(long, help_heading = "Limits", value_name = "N", default_value_t = Count::new(32))]
    pub connections_per_address_max: Count<1_000_000>,

    /// Maximum rooms that players and spectators of one address are in [default: a quarter of
    /// --rooms-max, but at least 4, or all if there are fewer]
    #[arg(long, help_heading = "Limits", value_name = "N")]
    pub rooms_per_address_max: Option<Count<1_024>>,

    /// Maximum HTTP connections from one address, likewise; a browser that loads the page uses six.
    /// Those of trusted proxies have no such limit, since each carries the requests of many
    #[arg(long, help_heading = "Limits", value_name = "N", default_value_t = Count::new(128))]
    pub http_per_address_max: Count<1_000_000>,

    /// Maximum of those of --connections-max that speak JSON text (/ws?json): the server decodes for each
    /// what other clients decode for themselves. 0 refuses them
    #[arg(long, help_heading = "Limits", value_name = "N", default_value_t = Bounded::new(200))]
    pub text_connections_max: Bounded<0, 1_000_000>,

    /// Maximum clients that wait for news of a room's feed, by events, lines or long polls; fewer if
    /// the system allows fewer open files. 0 refuses them: feeds are then only polled
    #[arg(long, help_heading = "Limits", value_name = "N", default_value_t = Bounded::new(1_000))]
    pub watchers_max: Bounded<0, 1_000_000>,

    /// Maximum of them from one address, likewise
    #[arg(long, help_heading = "Limits", value_name = "N", default_value_t = Count::new(32))]
    pub watchers_per_address_max: Count<1_000_000>,

    /// Whether loopback is exempt from the limits per address [default: true unless
    /// --trusted-proxies is set]
    #[arg(long, help_heading = "Limits", value_name = "true|false", num_args = 0..=1)]
    #[arg(action = ArgAction::Set, require_equals = true, default_missing_value = "true")]
    #[arg(hide_possible_values = true)]
    pub exempt_loopback: Option<bool>,

    /// Seconds that a client has for the head of an HTTP request, and then for its hello. To type a
    /// join in JSON text there is at least a minute
    #[arg(long, help_heading = "Limits", value_name = "SECONDS", default_value_t = Count::new(5))]
    pub handshake_timeout_s: Count<300>,

    /// Seconds without any message after which a client is disconnected
    #[arg(long, help_heading = "Limits", value_name = "SECONDS", default_value_t = Count::new(30))]
    pub idle_timeout_s: Count<86_400>,

    /// Seconds without new controls or chat after which a player is disconnected; at most 60 for
    /// one who never sends controls. 0 disables this
    #[arg(long, help_heading = "Limits", value_name = "SECONDS")]
    #[arg(default_value_t = Bounded::new(300))]
    pub afk_timeout_s: Bounded<0, 86_400>,

    /// Seconds for which the place of a player is kept that has lost its connection: coming back in
    /// time, it plays on. 0 disables this
    #[arg(long, help_heading = "Limits", value_name = "SECONDS", default_value_t = Bounded::new(20))]
    pub resume_s: Bounded<0, 3_600>,

    /// Seconds for which the server goes on when it is asked to end: /readyz turns 503, nobody new is
    /// let in, those inside play on [default: 5 after SIGTERM, else 0]
    #[arg(long, help_heading = "Shutdown", value_name = "SECONDS")]
    pub drain_s: Option<Bounded<0, 3_600>>,

    /// Seconds after which the first clients come back when the server has ended, the others soon
    /// after them: as long as it takes until another one serves in its place
    #[arg(long, help_heading = "Shutdown", value_name = "SECONDS")]
    #[arg(default_value_t = Bounded::new(2))]
    pub come_back_s: Bounded<0, 300>,

    /// Maximum chat messages per player in 10 seconds
    #[arg(long, help_heading = "Limits", value_name = "N", default_value_t = Count::new(5))]
    pub chat_per_10s: Count<1_000>,

    /// Another origin whose pages may connect and read the API, such as `https://play.example.org`,
    /// an app's `capacitor://localhost`, or `null` for files and sandboxed frames. Repeat it, or
    /// separate several with commas
    #[arg(long, help_heading = "Network", value_name = "ORIGIN", value_delimiter = ',')]
    pub allow_origin: Vec<Origin>,

    /// Host name or address under which the server is reached, such as `play.example.org`; a request
    /// for any other host is refused, which stops DNS rebinding. Health checks are answered under any
    /// host. Repeat it, or separate several with commas [default: any]
    #[arg(long, help_heading = "Network", value_name = "NAME", value_delimiter = ',')]
    pub hosts: Vec<HostName>,

    /// Address or range of your own proxies, such as `10.0.0.0/8`: where a client is, is then read
    /// from the X-Forwarded-For or Forwarded header that they send. Nobody else is believed. Repeat
    /// it, or separate several with commas
    #[arg(long, help_heading = "Network", value_name = "CIDR", value_delimiter = ',')]
    pub trusted_proxies: Vec<Network>,

    /// Demand of trusted proxies that each of their connections begins with a header of the PROXY
    /// protocol, version 1 or 2, which names the client
    #[arg(long, help_heading = "Network", value_name = "true|false", num_args = 0..=1)]
    #[arg(action = ArgAction::Set, require_equals = true, default_missing_value = "true")]
    #[arg(default_value_t = false, hide_default_value = true, hide_possible_values = true)]
    #[arg(requires_if("true", "trusted_proxies"))]
    pub proxy_protocol: bool,

    /// File with the TLS certificate and those of its authorities, as PEM: the port then speaks https
    /// and wss instead of http and ws. It is read again when it changes, and on SIGHUP
    #[arg(long, help_heading = "Network", value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,

    /// File with the private key of --tls-cert, as PEM without a passphrase
    #[arg(long, help_heading = "Network", value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,

    /// Seconds for which a browser that was here under TLS asks for nothing else (HSTS). 0 disables
    /// this
    #[arg(long, help_heading = "Network", value_name = "SECONDS")]
    #[arg(default_value_t = Bounded::new(15_552_000))]
    pub hsts_s: Bounded<0, 63_072_000>,

    /// Site whose pages may show the game's in a frame, such as `https://itch.io` or
    /// `https://*.example.org`; `self` for the server's own pages, `none` for nobody. Repeat it, or
    /// separate several with commas
    #[arg(long, help_heading = "Network", value_name = "SOURCE", value_delimiter = ',')]
    #[arg(default_value = "self")]
    pub frame_ancestors: Vec<PageSource>,

    /// Another server that the game's pages may connect to, such as `wss://eu.example.org`. Repeat
    /// it, or separate several with commas
    #[arg(long, help_heading = "Network", value_name = "SOURCE", value_delimiter = ',')]
    pub connect_src: Vec<PageSource>,

    /// Folder with a page to serve instead of the built-in one; read anew for each visitor, for
    /// development
    #[arg(long, help_heading = "Network", value_name = "FOLDER")]
    pub page: Option<PathBuf>,

    /// Address for those who run the server: metrics, players, bans and more, see docs/admin.md. Any
    /// but this machine's own needs --admin-token-file; off for none [default: this machine only, the
    /// port of --listen plus 1000]
    #[arg(long, help_heading = "Admin", value_name = "ADDRESS:PORT|off")]
    pub admin: Option<AdminListen>,

    /// File with the tokens that requests to --admin must bring: a name and a token on each line
    #[arg(long, help_heading = "Admin", value_name = "FILE")]
    pub admin_token_file: Option<PathBuf>,

    /// Let tickets with the role admin that are for all rooms serve as tokens there, too. They allow
    /// everything, so nobody but those who run the server may get one. Needs --ticket-keys
    #[arg(long, help_heading = "Admin", value_name = "true|false", num_args = 0..=1)]
    #[arg(action = ArgAction::Set, require_equals = true, default_missing_value = "true")]
    #[arg(default_value_t = false, hide_default_value = true, hide_possible_values = true)]
    #[arg(requires_if("true", "ticket_keys"))]
    pub admin_tickets: bool,

    /// File that holds the bans; it is made if there is none, and written anew with each change.
    /// Without it the server forgets them when it ends
    #[arg(long, help_heading = "Admin", value_name = "FILE")]
    pub bans: Option<PathBuf>,

    /// File to which each act by --admin is appended, as a line of JSON; the log has them, too
    #[arg(long, help_heading = "Admin", value_name = "FILE")]
    pub audit_log: Option<PathBuf>,

    /// Whether strangers may see which rooms there are, and how many players they have, badges included
    #[arg(long, help_heading = "Network", value_name = "on|off", hide_possible_values = true)]
    #[arg(value_enum, default_value_t = OnOff::On)]
    pub room_list: OnOff,

    /// Who needs a ticket, a signed statement of who somebody is: off, nobody; required, everybody;
    /// optional, nobody, but what a ticket says is believed
    #[arg(long, help_heading = "Tickets", value_name = "off|optional|required")]
    #[arg(value_enum, default_value_t = Mode::Off, hide_possible_values = true)]
    pub tickets: Mode,

    /// File with the keys that check tickets: public keys as PEM, a JWKS, or a secret. It is read
    /// again when it changes. `token keys` makes keys to try this out
    #[arg(long, help_heading = "Tickets", value_name = "FILE")]
    pub ticket_keys: Option<PathBuf>,

    /// Audience that tickets must be for (`aud`); without one, tickets that name any are refused
    #[arg(long, help_heading = "Tickets", value_name = "TEXT")]
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub ticket_audience: Option<String>,

    /// Issuer that tickets must be from (`iss`) [default: anybody with a key]
    #[arg(long, help_heading = "Tickets", value_name = "TEXT")]
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub ticket_issuer: Option<String>,

    /// Check in every tick that the rules keep the laws of their contract: the same world and inputs
    /// give the same result, and predictions keep to the ranges and leave decisions alone. A room
    /// whose rules break one ends, and the log says which. It takes several times the rules' own time
    #[arg(long, help_heading = "Development", value_name = "true|false", num_args = 0..=1)]
    #[arg(action = ArgAction::Set, require_equals = true, default_missing_value = "true")]
    #[arg(default_value_t = false, hide_default_value = true, hide_possible_values = true)]
    pub check_rules: bool,

    /// Format of the log on standard error: text, or json with one object a line
    #[arg(long, help_heading = "Logging", value_name = "FORMAT", hide_possible_values = true)]
    #[arg(value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,

    /// Level to log: error, warn, info, debug, trace; or a list of target=level
    #[arg(long, help_heading = "Logging", value_name = "FILTER", default_value = "info")]
    pub log: LogFilter,
}

impl Settings {
    /// Limit of rooms for one address: not all of many, unless it is set so.
    pub(super) fn rooms_per_address_max(&self) -> usize {
        let (set, rooms_max) =
            (self.rooms_per_address_max.map(Count::value), self.rooms_max.value());
        set.unwrap_or_else(|| rooms_max.div_ceil(4).max(FEW_ROOMS).min(rooms_max)) as usize
    }

    /// Which tickets are taken.
    pub(super) fn ticket_policy(&self) -> Policy {
        Policy {
            mode: self.tickets,
            keys: self.ticket_keys.clone(),
            audience: self.ticket_audience.clone(),
            issuer: self.ticket_issuer.clone(),
            open_admin: self.admin_tickets,
        }
    }

    /// Where those who run the server reach it.
    #[must_use]
    pub fn admin(&self) -> AdminListen {
        self.admin.unwrap_or_else(|| AdminListen::beside(self.listen.0))
    }

    /// Where the certificate is, if there is one.
    pub(super) fn tls_files(&self) -> Option<TlsFiles> {
        let (cert, key) = self.tls_cert.clone().zip(self.tls_key.clone())?;
        Some(TlsFiles { cert, key })
    }
}

impl Default for Settings {
    fn default() -> Self {
        defaults()
    }
}
