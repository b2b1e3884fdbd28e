//! The bodies of the targets, and the maps that they play on. They are those of the property tests,
//! taken by path: the library that they stand in would bring the whole server along.

#[path = "../../src/fuzz_bodies.rs"]
pub mod fuzz_bodies;
#[path = "../../src/maps.rs"]
pub mod maps;
