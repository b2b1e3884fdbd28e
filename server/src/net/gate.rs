//! Who may come in by what ticket, and who may stay by another.

use drumbeat_shared::game::Game;
use drumbeat_shared::protocol::messages::Hello;
use tracing::debug;

use super::edge::Edge;
use crate::clock::{now_us, unix_s};
use crate::engine::close::CloseReason;
use crate::engine::holder::{Holder, OneUse};
use crate::engine::resume::Unresumed;
use crate::engine::viewer;
use crate::tickets::{Refused, Role, Taken, Ticket};

/// Time before a ticket ends at which its holder is asked for another, microseconds; for a short one,
/// half of its time.
const WARNING_US: u64 = 60_000_000;

/// What a hello may do.
#[derive(Debug)]
pub(super) struct Pass {
    /// Whose ticket it is; `None` for a guest.
    pub(super) holder: Option<Box<Holder>>,
    /// The name to play under, as it was signed or sent.
    pub(super) name: String,
    /// The room, empty for any.
    pub(super) room: String,
    /// Why it is refused unless it resumes.
    pub(super) else_refused: Option<Refused>,
}

/// Whether a hello comes in by its ticket, or without one. A player who `resumes` came in by a ticket
/// before: it needs none, or the one that it has used.
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
    let guest = Pass { holder: None, name, room, else_refused: None };
    let ticket = match read(edge, hello.ticket.as_deref(), &hello.room, role) {
        Ok(Some(ticket)) => ticket,
        Ok(None) => return Ok(guest),
        Err(refused @ Refused::Missing) if resumes => {
            let else_refused = Some(refused);
            return Ok(Pass { else_refused, ..guest });
        }
        Err(refused) => return Err(refuse(edge, refused)),
    };
    let name = ticket.name.clone().unwrap_or(guest.name);
    let room = ticket.room(&hello.room).unwrap_or_default().to_owned();
    let (once, else_refused) = match use_up(edge, &ticket) {
        Ok(once) => (once, None),
        Err(refused @ Refused::Used) if resumes => (None, Some(refused)),
        Err(refused) => return Err(refuse(edge, refused)),
    };
    Ok(Pass { holder: Some(holder(ticket, once)), name, room, else_refused })
}

/// Counts a client that is refused for its ticket, or the lack of one. Returns why its connection ends.
pub(super) fn refuse<G: Game>(edge: &Edge<G>, refused: Refused) -> CloseReason {
    debug!(reason = refused.label(), "a ticket was refused");
    edge.metrics.edge.refused_tickets.count(refused);
    reason(refused)
}

/// How a client is refused for its ticket, or the lack of one, if it resumes nobody.
pub(super) fn unresumed(refused: Refused) -> Unresumed {
    Unresumed { reason: reason(refused), ticket: Some(refused) }
}

fn reason(refused: Refused) -> CloseReason {
    CloseReason::new(refused.close_code(), refused.text())
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
    let renewed = || {
        let Some(ticket) = read(edge, Some(ticket), room, role)? else { return Ok(None) };
        let once = use_up(edge, &ticket)?;
        Ok(Some(holder(ticket, once)))
    };
    renewed().inspect_err(|refused| edge.metrics.edge.refused_tickets.count(*refused))
}

/// What a ticket says that lets somebody in as this role.
fn read<G: Game>(
    edge: &Edge<G>,
    ticket: Option<&str>,
    room: &str,
    role: viewer::Role,
) -> Result<Option<Ticket>, Refused> {
    match edge.tickets.read(ticket, room, unix_s())? {
        Some(ticket) if ticket.role == Role::Spectator && role == viewer::Role::Player => {
            Err(Refused::Role)
        }
        ticket => Ok(ticket),
    }
}

/// Uses a ticket that is valid once.
fn use_up<G: Game>(edge: &Edge<G>, ticket: &Ticket) -> Result<Option<Box<dyn OneUse>>, Refused> {
    let taken = edge.tickets.take(ticket, unix_s())?;
    Ok(taken.map(|taken| Box::new(taken) as _))
}

impl OneUse for Taken {
    fn settle(self: Box<Self>) {
        self.keep();
    }
}

fn holder(ticket: Ticket, once: Option<Box<dyn OneUse>>) -> Box<Holder> {
    let Ticket { subject, role, claims, expires_s, name, .. } = ticket;
    let left_us = expires_s.saturating_sub(unix_s()).saturating_mul(1_000_000);
    let ends_us = now_us().saturating_add(left_us);
    let warns_us = ends_us - WARNING_US.min(left_us / 2);
    let (is_admin, has_name) = (role == Role::Admin, name.is_some());
    Box::new(Holder { subject, is_admin, claims, has_name, warns_us, ends_us, once })
}
