//! The bodies of the fuzz targets, and the maps that they play on.
//!
//! The property tests use the same files. They are included by path, since depending on their crate
//! would build the swarm and the test kit as well.

#[path = "../../src/fuzz_bodies.rs"]
pub mod fuzz_bodies;
#[path = "../../src/fuzz_tickets.rs"]
pub mod fuzz_tickets;
#[path = "../../src/maps.rs"]
pub mod maps;
#[path = "../../src/pad.rs"]
pub mod pad;
pub mod proxied;
