//! What a bot wants besides its controls: commands, and things to say.

use drumbeat_shared::game::Game;
use drumbeat_shared::ids::PlayerId;

use crate::clock::Stamp;

/// What a brain fills with a bot's wishes; see [`crate::Brain::wishes`].
#[derive(Debug)]
pub struct Wishes<G: Game> {
    bot: u32,
    now_us: u64,
    stamp: Stamp,
    pub(crate) commands: Vec<G::Command>,
    /// Lines, and to whom; `None` for the room.
    pub(crate) lines: Vec<(Option<PlayerId>, String)>,
    pub(crate) again_us: Option<u64>,
}

impl<G: Game> Wishes<G> {
    /// Those of the bot with this number, at this time.
    pub(crate) fn new(bot: u32, now_us: u64, stamp: Stamp) -> Self {
        Self { bot, now_us, stamp, commands: Vec::new(), lines: Vec::new(), again_us: None }
    }

    /// The number of the bot in its run, from 0.
    #[must_use]
    pub fn bot(&self) -> u32 {
        self.bot
    }

    /// The time, microseconds since the start of the run.
    #[must_use]
    pub fn now_us(&self) -> u64 {
        self.now_us
    }

    /// The time as the brain can write it into a command, for [`crate::Brain::stamps`] to find it in
    /// the record that comes of it.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Sends a command.
    pub fn command(&mut self, command: G::Command) {
        self.commands.push(command);
    }

    /// Says something to the room. The time stands behind it, by which the others measure how long
    /// it took.
    pub fn say(&mut self, text: &str) {
        self.lines.push((None, self.stamp.sign(text)));
    }

    /// Says something to one player, with the time as well.
    pub fn whisper(&mut self, to: PlayerId, text: &str) {
        self.lines.push((Some(to), self.stamp.sign(text)));
    }

    /// Asks for another call at this time, microseconds since the start of the run, even if no frame
    /// comes until then.
    pub fn again_at(&mut self, us: u64) {
        self.again_us = Some(us);
    }
}
