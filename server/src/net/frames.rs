//! Decodes a client's bytes as WebSocket frames (RFC 6455, section 5): bytes go in, messages come
//! out. Nothing here reads, writes or answers.
//!
//! The library parses the head of a frame. The rest of its reader is not used: it accepts lengths
//! that are not minimal, does not say which data was not UTF-8, and answers by itself, while here
//! only one owner writes.

use std::io::Cursor;

use bytes::{Buf, Bytes, BytesMut};
use drumbeat_shared::limits::CLIENT_MESSAGE_BYTES_MAX;
use drumbeat_shared::protocol::close::CloseCode;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use crate::engine::close::CloseReason;
use crate::engine::inbox::CONTROL_BYTES_MAX;

/// Space for the bytes of one read: many inputs.
const READ_BYTES: usize = 512;

/// What a client sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Incoming {
    /// A whole binary message.
    Binary(Bytes),
    /// A whole text, which is UTF-8.
    Text(Bytes),
    /// Asks for these bytes back.
    Ping(Bytes),
    /// An unsolicited pong.
    Pong,
    /// The end of what it sends, with its code if it has one. Anything after it is ignored.
    Close(Option<u16>),
}

/// Which messages a client may send.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Accepted {
    /// Whether they may be text.
    pub(crate) text: bool,
    /// Limit of a message's bytes.
    pub(crate) bytes_max: usize,
}

impl Accepted {
    /// Those of the game.
    pub(crate) const GAME: Self = Self { text: false, bytes_max: CLIENT_MESSAGE_BYTES_MAX };
    /// Those of the game in JSON text. What is binary is answered, so that it may come.
    pub(crate) const TEXT: Self = Self { text: true, ..Self::GAME };
}

/// What has arrived of a fragmented message.
#[derive(Debug)]
struct Fragments {
    bytes: Vec<u8>,
    is_text: bool,
    /// How many of the bytes are known to be text.
    text_bytes: usize,
}

impl Fragments {
    /// Adds a fragment. A text that cannot become valid is not waited for.
    fn add(&mut self, payload: &[u8], is_last: bool) -> Result<(), CloseReason> {
        self.bytes.extend_from_slice(payload);
        if self.is_text {
            self.text_bytes += text_bytes(&self.bytes[self.text_bytes..], is_last)?;
        }
        Ok(())
    }
}

/// Splits a client's bytes into messages.
#[derive(Debug)]
pub(crate) struct Decoder {
    accepted: Accepted,
    bytes: BytesMut,
    fragments: Option<Fragments>,
}

impl Decoder {
    /// Creates a decoder for a stream that begins with these bytes.
    pub(crate) fn new(accepted: Accepted, bytes: &[u8]) -> Self {
        let mut buffer = BytesMut::with_capacity(READ_BYTES.max(bytes.len()));
        buffer.extend_from_slice(bytes);
        Self { accepted, bytes: buffer, fragments: None }
    }

    /// The buffer for the next bytes. It has space for some, but not for a flood.
    pub(crate) fn buffer(&mut self) -> &mut BytesMut {
        // An empty buffer starts again at its beginning; a full one grows.
        if self.bytes.is_empty() || self.bytes.len() == self.bytes.capacity() {
            self.bytes.reserve(READ_BYTES);
        }
        &mut self.bytes
    }

    /// The next message; `None` until more bytes have arrived. Do not call this after an error.
    ///
    /// # Errors
    /// When no client may send such a frame.
    pub(crate) fn next(&mut self) -> Result<Option<Incoming>, CloseReason> {
        while let Some((head, payload)) = self.frame()? {
            return Ok(Some(match head.opcode {
                OpCode::Control(Control::Ping) => Incoming::Ping(payload),
                OpCode::Control(Control::Pong) => Incoming::Pong,
                OpCode::Control(_) => Incoming::Close(close_code(&payload)?),
                OpCode::Data(data) if head.is_final && self.fragments.is_none() => {
                    let is_text = data == Data::Text;
                    if is_text {
                        text_bytes(&payload, true)?;
                    }
                    whole(is_text, payload)
                }
                OpCode::Data(data) => {
                    let is_text = data == Data::Text;
                    let fresh = || Fragments { bytes: Vec::new(), is_text, text_bytes: 0 };
                    let mut message = self.fragments.take().unwrap_or_else(fresh);
                    message.add(&payload, head.is_final)?;
                    if !head.is_final {
                        self.fragments = Some(message);
                        continue;
                    }
                    whole(message.is_text, message.bytes.into())
                }
            }));
        }
        Ok(None)
    }

    /// The next whole frame, unmasked.
    fn frame(&mut self) -> Result<Option<(FrameHeader, Bytes)>, CloseReason> {
        let mut head = Cursor::new(&self.bytes);
        let parsed = FrameHeader::parse(&mut head);
        // The library finds nothing else wrong with a head.
        let parsed = parsed.map_err(|_| {
            CloseReason::detailed(CloseCode::Protocol, "a frame with an unknown opcode")
        })?;
        let head_bytes = head.position() as usize;
        let Some((head, payload_bytes)) = parsed else {
            return Ok(None);
        };
        self.check(&head, head_bytes, payload_bytes)?;
        let payload_bytes = payload_bytes as usize;
        let missing = (head_bytes + payload_bytes).saturating_sub(self.bytes.len());
        if missing > 0 {
            self.bytes.reserve(missing);
            return Ok(None);
        }
        self.bytes.advance(head_bytes);
        let mut payload = self.bytes.split_to(payload_bytes);
        let mask = head.mask.unwrap_or_default();
        payload.iter_mut().zip(mask.iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
        Ok(Some((head, payload.freeze())))
    }

    /// Whether a frame with this head may come now.
    fn check(
        &self,
        head: &FrameHeader,
        head_bytes: usize,
        payload_bytes: u64,
    ) -> Result<(), CloseReason> {
        let breach = |what| Err(CloseReason::detailed(CloseCode::Protocol, what));
        if head.rsv1 || head.rsv2 || head.rsv3 {
            return breach("a reserved bit is set, though no extension was agreed on");
        }
        if head.mask.is_none() {
            return breach("a frame is not masked, as those of a client must be");
        }
        if head_bytes != head.len(payload_bytes) || payload_bytes > i64::MAX as u64 {
            return breach("a length is not written in the shortest way");
        }
        let fragments_bytes = self.fragments.as_ref().map(|fragments| fragments.bytes.len());
        match head.opcode {
            OpCode::Control(_) if !head.is_final => breach("a control frame is fragmented"),
            OpCode::Control(_) if payload_bytes > CONTROL_BYTES_MAX as u64 => {
                breach("a control frame is longer than 125 bytes")
            }
            OpCode::Control(_) => Ok(()),
            OpCode::Data(Data::Continue) if fragments_bytes.is_none() => {
                breach("a continuation comes without a beginning")
            }
            OpCode::Data(Data::Text | Data::Binary) if fragments_bytes.is_some() => {
                breach("a message begins before the fragmented one has ended")
            }
            OpCode::Data(Data::Text) if !self.accepted.text => Err(CloseCode::NotBinary.into()),
            OpCode::Data(_) => {
                let bytes_max = self.accepted.bytes_max;
                let left = bytes_max - fragments_bytes.unwrap_or(0);
                if payload_bytes > left as u64 {
                    let what = format!("send at most {bytes_max} bytes");
                    return Err(CloseReason::detailed(CloseCode::TooBig, &what));
                }
                Ok(())
            }
        }
    }
}

/// A message that has arrived.
fn whole(is_text: bool, bytes: Bytes) -> Incoming {
    if is_text { Incoming::Text(bytes) } else { Incoming::Binary(bytes) }
}

/// How many of these bytes are text. What is cut off at their end may still become text, unless they
/// are all.
fn text_bytes(bytes: &[u8], is_all: bool) -> Result<usize, CloseReason> {
    match str::from_utf8(bytes) {
        Ok(_) => Ok(bytes.len()),
        Err(error) if error.error_len().is_none() && !is_all => Ok(error.valid_up_to()),
        Err(_) => Err(CloseReason::detailed(CloseCode::Malformed, "a text is not UTF-8")),
    }
}

/// The code of a close (RFC 6455, sections 5.5.1 and 7.4).
fn close_code(payload: &[u8]) -> Result<Option<u16>, CloseReason> {
    let (code, reason) = match payload {
        [] => return Ok(None),
        [_] => return Err(CloseReason::detailed(CloseCode::Protocol, "a close holds half a code")),
        [high, low, reason @ ..] => (u16::from_be_bytes([*high, *low]), reason),
    };
    if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
        return Err(CloseReason::detailed(
            CloseCode::Protocol,
            "a close has a code that must not be sent",
        ));
    }
    match str::from_utf8(reason) {
        Ok(_) => Ok(Some(code)),
        Err(_) => {
            Err(CloseReason::detailed(CloseCode::Malformed, "the reason of the close is not UTF-8"))
        }
    }
}

#[cfg(test)]
mod tests;
