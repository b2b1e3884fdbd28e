//! The Drumbeat server.

pub mod engine;
