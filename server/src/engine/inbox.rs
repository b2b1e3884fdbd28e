//! The bounded inbox between a connection's reader and the tick.
//!
//! The reader pushes decoded messages, the tick drains them with a fixed allowance. Neither ever
//! waits for the other, and neither wakes the other. Since one owner writes to a socket, the
//! reader also leaves here what the WebSocket protocol wants answered, and why it ended.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::limits::INBOX_MESSAGES_MAX;
use drumbeat_shared::protocol::messages::Watch;

use super::checks::Claim;
use super::close::CloseReason;
use super::input_queue::Arrival;

/// Bytes of protocol answers (pongs, a close) that wait, at most; further ones are dropped.
const ANSWER_BYTES_MAX: usize = 512;

/// A validated message of a joined client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message<I> {
    /// New controls.
    Input(Arrival<I>),
    /// Wants an answer with the next frame.
    Ping {
        /// The client's clock, microseconds.
        sent_us: u64,
        /// The last tick the client has received.
        seen: Tick,
        /// The server's clock when it came, microseconds.
        received_us: u64,
    },
    /// A cleaned chat line.
    Chat(String),
    /// A spectator wants to see this.
    Watch(Watch),
    /// Wants these players' names.
    Names(Vec<PlayerId>),
    /// Wants a keyframe, since its view does not match as it says.
    Resync(Claim),
}

/// Why a message was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushError {
    /// The inbox is full: the client sends faster than the tick takes. The oldest input was dropped
    /// for a new one; anything else is dropped itself.
    Full,
    /// The tick has let go of this client.
    Closed,
}

#[derive(Debug)]
struct Shared<I> {
    messages: VecDeque<Message<I>>,
    /// Complete WebSocket frames that answer the client's.
    answers: Vec<u8>,
    /// Why the reader ended, once it has; `None` inside means that the client went by itself.
    ended: Option<Option<CloseReason>>,
    /// The tick's end is gone.
    closed: bool,
}

/// The reader's end. Dropping it means that the client is gone.
#[derive(Debug)]
pub struct Sender<I>(Arc<Mutex<Shared<I>>>);

/// The tick's end. Dropping it tells the reader to stop.
#[derive(Debug)]
pub struct Receiver<I>(Arc<Mutex<Shared<I>>>);

/// A new inbox.
#[must_use]
pub fn inbox<I>() -> (Sender<I>, Receiver<I>) {
    let shared = Arc::new(Mutex::new(Shared {
        messages: VecDeque::new(),
        answers: Vec::new(),
        ended: None,
        closed: false,
    }));
    (Sender(Arc::clone(&shared)), Receiver(shared))
}

/// No code panics while it holds the lock, and what it guards is valid after each statement.
fn lock<I>(shared: &Mutex<Shared<I>>) -> MutexGuard<'_, Shared<I>> {
    shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl<I> Sender<I> {
    /// Leaves a message for the next ticks.
    ///
    /// # Errors
    /// When the inbox is full or the tick's end is gone: a message is dropped.
    pub fn push(&self, message: Message<I>) -> Result<(), PushError> {
        let mut shared = lock(&self.0);
        if shared.closed {
            return Err(PushError::Closed);
        }
        if shared.messages.len() >= INBOX_MESSAGES_MAX {
            let is_input = |message: &Message<I>| matches!(message, Message::Input(_));
            if is_input(&message)
                && let Some(oldest) = shared.messages.iter().position(is_input)
            {
                // After a stall it is the newest that counts.
                shared.messages.remove(oldest);
                shared.messages.push_back(message);
            }
            return Err(PushError::Full);
        }
        shared.messages.push_back(message);
        Ok(())
    }

    /// Leaves bytes of complete WebSocket frames for the writer; drops them when too many wait.
    pub fn answer(&self, frames: &[u8]) {
        let mut shared = lock(&self.0);
        if shared.answers.len() + frames.len() <= ANSWER_BYTES_MAX {
            shared.answers.extend_from_slice(frames);
        }
    }

    /// Whether the tick's end is gone.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        lock(&self.0).closed
    }

    /// Ends the connection with a reason that the client is told.
    pub fn close(self, reason: CloseReason) {
        lock(&self.0).ended = Some(Some(reason));
    }
}

impl<I> Drop for Sender<I> {
    fn drop(&mut self) {
        lock(&self.0).ended.get_or_insert(None);
    }
}

impl<I> Receiver<I> {
    /// Takes up to `messages_max` messages, and appends the waiting answers to `answers`. Returns
    /// how the reader ended, if it has.
    pub fn drain(
        &self,
        messages_max: usize,
        messages: &mut Vec<Message<I>>,
        answers: &mut Vec<u8>,
    ) -> Option<Option<CloseReason>> {
        let mut shared = lock(&self.0);
        let count = shared.messages.len().min(messages_max);
        messages.extend(shared.messages.drain(..count));
        // Behind the answer to a close nothing may follow, though the reader has not ended yet.
        let closing = holds_close(&shared.answers).then_some(None);
        answers.append(&mut shared.answers);
        shared.ended.clone().or(closing)
    }
}

impl<I> Drop for Receiver<I> {
    fn drop(&mut self) {
        lock(&self.0).closed = true;
    }
}

/// Whether a close is among these WebSocket frames: unmasked and short, as a server answers.
fn holds_close(mut frames: &[u8]) -> bool {
    const OPCODE_BITS: u8 = 0x0f;
    const CLOSE: u8 = 8;
    while let [head, length, rest @ ..] = frames {
        if head & OPCODE_BITS == CLOSE {
            return true;
        }
        frames = rest.get(usize::from(*length)..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chat(line: usize) -> Message<u8> {
        Message::Chat(line.to_string())
    }

    #[test]
    fn messages_come_out_in_order_within_the_allowance() {
        let (sender, receiver) = inbox();
        for line in 0..INBOX_MESSAGES_MAX {
            assert_eq!(sender.push(chat(line)), Ok(()));
        }
        assert_eq!(sender.push(chat(99)), Err(PushError::Full));
        let mut messages = Vec::new();
        assert_eq!(receiver.drain(4, &mut messages, &mut Vec::new()), None);
        assert_eq!(messages.len(), 4);
        assert_eq!(sender.push(chat(INBOX_MESSAGES_MAX)), Ok(()), "there is space again");
        receiver.drain(usize::MAX, &mut messages, &mut Vec::new());
        assert_eq!(messages, (0..=INBOX_MESSAGES_MAX).map(chat).collect::<Vec<_>>());
    }

    #[test]
    fn answers_are_whole_frames_or_none() {
        let (sender, receiver) = inbox::<u8>();
        for _ in 0..10 {
            sender.answer(&[7; 100]);
        }
        let mut answers = Vec::new();
        receiver.drain(4, &mut Vec::new(), &mut answers);
        assert_eq!(answers, [7; ANSWER_BYTES_MAX / 100 * 100]);
        receiver.drain(4, &mut Vec::new(), &mut answers);
        assert_eq!(answers.len(), ANSWER_BYTES_MAX / 100 * 100, "they are taken once");
    }

    #[test]
    fn a_client_whose_close_is_answered_is_gone() {
        let check = |frames: &[u8], gone| {
            let (sender, receiver) = inbox::<u8>();
            sender.answer(frames);
            let mut answers = Vec::new();
            let ended = receiver.drain(4, &mut Vec::new(), &mut answers);
            assert_eq!((ended, answers.as_slice()), (gone, frames));
        };
        let pong = [0x8a, 2, 0x88, 8];
        check(&pong, None);
        check(&[0x88, 2, 0x03, 0xe8], Some(None));
        check(&[&pong[..], &[0x88, 0]].concat(), Some(None));
    }

    #[test]
    fn how_the_reader_ended_is_known() {
        let end = |receiver: &Receiver<u8>| receiver.drain(4, &mut Vec::new(), &mut Vec::new());
        let (sender, receiver) = inbox();
        assert_eq!(end(&receiver), None);
        drop(sender);
        assert_eq!(end(&receiver), Some(None));
        let (sender, receiver) = inbox();
        sender.close(CloseReason::Idle);
        assert_eq!(end(&receiver), Some(Some(CloseReason::Idle)));
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
