//! Parses what the server sends: welcome, map, frames, notes.

pub(crate) mod document_copy;
pub(crate) mod documents;
pub(super) mod incoming;
pub(crate) mod maps;
pub(crate) mod newest;
pub(crate) mod notes;
pub(crate) mod notice;
pub(crate) mod players;
pub(crate) mod replica;
