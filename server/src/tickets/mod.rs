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
pub use claims::SUBJECT_BYTES_MAX;
pub use explain::{Explained, explain};
pub use keys::Keys;
pub use policy::{Mode, Policy};
pub use refused::Refused;
pub use signer::Signer;
pub use ticket::{Role, Ticket};

use std::sync::Arc;

use claims::Claims;
use key_file::KeyFile;
use once::{Once, Use};
use token::Token;

/// Checks tickets. The default looks at none.
#[derive(Debug, Default)]
pub struct Tickets {
    policy: Policy,
    /// `None` if no ticket is looked at.
    keys: Option<KeyFile>,
    once: Arc<Once>,
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
        Ok(Self { policy, keys, once: Arc::default() })
    }

    /// Looks at the file with the keys again. Call this about once a second.
    pub fn refresh(&self) {
        if let Some(keys) = &self.keys {
            keys.refresh();
        }
    }

    /// Whether this ticket, or none, lets somebody into the room, which is empty for any; and what
    /// it says of them. `now_s` are the seconds since 1970. One that is valid once is to be used then
    /// by [`Tickets::take`].
    ///
    /// # Errors
    /// When it does not.
    pub fn read(
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
        self.policy.admit(claims, room, now_s).map(Some)
    }

    /// Uses a ticket that is valid once. `None` for one that is valid more often.
    ///
    /// # Errors
    /// When it has been used, or no further use can be remembered.
    pub fn take(&self, ticket: &Ticket, now_s: u64) -> Result<Option<Taken>, Refused> {
        let Some(used) = ticket.once else { return Ok(None) };
        self.once.take(used, ticket.expires_s, now_s)?;
        Ok(Some(Taken { once: Arc::clone(&self.once), used: Some(used) }))
    }
}

/// The use of a ticket that is valid once. Unless it is [kept](Taken::keep), it is given back when it is
/// dropped: the holder has not come in.
#[derive(Debug)]
pub struct Taken {
    once: Arc<Once>,
    used: Option<Use>,
}

impl Taken {
    /// The holder has come in.
    pub fn keep(mut self) {
        self.used = None;
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if let Some(used) = self.used {
            self.once.give_back(used);
        }
    }
}
