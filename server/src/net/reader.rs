//! Reads what a player sends: decodes it, validates it, counts it, and puts it into the room's
//! inbox.

use std::pin::pin;
use std::time::Duration;

use drumbeat_shared::content::Content;
use drumbeat_shared::game::Game;
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::protocol::codec::{DecodeError, decode_client};
use drumbeat_shared::protocol::messages::{ClientMessage, Hello};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep};
use tracing::debug;

use super::edge::Edge;
use super::gate;
use super::socket::{Ended, Socket};
use super::text::{clean_chat, clean_text};
use crate::bucket::Bucket;
use crate::clock::now_us;
use crate::engine::chat_rate::ReadTime;
use crate::engine::close::CloseReason;
use crate::engine::counts::Rejection;
use crate::engine::inbox::PushError;
use crate::engine::message::Message;
use crate::engine::viewer::Role;

/// Time between two looks at a silent connection.
const LOOK_AFTER: Duration = Duration::from_secs(2);
/// Messages a second that a player may send in the long run, besides inputs at four times the tick
/// rate.
const OTHER_MESSAGES_PER_S: u32 = 40;
/// Time between two tickets that a player may send in the long run, microseconds: to check a signature
/// takes as long as to read many messages.
const TICKET_PAUSE_US: u64 = 10_000_000;
/// Tickets that may arrive at once.
const TICKETS_AT_ONCE: u32 = 3;
/// Time between two hellos that a connection may send in the long run, microseconds: each takes a seat and
/// brings a welcome with the map and a keyframe.
const HELLO_PAUSE_US: u64 = 5_000_000;
/// Hellos that may arrive at once, after the first.
const HELLOS_AT_ONCE: u32 = 3;
/// Seconds of that rate that may arrive at once, after a stall of the network.
const BURST_S: u32 = 2;

/// Messages a second that a player may send in the long run.
pub(crate) fn messages_per_s_max(tick_hz: u16) -> u32 {
    4 * u32::from(tick_hz) + OTHER_MESSAGES_PER_S
}

/// Limits a client's messages to that rate.
pub(crate) fn message_bucket(tick_hz: u16) -> Bucket {
    let messages_per_s_max = messages_per_s_max(tick_hz);
    Bucket::new(messages_per_s_max, 1_000_000, BURST_S * messages_per_s_max)
}

/// Looks in a row without a message after which a connection has been idle for this time.
fn idle_looks(idle: Duration) -> u32 {
    idle.as_millis().div_ceil(LOOK_AFTER.as_millis()).max(1) as u32
}

/// What a connection may still send, over all rooms that it joins.
#[derive(Debug)]
pub(super) struct Limits {
    messages: Bucket,
    tickets: Bucket,
    hellos: Bucket,
}

impl Limits {
    pub(super) fn new(tick_hz: u16) -> Self {
        Self {
            messages: message_bucket(tick_hz),
            tickets: Bucket::new(1, TICKET_PAUSE_US, TICKETS_AT_ONCE),
            hellos: Bucket::new(1, HELLO_PAUSE_US, HELLOS_AT_ONCE),
        }
    }

    /// Whether another hello may come, whose ticket counts like one that is renewed.
    fn allow_hello(
        &mut self,
        has_ticket: bool,
        since_us: u64,
        now_us: u64,
    ) -> Result<(), CloseReason> {
        let what = if !self.hellos.allows(since_us, now_us) {
            "too many hellos; wait some seconds between them, or connect again"
        } else if has_ticket && !self.tickets.allows(since_us, now_us) {
            "too many tickets; wait some seconds between them, or connect again"
        } else {
            return Ok(());
        };
        Err(CloseReason::detailed(CloseCode::Flooding, what))
    }
}

/// Why a connection is not read any more.
#[derive(Debug)]
pub(super) enum Stopped {
    /// It ends.
    Ended(Ended),
    /// It says another hello.
    Again(Box<Hello>),
}

impl From<Ended> for Stopped {
    fn from(ended: Ended) -> Self {
        Self::Ended(ended)
    }
}

impl From<CloseReason> for Stopped {
    fn from(reason: CloseReason) -> Self {
        Self::Ended(Ended::Closing(reason))
    }
}

/// Decodes a message. The decoder's own error goes only to the log: it is about Rust, and no player
/// needs it.
pub(crate) fn decode<I: DeserializeOwned, C: DeserializeOwned>(
    bytes: &[u8],
) -> Result<ClientMessage<I, C>, CloseReason> {
    decode_client(bytes).map_err(|error| {
        debug!(%error, message_bytes = bytes.len(), "a message did not decode");
        let what = match error {
            DecodeError::Invalid(_) => "it does not decode".to_owned(),
            DecodeError::Trailing(_) => error.to_string(),
        };
        CloseReason::detailed(CloseCode::Malformed, &what)
    })
}

/// A message of a player of this game.
type MessageOf<G> = Message<<G as Game>::Input, <G as Game>::Command>;

/// Reads one player's messages.
pub(crate) struct Reader<'a, G: Game> {
    edge: &'a Edge<G>,
    socket: &'a mut Socket<G::Input, G::Command>,
    role: Role,
    /// The name of its room.
    room: &'a str,
    limits: &'a mut Limits,
}

impl<'a, G: Game> Reader<'a, G> {
    pub(super) fn new(
        edge: &'a Edge<G>,
        socket: &'a mut Socket<G::Input, G::Command>,
        limits: &'a mut Limits,
        (role, room): (Role, &'a str),
    ) -> Self {
        Self { edge, socket, role, room, limits }
    }

    /// Reads until the connection ends, or another hello comes.
    pub(super) async fn run(mut self) -> Stopped {
        // Counts looks, not time: a server that was stopped has looked only once.
        let idle_looks = idle_looks(self.edge.config.idle_timeout);
        let (mut silent_looks, mut heard, mut looked_us) = (0, false, now_us());
        // One timer that is reset only when it fires, so that no message touches it.
        let mut look_after = pin!(sleep(LOOK_AFTER));
        loop {
            let message = tokio::select! {
                biased;
                message = self.socket.next() => message,
                () = look_after.as_mut() => {
                    if self.socket.inbox().is_closed() {
                        return Ended::Dropped.into();
                    }
                    silent_looks = if heard { 0 } else { silent_looks + 1 };
                    if silent_looks >= idle_looks {
                        return Ended::Closing(CloseCode::Idle.into()).into();
                    }
                    // What arrived before the last look has been read: there was time for it since
                    // then.
                    self.socket.note_all_read_until(looked_us);
                    (heard, looked_us) = (false, now_us());
                    look_after.as_mut().reset(Instant::now() + LOOK_AFTER);
                    continue;
                }
            };
            heard = true;
            let taken = match message {
                Ok(message) => self.take(message.as_deref(), now_us()),
                Err(ended) => Err(ended.into()),
            };
            if let Err(stopped) = taken {
                return stopped;
            }
        }
    }

    /// Takes one message; `None` is a control frame of the WebSocket protocol, which counts too.
    fn take(&mut self, bytes: Option<&[u8]>, now_us: u64) -> Result<(), Stopped> {
        self.allow(now_us)?;
        let Some(bytes) = bytes else { return Ok(()) };
        self.edge.metrics.edge.frames_in.increment(1);
        let message = decode(bytes).inspect_err(|_| self.note_invalid())?;
        self.deliver(message, now_us)
    }

    /// Counts what arrived against the limit of messages.
    pub(super) fn allow(&mut self, now_us: u64) -> Result<(), Stopped> {
        let allowed = self.limits.messages.allows(self.socket.since_us(), now_us);
        if allowed { Ok(()) } else { Err(self.socket.flooding().into()) }
    }

    /// Counts a message that is malformed.
    pub(super) fn note_invalid(&self) {
        self.edge.metrics.edge.rejected_messages.count(Rejection::Invalid);
    }

    /// Validates a message and puts it into the inbox.
    pub(super) fn deliver(
        &mut self,
        message: ClientMessage<G::Input, G::Command>,
        now_us: u64,
    ) -> Result<(), Stopped> {
        match self.understand(message, now_us)? {
            Some(message) => self.push(message),
            None => Ok(()),
        }
    }

    /// Puts a message into the inbox.
    pub(super) fn push(&self, message: MessageOf<G>) -> Result<(), Stopped> {
        let is_needed = matches!(message, Message::Command { .. } | Message::Document);
        match self.socket.inbox().push(message) {
            Ok(()) => Ok(()),
            // What is asked for once is never dropped. More of it than fits is more than may wait.
            Err(PushError::Full) if is_needed => Err(self.socket.flooding().into()),
            Err(PushError::Full) => {
                self.edge.metrics.edge.rejected_messages.count(Rejection::InboxFull);
                Ok(())
            }
            Err(PushError::Closed) => Err(Ended::Dropped.into()),
        }
    }

    /// Validates a message; `None` if it must be dropped.
    fn understand(
        &mut self,
        message: ClientMessage<G::Input, G::Command>,
        received_us: u64,
    ) -> Result<Option<MessageOf<G>>, Stopped> {
        let message = match message {
            ClientMessage::Hello(hello) => Ok(Err(hello)),
            ClientMessage::Ticket { ticket } => self.renewal(&ticket, received_us).map(Ok),
            message => {
                let empty_us = self.socket.since_us();
                let read = ReadTime { empty_us, read_us: received_us };
                Message::from_client::<G>(clean_command(message), self.role, read).map(Ok)
            }
        };
        let message = message.inspect_err(|reason| {
            if reason.kind() == CloseCode::Malformed {
                self.note_invalid();
            }
        })?;
        let message = match message {
            Ok(message) => message,
            Err(hello) => {
                let has_ticket = hello.ticket.is_some();
                self.limits.allow_hello(has_ticket, self.socket.since_us(), received_us)?;
                return Err(Stopped::Again(Box::new(hello)));
            }
        };
        let rejected = &self.edge.metrics.edge.rejected_messages;
        match message {
            Message::Chat { .. } if self.role == Role::Spectator => {
                rejected.count(Rejection::ChatSpectator);
                Ok(None)
            }
            Message::Chat { text, to, read } => {
                let line = clean_chat(&text);
                if line.is_none() {
                    rejected.count(Rejection::ChatEmpty);
                }
                Ok(line.map(|text| Message::Chat { text, to, read }))
            }
            message => Ok(Some(message)),
        }
    }

    /// Looks at another ticket of a client.
    fn renewal(&mut self, ticket: &str, now_us: u64) -> Result<MessageOf<G>, CloseReason> {
        if !self.limits.tickets.allows(self.socket.since_us(), now_us) {
            return Ok(Message::RenewalRefused("wait some seconds between tickets"));
        }
        match gate::renew(self.edge, ticket, self.room, self.role) {
            Ok(Some(holder)) => Ok(Message::Renewal(holder)),
            Ok(None) => {
                Err(CloseReason::detailed(CloseCode::OutOfPlace, "this server looks at no tickets"))
            }
            Err(refused) => Ok(Message::RenewalRefused(refused.text())),
        }
    }
}

/// Cleans the texts in a command, as chat lines are, but with their line breaks.
fn clean_command<I, C: Content>(mut message: ClientMessage<I, C>) -> ClientMessage<I, C> {
    if let ClientMessage::Command { command, .. } = &mut message {
        command.each_text(&mut |text| *text = clean_text(text));
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hellos_have_a_limit_and_their_tickets_that_of_renewals() {
        let mut limits = Limits::new(20);
        let mut greet = |s: u64| {
            let us = s * 1_000_000;
            limits.allow_hello(false, us, us).map_err(|reason| reason.text().to_owned())
        };
        assert_eq!([100; 3].map(&mut greet), [const { Ok(()) }; 3]);
        assert!(greet(104).unwrap_err().contains("too many hellos"));
        assert_eq!(greet(105), Ok(()));

        let mut limits = Limits::new(20);
        for _ in 0..TICKETS_AT_ONCE {
            assert!(limits.tickets.allows(1, 1), "renewals");
        }
        assert!(limits.allow_hello(false, 1, 1).is_ok());
        assert!(limits.allow_hello(true, 1, 1).is_err());
    }
}
