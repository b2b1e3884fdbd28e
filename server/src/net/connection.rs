//! An accepted connection, as its requests' handlers see it.

use std::sync::Arc;

use super::admission::Permit;
use super::proxies::Source;
use super::refusal::Refusal;
use crate::address::Address;

/// What a handler knows about the connection of its request.
#[derive(Debug)]
pub(crate) struct Connection {
    /// Unique within the process.
    pub(crate) id: u64,
    /// Where it comes from.
    pub(crate) source: Source,
    /// Whether what is sent on it is encrypted.
    pub(crate) is_tls: bool,
    /// Held while the connection serves HTTP. A connection without a permit gets the refusal to
    /// every request except health checks.
    pub(crate) permit: Result<Permit, Refusal>,
}

/// Whose request a handler answers.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    /// Where the request comes from; through a proxy, not where the connection does.
    pub(crate) address: Address,
    /// The connection that it arrived on.
    pub(crate) connection: Arc<Connection>,
}
