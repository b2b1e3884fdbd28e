//! The wire protocol. `PROTOCOL.md` shows every layout.
//!
//! Control messages are bincode ([`messages`], [`codec`]); state frames are a bit stream
//! ([`frame`], [`bits`]). The first bit of a message from the server tells them apart.

pub mod bits;
pub mod close;
pub mod codec;
pub mod frame;
pub mod messages;
pub mod names;
pub mod patch;

/// The WebSocket subprotocol that a client asks for.
pub const SUBPROTOCOL: &str = "drumbeat.v1";

/// The one of a client that speaks JSON text instead of this crate's bytes.
pub const TEXT_SUBPROTOCOL: &str = "drumbeat.v1.json";

/// Number of the wire format, raised with each change that a game's schema does not show. It is
/// part of the fingerprint that both ends compare, so an older client is asked to reload.
pub const REVISION: u16 = 8;

/// The number of the document that holds a room's chat.
pub const CHAT_DOCUMENT: u8 = 0;
/// The number of the game's own document.
pub const GAME_DOCUMENT: u8 = 1;
/// The number of the document that lists the players, for the clients that ask for it.
pub const PLAYERS_DOCUMENT: u8 = 2;

/// First byte of a control message from the server. A state frame's lowest bit is 0.
pub const CONTROL: u8 = 1;
