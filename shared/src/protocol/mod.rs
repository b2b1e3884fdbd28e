//! The wire protocol. `PROTOCOL.md` draws every layout.
//!
//! Control messages are bincode ([`messages`], [`codec`]); state frames are a bit stream
//! ([`frame`], [`bits`]). The first bit of a message from the server tells them apart.

pub mod bits;
pub mod codec;
pub mod frame;
pub mod messages;
pub mod names;

/// The WebSocket subprotocol that a client asks for.
pub const SUBPROTOCOL: &str = "drumbeat.v1";

/// First byte of a control message from the server. A state frame's lowest bit is 0.
pub const CONTROL: u8 = 1;
