//! Code that server, bots and browser share.
//!
//! It holds the contract between the engine and a game ([`game`]), the typed face of a game's state
//! ([`typed`]), the shared limits ([`limits`]), the wire protocol ([`protocol`]), replication of
//! quantised state ([`replication`]) and the client core ([`client`]).
//!
//! Nothing here opens a socket, reads a clock, starts a thread or draws unseeded randomness: time
//! and bytes are arguments. The crate builds for `wasm32-unknown-unknown` unchanged.

// The derives name this crate as an author does.
extern crate self as drumbeat_shared;

pub mod bit_set;
pub mod checkpoint;
pub mod client;
pub mod content;
pub mod descriptor;
pub mod document;
pub mod entities;
pub mod events;
pub mod fnv;
pub mod game;
mod guess;
pub mod identity;
pub mod ids;
pub mod input;
pub mod layout;
pub mod limits;
pub mod protocol;
pub mod random_command;
pub mod random_input;
pub mod records;
pub mod replication;
pub mod rng;
pub mod saved;
pub mod schema;
pub mod schema_hash;
#[cfg(any(test, feature = "toy"))]
pub mod toy;
pub mod typed;
