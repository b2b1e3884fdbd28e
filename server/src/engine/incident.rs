//! What a room's log tells of its clients.
//!
//! The engine only notes it. How many lines are written, and when, is for whoever drives it: a clock
//! decides that.

use std::net::SocketAddr;

use drumbeat_shared::protocol::close::CloseCode;

use super::checks::Claim;
use super::close::CloseReason;
use super::viewer::Role;

/// The far end of a connection, for logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Number of the connection.
    pub connection: u64,
    /// Where it comes from.
    pub address: SocketAddr,
}

/// Something that happened to one client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// Its connection.
    pub peer: Peer,
    /// Its name.
    pub name: String,
    /// What it is, or wanted to be.
    pub role: Role,
    /// What happened.
    pub what: What,
}

/// What may happen to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It came in.
    Joined,
    /// It is gone, or did not get in; without a reason it went by itself.
    Left(Option<CloseReason>),
    /// Its view did not match.
    Mismatch {
        /// What it said.
        claim: Claim,
        /// Entities in its view.
        visible: usize,
    },
    /// It said so, and that cannot be.
    FalseMismatch {
        /// What it said.
        claim: Claim,
        /// Why it cannot be.
        because: &'static str,
    },
}

/// How a connection ended; without a reason the client left.
#[must_use]
pub fn close_kind(reason: Option<&CloseReason>) -> CloseCode {
    reason.map_or(CloseCode::Left, CloseReason::kind)
}
