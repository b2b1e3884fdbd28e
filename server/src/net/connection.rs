//! An accepted connection, as the handlers of its requests know it.

use std::net::SocketAddr;

use super::admission::Permit;
use super::refusal::Refusal;

/// What a handler knows of the connection that its request came on.
#[derive(Debug)]
pub(crate) struct Connection {
    /// A number of the process' own.
    pub(crate) id: u64,
    /// The other end.
    pub(crate) peer: SocketAddr,
    /// Held while the connection serves HTTP. One that was refused it is told so, whatever it
    /// asks, unless it is a health check.
    pub(crate) permit: Result<Permit, Refusal>,
}
