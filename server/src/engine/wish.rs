//! What a player asks of the rules.

use drumbeat_shared::document::RecordId;
use drumbeat_shared::ids::PlayerId;

/// Something that a player asks of the rules.
#[derive(Debug)]
pub enum Wish<C> {
    /// Its command of this number.
    Command {
        /// Its number.
        number: u32,
        /// The command.
        command: Box<C>,
    },
    /// To say something.
    Say {
        /// The line.
        text: String,
        /// The only player who gets it; `None` for the room.
        to: Option<PlayerId>,
    },
    /// To report a chat line.
    Report(RecordId),
}
