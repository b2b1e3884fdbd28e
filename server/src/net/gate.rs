//! Who may come in by what ticket, and who may stay by another.

use drumbeat_shared::game::Game;
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::protocol::messages::Hello;
use tracing::debug;

use super::edge::Edge;
use crate::clock::{now_us, unix_s};
use crate::engine::close::CloseReason;
use crate::engine::holder::Holder;
use crate::engine::viewer;
use crate::tickets::{Refused, Role, Ticket};

/// What a hello may do.
#[derive(Debug)]
pub(super) struct Pass {
    ticket: Option<Ticket>,
    /// The name to play under, as it was signed or sent.
    pub(super) name: String,
    /// The room, empty for any.
    pub(super) room: String,
    /// Why it is refused unless it resumes.
    pub(super) else_refused: Option<CloseCode>,
}

impl Pass {
    /// Whose ticket it is; `None` for a guest.
    pub(super) fn holder(&self) -> Option<Box<Holder>> {
        self.ticket.as_ref().map(holder)
    }
}

/// Whether a hello comes in by its ticket, or without one. A player who `resumes` needs none: it came in
/// by one before.
///
/// # Errors
/// When it may not.
pub(super) fn admit<G: Game>(
    edge: &Edge<G>,
    hello: &Hello,
    role: viewer::Role,
    resumes: bool,
) -> Result<Pass, CloseReason> {
    let (name, room) = (hello.name.clone(), hello.room.clone());
    let guest = Pass { ticket: None, name, room, else_refused: None };
    match check(edge, hello.ticket.as_deref(), &hello.room, role) {
        Ok(None) => Ok(guest),
        Ok(Some(ticket)) => Ok(Pass {
            name: ticket.name.clone().unwrap_or(guest.name),
            room: ticket.room(&hello.room).unwrap_or_default().to_owned(),
            ticket: Some(ticket),
            else_refused: None,
        }),
        Err(refused @ (Refused::Missing | Refused::Used)) if resumes => {
            Ok(Pass { else_refused: Some(close_code(refused)), ..guest })
        }
        Err(refused) => {
            debug!(reason = refused.label(), "a ticket was refused");
            edge.metrics.edge.refused_tickets.count(refused);
            Err(CloseReason::new(close_code(refused), refused.text()))
        }
    }
}

/// Makes a ticket unused that is valid once: its holder got no seat.
pub(super) fn give_back<G: Game>(edge: &Edge<G>, pass: &Pass) {
    if let Some(ticket) = &pass.ticket {
        edge.tickets.give_back(ticket);
    }
}

/// Whether another ticket lets a client stay in its room. `None` where no ticket is looked at.
///
/// # Errors
/// When it does not.
pub(super) fn renew<G: Game>(
    edge: &Edge<G>,
    ticket: &str,
    room: &str,
    role: viewer::Role,
) -> Result<Option<Box<Holder>>, Refused> {
    let checked = check(edge, Some(ticket), room, role);
    checked
        .map(|ticket| ticket.as_ref().map(holder))
        .inspect_err(|refused| edge.metrics.edge.refused_tickets.count(*refused))
}

fn check<G: Game>(
    edge: &Edge<G>,
    ticket: Option<&str>,
    room: &str,
    role: viewer::Role,
) -> Result<Option<Ticket>, Refused> {
    let ticket = edge.tickets.check(ticket, room, unix_s())?;
    match ticket {
        Some(ticket) if ticket.role == Role::Spectator && role == viewer::Role::Player => {
            edge.tickets.give_back(&ticket);
            Err(Refused::Role)
        }
        ticket => Ok(ticket),
    }
}

fn holder(ticket: &Ticket) -> Box<Holder> {
    let Ticket { subject, role, claims, expires_s, .. } = ticket;
    let left_us = expires_s.saturating_sub(unix_s()).saturating_mul(1_000_000);
    Box::new(Holder {
        subject: subject.clone(),
        is_admin: *role == Role::Admin,
        claims: claims.clone(),
        ends_us: now_us().saturating_add(left_us),
    })
}

/// With which code a client is refused; the text says more.
fn close_code(refused: Refused) -> CloseCode {
    match refused {
        Refused::Missing => CloseCode::NeedsTicket,
        Refused::Expired | Refused::Used => CloseCode::TicketEnded,
        _ => CloseCode::TicketRefused,
    }
}
