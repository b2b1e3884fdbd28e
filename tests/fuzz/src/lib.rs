//! The bodies of the targets. They are those of the property tests, taken by path: the library
//! they stand in would bring the whole server along.

#[path = "../../src/fuzz_bodies.rs"]
pub mod fuzz_bodies;
