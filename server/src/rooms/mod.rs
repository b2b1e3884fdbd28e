//! The rooms of a server: who opens them, the thread that drives each, and what it reports.
//!
//! One room is one thread that runs one [`crate::engine::tick::Engine`] at a fixed rate. It never
//! waits for a connection, and no connection waits for it.

mod advice;
mod asker;
mod asks;
pub mod beat;
mod cpu_use;
mod directory;
mod draining;
pub mod feed;
mod incidents;
mod late_inputs;
mod lobby;
pub mod moderation;
mod phase_times;
mod progress;
pub mod recent;
mod room;
pub mod roster;
mod seats;
pub mod status;
mod watch;
mod watchdog;

pub use asker::{PerAddress, Request};
pub use directory::Reservation;
pub use draining::Draining;
pub use lobby::{Lobby, RoomsConfig, Still};

pub use crate::engine::join::Join;
