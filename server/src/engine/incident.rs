//! What a room's log says about its clients.
//!
//! The engine only records incidents. Whoever drives it decides how many lines are written and
//! when, since that takes a clock.

use drumbeat_shared::protocol::close::CloseCode;

use super::checks::{Claim, DocumentClaim};
use super::close::CloseReason;
use super::viewer::Role;
use crate::address::Address;

/// The far end of a connection, for logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Number of the connection.
    pub connection: u64,
    /// Where it comes from.
    pub address: Address,
}

/// Something that happened to one client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// Its connection.
    pub peer: Peer,
    /// Its name.
    pub name: String,
    /// Its role, or the one it asked for.
    pub role: Role,
    /// What happened.
    pub what: What,
}

/// What may happen to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It joined.
    Joined,
    /// It left, or was not let in; without a reason it left by itself.
    Left(Option<CloseReason>),
    /// Its connection ended, like one of a client that leaves; its place is kept.
    Lost(Option<CloseReason>),
    /// It goes on with another connection.
    Resumed {
        /// Ticks without one; `None` if there was one until now.
        away_ticks: Option<u32>,
    },
    /// It did not come back in time.
    Expired,
    /// Its view did not match.
    Mismatch {
        /// Its claim.
        claim: Claim,
        /// Entities in its view.
        visible: usize,
    },
    /// Its copy of a document did not match.
    DocumentMismatch(DocumentClaim),
    /// It reported a chat line.
    Reported {
        /// The record of the line.
        line: u32,
        /// Who said it.
        said_by: String,
        /// What was said.
        text: String,
    },
    /// It claimed a mismatch that cannot be true.
    FalseMismatch {
        /// Its claim.
        claim: Claim,
        /// Why it cannot be true.
        because: &'static str,
    },
}

/// How a connection ended; without a reason the client left.
#[must_use]
pub fn close_kind(reason: Option<&CloseReason>) -> CloseCode {
    reason.map_or(CloseCode::Left, CloseReason::kind)
}
