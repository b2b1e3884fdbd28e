//! What comes from the server, taken apart: welcome, map, frames, notes.

pub(crate) mod incoming;
pub(crate) mod maps;
pub(crate) mod newest;
pub(crate) mod notes;
pub(crate) mod replica;
