//! What a player asks of the rules.

use drumbeat_shared::document::RecordId;
use drumbeat_shared::ids::PlayerId;

/// Something that a player asks of the rules.
#[derive(Debug)]
pub(super) enum Wish<C> {
    /// Its command of this number.
    Command { number: u32, command: Box<C> },
    /// To say something to the room, or to one player.
    Say { text: String, to: Option<PlayerId> },
    /// To report a chat line.
    Report(RecordId),
}
