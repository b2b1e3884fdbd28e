//! Tickets: signed statements of who somebody is, made by whoever runs the game's web site.
//!
//! A ticket is a JSON Web Token. `token` takes it apart, `keys` check its signature, `claims` reads
//! what it says, `once` remembers those that are valid once. Time is an argument. `signer` makes
//! keys and tickets, for trying out and for tests.

mod algorithm;
mod claims;
mod explain;
mod json;
mod jwk;
mod key_file;
mod keys;
mod once;
mod pem;
mod policy;
mod refused;
mod secret;
mod signer;
#[cfg(test)]
mod tests;
mod ticket;
mod token;
mod verifying_key;

pub use algorithm::Algorithm;
pub use explain::{Explained, explain};
pub use keys::Keys;
pub use policy::{Mode, Policy};
pub use refused::Refused;
pub use signer::Signer;
pub use ticket::{Role, Ticket};

use claims::Claims;
use key_file::KeyFile;
use once::Once;
use token::Token;

/// Checks tickets. The default looks at none.
#[derive(Debug, Default)]
pub struct Tickets {
    policy: Policy,
    /// `None` if no ticket is looked at.
    keys: Option<KeyFile>,
    once: Once,
}

impl Tickets {
    /// Reads the keys that the policy needs.
    ///
    /// # Errors
    /// When there are none, or they cannot be used. The text says what to do.
    pub fn open(policy: Policy) -> Result<Self, String> {
        let keys = match (policy.mode, &policy.keys) {
            (Mode::Off, _) => None,
            (_, Some(path)) => Some(KeyFile::open(path)?),
            (_, None) => {
                return Err("tickets need a key to be checked with: name its file with \
                            --ticket-keys; `token keys` makes one"
                    .into());
            }
        };
        Ok(Self { policy, keys, once: Once::default() })
    }

    /// Looks at the file with the keys again. Call this about once a second.
    pub fn refresh(&self) {
        if let Some(keys) = &self.keys {
            keys.refresh();
        }
    }

    /// Whether this ticket, or none, lets somebody into the room, which is empty for any; and what
    /// it says of them. `now_s` are the seconds since 1970. A ticket that is valid once has then
    /// been used: [`Tickets::give_back`] makes it unused.
    ///
    /// # Errors
    /// When it does not.
    pub fn check(
        &self,
        ticket: Option<&str>,
        room: &str,
        now_s: u64,
    ) -> Result<Option<Ticket>, Refused> {
        let Some(keys) = &self.keys else { return Ok(None) };
        let Some(text) = ticket else {
            return if self.policy.mode == Mode::Required {
                Err(Refused::Missing)
            } else {
                Ok(None)
            };
        };
        let token = Token::read(text).map_err(|_| Refused::Malformed)?;
        if !keys.keys().verify(&token) {
            return Err(Refused::Unverified);
        }
        let claims = Claims::read(&token.payload).map_err(|_| Refused::Claims)?;
        let ticket = self.policy.admit(claims, room, now_s)?;
        if let Some(once) = ticket.once {
            self.once.take(once, ticket.expires_s, now_s)?;
        }
        Ok(Some(ticket))
    }

    /// Makes a ticket unused that is valid once: its holder was let in by [`Tickets::check`] and got
    /// no seat.
    pub fn give_back(&self, ticket: &Ticket) {
        if let Some(once) = ticket.once {
            self.once.give_back(once);
        }
    }
}
