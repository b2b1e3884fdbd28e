//! The client core: everything a client does except sockets, keys and drawing.
//!
//! The swarm's bots and the browser run this same code. It is sans-IO: bytes and the time (any
//! monotonic clock, microseconds) are arguments, and messages to send are return values.
//!
//! `receive` parses what arrives, `play` makes a picture of it, `measure` counts and times, and
//! [`Client`] joins them. `lab` emulates a worse link.

mod commands;
mod core;
mod lab;
mod light_client;
mod measure;
mod picture;
mod pings;
mod play;
mod receive;
mod session;

pub use self::core::Client;
pub use self::lab::conditions::{Conditions, ConditionsError};
pub use self::lab::{Lab, Overflow};
pub use self::light_client::LightClient;
pub use self::measure::feel::{Feel, FeelFigures};
pub use self::measure::histogram::Histogram;
pub use self::measure::stats::Stats;
pub use self::picture::{DRAW_HEAD, DRAW_STRIDE, Live};
pub use self::play::switches::Switches;
pub use self::receive::incoming::{ClientError, Received};
pub use self::receive::maps::Maps;
pub use self::receive::notice::Notice;
pub use self::receive::replica::Seen;
