//! The bounded inbox between a connection's reader and the tick.
//!
//! The reader pushes decoded messages, and the tick takes them all. Neither waits for the other or
//! wakes it. Because a socket has only one writer, the reader also leaves here the pongs that the
//! WebSocket protocol requires, and why it ended.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use drumbeat_shared::limits::INBOX_MESSAGES_MAX;

use super::close::CloseReason;
use super::message::Message;

/// Limit of a control frame's payload, bytes (RFC 6455, section 5.5).
pub const CONTROL_BYTES_MAX: usize = 125;
/// Limit of waiting pongs, bytes: the oldest are dropped, since only the newest ping must be
/// answered (RFC 6455, section 5.5.3).
const PONG_BYTES_MAX: usize = 512;

/// Why a message was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushError {
    /// The inbox is full: the client sends faster than the tick takes. A new input replaces the
    /// oldest input; anything else is dropped.
    Full,
    /// The tick has dropped this client.
    Closed,
}

#[derive(Debug)]
struct Shared<I, C> {
    messages: VecDeque<Message<I, C>>,
    /// Complete WebSocket frames that answer the client's pings.
    pongs: Vec<u8>,
    /// Why the reader ended, once it has; the inner `None` means that the client left by itself.
    ended: Option<Option<CloseReason>>,
    /// The tick has dropped its end.
    closed: bool,
}

/// The reader's end. Dropping it means that the client is gone.
#[derive(Debug)]
pub struct Sender<I, C = ()>(Arc<Mutex<Shared<I, C>>>);

/// The tick's end. Dropping it tells the reader to stop.
#[derive(Debug)]
pub struct Receiver<I, C = ()>(Arc<Mutex<Shared<I, C>>>);

/// A new inbox.
#[must_use]
pub fn inbox<I, C>() -> (Sender<I, C>, Receiver<I, C>) {
    let shared = Arc::new(Mutex::new(Shared {
        messages: VecDeque::new(),
        pongs: Vec::new(),
        ended: None,
        closed: false,
    }));
    (Sender(Arc::clone(&shared)), Receiver(shared))
}

/// Ignores poisoning: no code panics while it holds the lock, and the data is valid after each
/// statement.
fn lock<I, C>(shared: &Mutex<Shared<I, C>>) -> MutexGuard<'_, Shared<I, C>> {
    shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl<I, C> Sender<I, C> {
    /// Puts a message into the inbox for the next tick.
    ///
    /// # Errors
    /// When the inbox is full or the tick's end is gone: a message is dropped.
    pub fn push(&self, message: Message<I, C>) -> Result<(), PushError> {
        let mut shared = lock(&self.0);
        if shared.closed {
            return Err(PushError::Closed);
        }
        // Nothing follows it, so that the limit holds but for this one; without it nobody would be answered.
        let leaves = matches!(message, Message::Leave(_));
        if shared.messages.len() >= INBOX_MESSAGES_MAX && !leaves {
            let is_input = |message: &Message<I, C>| matches!(message, Message::Input(_));
            let is_command = matches!(message, Message::Command { .. });
            if (is_input(&message) || is_command)
                && let Some(oldest) = shared.messages.iter().position(is_input)
            {
                // After a stall the newest input counts, and every command.
                shared.messages.remove(oldest);
                shared.messages.push_back(message);
                if is_command {
                    return Ok(());
                }
            }
            return Err(PushError::Full);
        }
        shared.messages.push_back(message);
        Ok(())
    }

    /// Leaves a pong for the tick to send.
    ///
    /// # Panics
    /// When the payload is longer than [`CONTROL_BYTES_MAX`].
    pub fn pong(&self, payload: &[u8]) {
        const FINAL_PONG: u8 = 0x8a;
        assert!(payload.len() <= CONTROL_BYTES_MAX);
        let pongs = &mut lock(&self.0).pongs;
        while pongs.len() + 2 + payload.len() > PONG_BYTES_MAX {
            let oldest_bytes = 2 + usize::from(pongs[1]);
            pongs.drain(..oldest_bytes);
        }
        pongs.extend([FINAL_PONG, payload.len() as u8]);
        pongs.extend_from_slice(payload);
    }

    /// Whether the tick's end is gone.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        lock(&self.0).closed
    }

    /// Ends the connection with a reason that is sent to the client.
    pub fn close(self, reason: CloseReason) {
        lock(&self.0).ended = Some(Some(reason));
    }
}

impl<I, C> Drop for Sender<I, C> {
    fn drop(&mut self) {
        lock(&self.0).ended.get_or_insert(None);
    }
}

impl<I, C> Receiver<I, C> {
    /// Takes all messages, so that of the inputs held up by a stall the newest is applied. If there
    /// is room for `pongs`, it also takes the waiting pongs as whole WebSocket frames. Returns how
    /// the reader ended, if it has.
    pub fn drain(
        &self,
        messages: &mut Vec<Message<I, C>>,
        pongs: Option<&mut Vec<u8>>,
    ) -> Option<Option<CloseReason>> {
        let mut shared = lock(&self.0);
        messages.extend(shared.messages.drain(..));
        if let Some(pongs) = pongs {
            pongs.append(&mut shared.pongs);
        }
        shared.ended.clone()
    }
}

impl<I, C> Drop for Receiver<I, C> {
    fn drop(&mut self) {
        let mut shared = lock(&self.0);
        shared.closed = true;
        // Nobody takes them any more; whoever waits for an answer to one learns it so.
        shared.messages.clear();
    }
}

#[cfg(test)]
mod tests {
    use drumbeat_shared::ids::Tick;
    use drumbeat_shared::protocol::close::CloseCode;

    use super::*;
    use crate::engine::chat_rate::ReadTime;
    use crate::engine::hand_over::HandOver;
    use crate::engine::input_queue::Arrival;

    fn chat(line: usize) -> Message<u8> {
        Message::Chat { text: line.to_string(), to: None, read: ReadTime::default() }
    }

    #[test]
    fn messages_come_out_in_order_within_the_limit() {
        let (sender, receiver) = inbox();
        for line in 0..INBOX_MESSAGES_MAX {
            assert_eq!(sender.push(chat(line)), Ok(()));
        }
        assert_eq!(sender.push(chat(99)), Err(PushError::Full));
        let mut messages = Vec::new();
        assert_eq!(receiver.drain(&mut messages, None), None);
        assert_eq!(messages.len(), INBOX_MESSAGES_MAX);
        assert_eq!(sender.push(chat(INBOX_MESSAGES_MAX)), Ok(()), "there is space again");
        receiver.drain(&mut messages, None);
        assert_eq!(messages, (0..=INBOX_MESSAGES_MAX).map(chat).collect::<Vec<_>>());
    }

    #[test]
    fn a_command_takes_the_place_of_an_input() {
        let (sender, receiver) = inbox::<u8, u8>();
        for number in 0..INBOX_MESSAGES_MAX as u32 {
            let (tick, seen, view_delay) = (Tick(number), Tick(0), 0);
            let arrival = Arrival { tick, seen, view_delay, input: 0, received_us: 0 };
            assert_eq!(sender.push(Message::Input(arrival)), Ok(()));
        }
        let command = |number| Message::Command { number, command: Box::new(7) };
        for number in 1..=INBOX_MESSAGES_MAX as u32 {
            assert_eq!(sender.push(command(number)), Ok(()));
        }
        assert_eq!(sender.push(command(0)), Err(PushError::Full), "there is no input left");
        let mut messages = Vec::new();
        receiver.drain(&mut messages, None);
        assert_eq!(messages, (1..=INBOX_MESSAGES_MAX as u32).map(command).collect::<Vec<_>>());
    }

    #[test]
    fn whoever_leaves_is_heard_even_when_the_inbox_is_full() {
        let (sender, receiver) = inbox::<u8, ()>();
        for line in 0..=INBOX_MESSAGES_MAX {
            let _ = sender.push(chat(line));
        }
        assert_eq!(sender.push(Message::Leave(HandOver::new().0)), Ok(()));
        let mut messages = Vec::new();
        receiver.drain(&mut messages, None);
        assert_eq!(messages.len(), INBOX_MESSAGES_MAX + 1);
        assert!(matches!(messages.last(), Some(Message::Leave(_))));
    }

    #[test]
    fn of_pongs_that_do_not_fit_the_oldest_give_way() {
        let (sender, receiver) = inbox::<u8, ()>();
        for number in 0..7 {
            sender.pong(&[number; 100]);
        }
        let mut pongs = Vec::new();
        receiver.drain(&mut Vec::new(), Some(&mut pongs));
        let expected: Vec<_> =
            (2..7).flat_map(|number| [&[0x8a, 100][..], &[number; 100]].concat()).collect();
        assert_eq!(pongs, expected);
        receiver.drain(&mut Vec::new(), Some(&mut pongs));
        assert_eq!(pongs, expected, "they are taken once");
        sender.pong(&[1; CONTROL_BYTES_MAX]);
        sender.pong(&[]);
        receiver.drain(&mut Vec::new(), Some(&mut pongs));
        assert_eq!(pongs.len(), expected.len() + 2 + CONTROL_BYTES_MAX + 2);
    }

    #[test]
    fn how_the_reader_ended_is_known() {
        let end = |receiver: &Receiver<u8>| receiver.drain(&mut Vec::new(), None);
        let (sender, receiver) = inbox();
        assert_eq!(end(&receiver), None);
        drop(sender);
        assert_eq!(end(&receiver), Some(None));
        let (sender, receiver) = inbox();
        sender.close(CloseCode::Idle.into());
        assert_eq!(end(&receiver), Some(Some(CloseCode::Idle.into())));
    }

    #[test]
    fn the_reader_knows_when_the_tick_has_let_go() {
        let (sender, receiver) = inbox();
        assert!(!sender.is_closed());
        drop(receiver);
        assert!(sender.is_closed());
        assert_eq!(sender.push(chat(1)), Err(PushError::Closed));
    }
}
