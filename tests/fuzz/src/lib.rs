//! The bodies of the fuzz targets, and the maps that they play on.
//!
//! The property tests use the same files. They are included by path, since depending on their crate
//! would build the swarm and the test kit as well.

#[path = "../../src/fuzz/mod.rs"]
pub mod fuzz;
#[path = "../../src/live.rs"]
pub mod live;
#[path = "../../src/maps.rs"]
pub mod maps;
#[path = "../../src/pad.rs"]
pub mod pad;
pub mod page;
pub mod proxied;
#[path = "../../src/temp_file.rs"]
pub mod temp_file;
