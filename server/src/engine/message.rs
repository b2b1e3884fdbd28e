//! The messages of a joined client, as the room takes them.

use drumbeat_shared::content::Command;
use drumbeat_shared::document::RecordId;
use drumbeat_shared::game::Game;
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::limits::NAMES_PER_REQUEST_MAX;
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::protocol::messages::{ClientMessage, Watch};

use super::chat_rate::ReadTime;
use super::checks::{Claim, DocumentClaim};
use super::close::CloseReason;
use super::hand_over::HandOver;
use super::holder::Holder;
use super::input_queue::Arrival;
use super::viewer::Role;

/// A validated message of a joined client.
#[derive(Debug, PartialEq)]
pub enum Message<I, C = ()> {
    /// New controls.
    Input(Arrival<I>),
    /// Asks for an answer with the next frame.
    Ping {
        /// The client's clock, microseconds.
        sent_us: u64,
        /// The last tick the client has received.
        seen: Tick,
        /// The server's clock when it arrived, microseconds.
        received_us: u64,
    },
    /// A chat line, cleaned before it enters an inbox; to the room, or to one player.
    Chat {
        /// The line.
        text: String,
        /// The only player who gets it.
        to: Option<PlayerId>,
        /// When it came.
        read: ReadTime,
    },
    /// Another ticket, which has been checked.
    Renewal(Box<Holder>),
    /// Another ticket that is not valid, and why.
    RenewalRefused(&'static str),
    /// A command to the rules, its texts cleaned and its limits checked.
    Command {
        /// Its number.
        number: u32,
        /// The command.
        command: Box<C>,
    },
    /// Reports a chat line.
    Report {
        /// Which.
        line: RecordId,
        /// When it came.
        read: ReadTime,
    },
    /// Asks for a document from its start because, it claims, its checksum does not match.
    Reread(DocumentClaim),
    /// A spectator chooses what to watch.
    Watch(Watch),
    /// Asks for the list of players from now on.
    Players,
    /// Asks for the game's document from now on, of which it holds no copy.
    Document,
    /// Asks for these players' names.
    Names(Vec<PlayerId>),
    /// Asks for a keyframe because, it claims, its view does not match.
    Resync(Claim),
    /// It leaves without closing: its connection says another hello.
    Leave(HandOver<I>),
}

impl<I, C: Command> Message<I, C> {
    /// Validates a message of a client that has joined as `role`.
    ///
    /// # Errors
    /// Why the connection must end: the message is malformed, or no client of this role may send
    /// it.
    pub fn from_client<G: Game<Input = I, Command = C>>(
        message: ClientMessage<I, C>,
        role: Role,
        read: ReadTime,
    ) -> Result<Self, CloseReason> {
        let received_us = read.read_us;
        Ok(match message {
            ClientMessage::Hello(_) => {
                return Err(out_of_place("a hello that nobody has looked at"));
            }
            ClientMessage::Input { .. } if role == Role::Spectator => {
                return Err(out_of_place("spectators must not send inputs; join to play"));
            }
            ClientMessage::Input { tick, seen, view_delay, input } => {
                G::validate(&input)
                    .map_err(|what| CloseReason::detailed(CloseCode::Malformed, &what.0))?;
                Self::Input(Arrival { tick, seen, view_delay, input, received_us })
            }
            ClientMessage::Ping { sent_us, seen } => Self::Ping { sent_us, seen, received_us },
            ClientMessage::Watch(watch) if role == Role::Spectator => Self::Watch(watch),
            ClientMessage::Watch(_) => {
                return Err(out_of_place("only spectators may choose what to watch"));
            }
            ClientMessage::Ticket { .. } => {
                return Err(out_of_place("this server looks at no tickets"));
            }
            ClientMessage::Chat { text } => Self::Chat { text, to: None, read },
            ClientMessage::Whisper { to, text } => Self::Chat { text, to: Some(to), read },
            ClientMessage::Report { .. } if role == Role::Spectator => {
                return Err(out_of_place("spectators must not report chat lines; join to play"));
            }
            ClientMessage::Report { line } => Self::Report { line: RecordId(line), read },
            ClientMessage::Command { .. } if !G::Command::TAKEN => {
                return Err(out_of_place("this game takes no commands"));
            }
            ClientMessage::Command { .. } if role == Role::Spectator => {
                return Err(out_of_place("spectators must not send commands; join to play"));
            }
            ClientMessage::Command { number, command } => {
                command
                    .check()
                    .map_err(|what| CloseReason::detailed(CloseCode::Malformed, &what.0))?;
                Self::Command { number, command: Box::new(command) }
            }
            ClientMessage::Reread { document, expected, actual } => {
                Self::Reread(DocumentClaim { document, expected, actual })
            }
            ClientMessage::Names { players } if players.len() > NAMES_PER_REQUEST_MAX => {
                let what = format!("at most {NAMES_PER_REQUEST_MAX} names in one request");
                return Err(CloseReason::detailed(CloseCode::Malformed, &what));
            }
            ClientMessage::Names { players } => Self::Names(players),
            ClientMessage::Players => Self::Players,
            ClientMessage::Resync { tick, expected, actual } => {
                Self::Resync(Claim { tick, expected, actual })
            }
        })
    }
}

fn out_of_place(what: &str) -> CloseReason {
    CloseReason::detailed(CloseCode::OutOfPlace, what)
}

#[cfg(test)]
mod tests {
    use drumbeat_shared::toy::{Steer, Toy};

    use super::*;

    #[test]
    fn each_role_has_its_messages() {
        let read = ReadTime { empty_us: 3, read_us: 7 };
        let say = |message, role| Message::from_client::<Toy>(message, role, read);
        let check = |message: ClientMessage<Steer>, role, expected: Result<(), &str>| {
            let found = say(message, role).map(|_| ()).map_err(|reason| reason.label());
            assert_eq!(found, expected, "{role:?}");
        };
        let input = |steer| {
            let (tick, seen) = (Tick(2), Tick(1));
            ClientMessage::Input { tick, seen, view_delay: 0, input: Steer(steer, 0) }
        };
        let watch = || ClientMessage::Watch(Watch::Leader);
        let names = |count| ClientMessage::Names { players: vec![PlayerId(0); count] };
        check(input(9), Role::Player, Ok(()));
        check(input(10), Role::Player, Err("malformed"));
        check(input(9), Role::Spectator, Err("out_of_place"));
        check(watch(), Role::Player, Err("out_of_place"));
        check(watch(), Role::Spectator, Ok(()));
        check(names(NAMES_PER_REQUEST_MAX), Role::Spectator, Ok(()));
        check(names(NAMES_PER_REQUEST_MAX + 1), Role::Player, Err("malformed"));
        let ping = ClientMessage::Ping { sent_us: 5, seen: Tick(1) };
        let expected = Message::Ping { sent_us: 5, seen: Tick(1), received_us: 7 };
        assert_eq!(say(ping, Role::Player), Ok(expected));
    }
}
