//! Which tickets are taken.

use std::path::PathBuf;

use clap::ValueEnum;

use super::claims::Claims;
use super::once::Use;
use super::refused::Refused;
use super::ticket::Ticket;

/// By how much the clocks of server and web site may differ, seconds.
const LEEWAY_S: u64 = 5;
/// How far ahead a ticket may expire, seconds. One that lasts longer has its expiry in milliseconds,
/// most likely.
pub(super) const LIFETIME_S_MAX: u64 = 366 * 24 * 60 * 60;

/// Who needs a ticket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// Nobody: tickets are not looked at
    #[default]
    Off,
    /// Nobody, but what a ticket says is believed, and an invalid one is refused
    Optional,
    /// Everybody
    Required,
}

/// Which tickets are taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Who needs one.
    pub mode: Mode,
    /// The file with the keys; needed unless the mode is off.
    pub keys: Option<PathBuf>,
    /// For whom tickets must be made (`aud`). Without one, a ticket that names any is refused.
    pub audience: Option<String>,
    /// Who must have made them (`iss`); anybody with a key if there is none.
    pub issuer: Option<String>,
    /// Whether an admin's opens the admin listener.
    pub open_admin: bool,
}

impl Policy {
    /// Whether signed claims let somebody into the room now.
    pub(super) fn admit(&self, claims: Claims, room: &str, now_s: u64) -> Result<Ticket, Refused> {
        let is_for_us = match &self.audience {
            Some(audience) => claims.audiences.contains(audience),
            // It is for somebody, and nobody says that this server is that (RFC 7519, 4.1.3).
            None => claims.audiences.is_empty(),
        };
        if !is_for_us {
            return Err(Refused::Audience);
        }
        if self.issuer.is_some() && claims.issuer != self.issuer {
            return Err(Refused::Issuer);
        }
        let starts_s = claims.not_before_s.max(claims.issued_s).unwrap_or(0);
        if starts_s > now_s.saturating_add(LEEWAY_S) {
            return Err(Refused::Early);
        }
        let expires_s = claims.expires_s.saturating_add(LEEWAY_S);
        if expires_s <= now_s {
            return Err(Refused::Expired);
        }
        if claims.expires_s > now_s.saturating_add(LIFETIME_S_MAX) {
            return Err(Refused::Claims);
        }
        let once = claims.id.as_ref().map(|id| Use::of(claims.issuer.as_deref(), id));
        let Claims { subject, name, rooms, role, others: claims, .. } = claims;
        let ticket = Ticket { subject, name, rooms, role, expires_s, claims, once };
        if ticket.room(room).is_none() {
            return Err(Refused::Room);
        }
        Ok(ticket)
    }
}
