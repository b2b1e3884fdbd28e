//! What the tests of a game use: a whole room in one thread, and simulated clients.

pub mod pipe;
pub mod screens;
pub mod sim;
