//! What bots do in the chat.

use drumbeat_chat::Chat;

use crate::brains::Brains;
use crate::talk::{TALK, talk};

/// The brains of the chat's swarm: the first one talks.
#[must_use]
pub fn brains() -> Brains<Chat> {
    Brains::default().with("talk", TALK, talk)
}
