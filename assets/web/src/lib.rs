//! The client core for the browser, for any game.
//!
//! A crate of its own makes it the WebAssembly module of a game:
//!
//! ```
//! # use drumbeat_shared::toy::Toy as MyGame;
//! drumbeat_web::export!(MyGame);
//! # fn main() {}
//! ```
//!
//! Its manifest says `crate-type = ["cdylib"]` under `[lib]` and names two dependencies: this crate
//! and the game's rules. `assets/web/build --crate FOLDER core.wasm` compiles it.
//!
//! [`core`] holds the client of one connection and what JavaScript shares with it, [`export!`] the
//! functions that JavaScript calls, [`json`] the encoding of what is rare, [`descriptor`] the
//! schema as a page reads it. JavaScript (`assets/js/net`) provides the socket, the clock and the
//! drawing.

pub mod core;
pub mod descriptor;
mod export;
pub mod json;
