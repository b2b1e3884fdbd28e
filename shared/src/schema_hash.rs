//! What both ends compare before a client joins.

use crate::content::Content;
use crate::events::Event;
use crate::fnv::Fnv;
use crate::game::Game;
use crate::input::Input;
use crate::protocol::REVISION;

/// The fingerprint of all that a game puts on the wire, under this protocol: both ends compare it at
/// the handshake. It covers the schema, the controls of inputs, and what events, commands and
/// records are made of.
#[must_use]
pub fn schema_hash<G: Game>() -> u64 {
    let mut hash = Fnv::new();
    hash.write(&G::SCHEMA.hash(REVISION).to_le_bytes());
    for control in G::Input::CONTROLS {
        hash.write(control.name.as_bytes());
        hash.write(&[control.min, control.max].map(i32::to_le_bytes).concat());
    }
    for shape in [G::Event::SHAPE, G::Command::SHAPE, G::Record::SHAPE] {
        hash.write(&shape.to_le_bytes());
    }
    hash.finish()
}
