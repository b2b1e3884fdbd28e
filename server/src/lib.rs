//! The Drumbeat server: an authoritative multiplayer game state server for any game.
//!
//! A game is served by a program of a few lines: see [`main`], [`Program`] for more than a page, and
//! [`Games`] for more than a game.
//! [`run`] is the server without the program around it. An input goes from [`net`] (sockets, HTTP, the
//! WebSocket) through an inbox into [`rooms`] (one loop per world), which drives [`engine`].
//!
//! Each of these imports only from those before it, and no file imports itself, directly or through
//! others:
//!
//! ```text
//! address, labels, clock, stamp, bucket, busy, names, page -> bans -> engine, program, tickets
//!     -> telemetry -> tls -> config -> machine -> rooms -> net -> admin -> server -> command
//! ```

pub mod address;
mod admin;

pub mod bans;
mod bucket;
mod busy;
pub mod clock;
mod command;
pub mod config;
pub mod engine;
mod labels;
mod machine;
pub mod names;
pub mod net;
pub mod page;
mod program;
pub mod rooms;
mod server;
pub mod stamp;
pub mod telemetry;
pub mod tickets;
mod tls;

pub use admin::{AdminError, TokensError};
pub use command::{Games, main};
pub use page::Page;
pub use program::Program;
pub use server::{RunError, Server, run};

/// Packs the data of thousands of players more densely than the system's allocator, with fewer
/// cache misses per player.
#[cfg(all(target_os = "linux", feature = "mimalloc"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
