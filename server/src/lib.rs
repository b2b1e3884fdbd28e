//! The Drumbeat server.

pub mod clock;
pub mod config;
pub mod engine;
pub mod rooms;
pub mod telemetry;
