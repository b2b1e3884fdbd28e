//! The bodies of the fuzz targets: hostile bytes for whatever takes any.
//!
//! Each body takes any bytes and panics when a guarantee is broken. `tests/fuzz` runs them under
//! libFuzzer, `tests/tests/fuzz_on_stable` runs them as property tests.

pub mod decoders;
mod live;
pub mod map_files;
pub mod requests;
pub mod sessions;
pub mod settings;
pub mod tickets;
