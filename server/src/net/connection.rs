//! An accepted connection, as its requests' handlers see it.

use std::net::SocketAddr;

use super::admission::Permit;
use super::refusal::Refusal;

/// What a handler knows about the connection of its request.
#[derive(Debug)]
pub(crate) struct Connection {
    /// Unique within the process.
    pub(crate) id: u64,
    /// The other end.
    pub(crate) peer: SocketAddr,
    /// Held while the connection serves HTTP. A connection without a permit gets the refusal to
    /// every request except health checks.
    pub(crate) permit: Result<Permit, Refusal>,
}
