//! A client's commands, from the front end's wish until the rules have taken them.

use std::collections::VecDeque;

use crate::content::{Command, InvalidContent};
use crate::limits::{COMMAND_BYTES_MAX, COMMANDS_STORED_MAX, COMMANDS_WAITING_MAX};
use crate::protocol::codec;

/// The commands that are not yet taken, oldest first.
#[derive(Clone, Debug)]
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

    /// The server welcomes the client on a new connection. `received` is the number of the last
    /// command that it has of this player; `None` if it is a new one.
    pub(super) fn welcomed(&mut self, received: Option<u32>) {
        let ahead = received.map_or(0, |received| received.wrapping_sub(self.taken) as usize);
        match received {
            Some(_) if ahead <= self.stored.len() => self.sent = ahead,
            // Those that it has were sent by another client of the same player.
            Some(received) => (self.taken, self.sent) = (received, 0),
            None => (self.taken, self.sent) = (0, 0),
        }
    }

    /// The rules have taken all up to `number`.
    pub(super) fn taken(&mut self, number: u32) {
        // Negative for one that another client of the same player has sent.
        let ahead = number.wrapping_sub(self.taken).cast_signed();
        let done = usize::try_from(ahead).unwrap_or(0).min(self.sent);
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

    impl Content for Buy {
        const SHAPE: u64 = 0;
    }

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
        commands.taken(1_000_000);
        assert_eq!(commands.pending().count(), 19, "no more than what was sent");
        assert_eq!(sent(&mut commands), expected(21..37));
    }

    /// A client with five commands sent, of which the rules have taken two, on a new connection; what
    /// it sends there.
    fn resumed(received: Option<u32>) -> Vec<(u32, u32)> {
        let mut commands = Commands::default();
        for what in 1..=5 {
            commands.push(Buy(what)).unwrap();
        }
        while commands.next().is_some() {}
        commands.taken(2);
        commands.welcomed(received);
        let sent = std::iter::from_fn(|| commands.next()).map(|(number, Buy(what))| (number, what));
        sent.collect()
    }

    #[test]
    fn on_a_new_connection_what_the_server_lacks_is_sent_again() {
        assert_eq!(resumed(Some(2)), [(3, 3), (4, 4), (5, 5)]);
        assert_eq!(resumed(Some(4)), [(5, 5)]);
        assert_eq!(resumed(Some(5)), []);
        assert_eq!(resumed(None), [(1, 3), (2, 4), (3, 5)], "a new player");
        let mut other = Commands::default();
        other.welcomed(Some(7));
        assert_eq!(other.push(Buy(9)).unwrap(), 8);
        assert_eq!(other.next(), Some((8, Buy(9))));
        other.taken(6);
        assert_eq!(other.pending().count(), 1, "that was another client's");
        other.taken(8);
        assert_eq!(other.pending().count(), 0);
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
