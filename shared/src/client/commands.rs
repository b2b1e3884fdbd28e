//! A client's commands, from the front end's wish until the rules have taken them.

use std::collections::VecDeque;

use crate::content::{Command, InvalidContent};
use crate::limits::{COMMAND_BYTES_MAX, COMMANDS_STORED_MAX, COMMANDS_WAITING_MAX};
use crate::protocol::codec;

/// The commands that are not yet taken, oldest first.
#[derive(Debug)]
pub(super) struct Commands<C> {
    stored: VecDeque<C>,
    /// How many of them are sent.
    sent: usize,
    /// The number of the last one taken.
    taken: u32,
}

impl<C> Default for Commands<C> {
    fn default() -> Self {
        Self { stored: VecDeque::new(), sent: 0, taken: 0 }
    }
}

impl<C: Command> Commands<C> {
    /// Stores a command until it may be sent. Returns its number.
    ///
    /// # Errors
    /// When the game takes none, when it breaks one of its limits, or when too many are waiting.
    pub(super) fn push(&mut self, command: C) -> Result<u32, InvalidContent> {
        let wrong = |text: String| Err(InvalidContent(text));
        if !C::TAKEN {
            return wrong("this game takes no commands".to_owned());
        }
        command.check()?;
        let bytes = codec::encode(&command).len();
        if bytes > COMMAND_BYTES_MAX {
            return wrong(format!("a command of {bytes} bytes, more than {COMMAND_BYTES_MAX}"));
        }
        if self.stored.len() == COMMANDS_STORED_MAX {
            let text = "commands wait for the server already: try again when it answers";
            return wrong(format!("{COMMANDS_STORED_MAX} {text}"));
        }
        self.stored.push_back(command);
        Ok(self.taken.wrapping_add(self.stored.len() as u32))
    }

    /// The next one to send, with its number, unless the server has to take others first.
    pub(super) fn next(&mut self) -> Option<(u32, C)> {
        let command = self.stored.get(self.sent).filter(|_| self.sent < COMMANDS_WAITING_MAX)?;
        self.sent += 1;
        Some((self.taken.wrapping_add(self.sent as u32), command.clone()))
    }

    /// The rules have taken all up to `number`.
    pub(super) fn taken(&mut self, number: u32) {
        let done = (number.wrapping_sub(self.taken) as usize).min(self.sent);
        self.stored.drain(..done);
        self.sent -= done;
        self.taken = self.taken.wrapping_add(done as u32);
    }

    /// The commands that the rules have not taken, as far as is known.
    pub(super) fn pending(&self) -> impl Iterator<Item = &C> {
        self.stored.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::Content;

    #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Buy(u32);

    impl Content for Buy {}

    impl Command for Buy {}

    #[test]
    fn commands_go_out_in_order_as_far_as_the_server_takes_them() {
        let mut commands = Commands::default();
        for what in 0..40 {
            assert_eq!(commands.push(Buy(what)).unwrap(), what + 1);
        }
        let sent = |commands: &mut Commands<Buy>| -> Vec<(u32, u32)> {
            std::iter::from_fn(|| commands.next())
                .map(|(number, Buy(what))| (number, what))
                .collect()
        };
        let expected = |range: std::ops::Range<u32>| -> Vec<(u32, u32)> {
            range.map(|what| (what + 1, what)).collect()
        };
        assert_eq!(sent(&mut commands), expected(0..16));
        assert_eq!(sent(&mut commands), []);
        commands.taken(5);
        assert_eq!(sent(&mut commands), expected(16..21));
        commands.taken(5);
        commands.taken(4_000_000_000);
        assert_eq!(commands.pending().count(), 19, "no more than what was sent");
        assert_eq!(sent(&mut commands), expected(21..37));
    }

    #[test]
    fn too_many_and_needless_ones_are_refused() {
        let mut commands = Commands::default();
        let refused =
            (0..=COMMANDS_STORED_MAX as u32).map(|what| commands.push(Buy(what)).is_err());
        assert_eq!(refused.filter(|refused| *refused).count(), 1);
        assert!(Commands::default().push(()).is_err());
    }
}
