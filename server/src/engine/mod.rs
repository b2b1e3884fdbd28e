//! The synchronous engine: from the inboxes of a room's clients to the frames they are handed.
//!
//! Nothing here awaits, reads a clock or names a socket: time, bytes and links are arguments.

pub mod close;
pub mod inbox;
pub mod link;
