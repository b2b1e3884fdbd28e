//! The Drumbeat server: an authoritative multiplayer game state server for any game.
//!
//! [`Server`] is all of it. An input goes from [`net`] (sockets, HTTP, the WebSocket) through an
//! inbox into [`rooms`] (one loop per world), which drives [`engine`].
//!
//! Each of these imports only from those before it, and no file imports itself, directly or through
//! others:
//!
//! ```text
//! labels, clock, bucket, busy -> engine -> telemetry -> config -> machine -> rooms -> net -> server
//! ```

mod bucket;
pub mod busy;
pub mod clock;
pub mod config;
pub mod engine;
mod labels;
pub mod machine;
pub mod net;
pub mod rooms;
mod server;
pub mod telemetry;

pub use server::{RunError, Server, run};
