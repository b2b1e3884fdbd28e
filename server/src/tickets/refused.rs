//! Why somebody is not let in.

use drumbeat_shared::protocol::close::CloseCode;

use crate::labels::labels;

labels! {
    /// Why a ticket, or the lack of one, lets nobody in.
    pub enum Refused {
        /// There is none, and the server requires one.
        Missing = "ticket_missing",
        /// It is not a token.
        Malformed = "ticket_malformed",
        /// No key made its signature.
        Unverified = "ticket_unverified",
        /// A key made it, but its claims are incomplete or break a rule.
        Claims = "ticket_claims",
        /// It is for another audience.
        Audience = "ticket_audience",
        /// It is from another issuer.
        Issuer = "ticket_issuer",
        /// It is not valid yet.
        Early = "ticket_early",
        /// It is no longer valid.
        Expired = "ticket_expired",
        /// It is for other rooms.
        Room = "ticket_room",
        /// It is for spectators only.
        Role = "ticket_role",
        /// It was for one use and has had it.
        Used = "ticket_used",
        /// It is for one use, and no more such uses can be remembered.
        MemoryFull = "ticket_memory_full",
    }
}

impl Refused {
    /// With which code a client is refused; the text says more.
    #[must_use]
    pub const fn close_code(self) -> CloseCode {
        match self {
            Self::Missing => CloseCode::NeedsTicket,
            Self::Expired | Self::Used => CloseCode::TicketEnded,
            _ => CloseCode::TicketRefused,
        }
    }

    /// What the client is sent. Of the checks that an attacker could learn from, all have one text.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Missing => CloseCode::NeedsTicket.text(),
            Self::Malformed | Self::Unverified | Self::Claims | Self::Audience | Self::Issuer => {
                CloseCode::TicketRefused.text()
            }
            Self::Early => "the ticket is not valid yet; wait a moment and try again",
            Self::Expired => "the ticket has expired; get a new one",
            Self::Room => "the ticket is for another room",
            Self::Role => "the ticket lets you watch, not play; join as a spectator",
            Self::Used => "the ticket has been used; get a new one",
            Self::MemoryFull => "no further one-time ticket can be taken now; try again later",
        }
    }
}
