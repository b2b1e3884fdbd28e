//! The client core for the browser.
//!
//! `exports` (in the browser only) is what JavaScript calls, [`core`] what it calls into, [`json`]
//! how notices and the welcome reach it, [`verify`] what tests compare between the browser and a
//! native build. No socket, no clock and no drawing: those are JavaScript's.
//!
//! Another game is put into the page by naming it here and giving it a drawing (`assets/js/arena`
//! draws Arena).

pub mod core;
#[cfg(target_arch = "wasm32")]
pub mod exports;
pub mod json;
#[cfg(feature = "verify")]
pub mod verify;

/// The game that this core is built for.
pub type Game = drumbeat_shared::arena::Arena;
