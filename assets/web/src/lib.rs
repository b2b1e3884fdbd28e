//! The client core for the browser.
//!
//! `exports` (only in the browser) holds the functions that JavaScript calls, [`core`] their state,
//! [`json`] the encoding of notices and the welcome, [`verify`] what tests compare between the
//! browser and a native build. JavaScript provides the socket, the clock and the drawing.
//!
//! To put another game into the page, name it here and provide its drawing (`assets/js/arena` draws
//! Arena).

pub mod core;
#[cfg(target_arch = "wasm32")]
pub mod exports;
pub mod json;
#[cfg(feature = "verify")]
pub mod verify;

/// The game of this core.
pub type Game = drumbeat_shared::arena::Arena;
