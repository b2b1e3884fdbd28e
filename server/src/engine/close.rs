//! Why a connection ends, as a WebSocket close code and as a text for people.

use std::borrow::Cow;

use drumbeat_shared::protocol::close::{CloseCode, NO_CODE};

use super::viewer::Role;

/// Why the server ends a connection: a [`CloseCode`] with what its text needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// See [`CloseCode::ShuttingDown`].
    ShuttingDown,
    /// See [`CloseCode::RoomClosed`].
    RoomClosed,
    /// See [`CloseCode::Protocol`]; what was wrong.
    Protocol(&'static str),
    /// See [`CloseCode::NotBinary`].
    NotBinary,
    /// See [`CloseCode::Malformed`]; what was wrong.
    Malformed(String),
    /// See [`CloseCode::OutOfPlace`]; the whole text.
    OutOfPlace(&'static str),
    /// See [`CloseCode::Flooding`].
    Flooding {
        /// Messages a second that are allowed in the long run.
        messages_per_s_max: u32,
    },
    /// See [`CloseCode::TooBig`].
    TooBig {
        /// Bytes that are allowed.
        bytes_max: usize,
    },
    /// See [`CloseCode::RoomFailed`].
    RoomFailed,
    /// See [`CloseCode::Full`]; the whole text.
    Full(&'static str),
    /// See [`CloseCode::NoSpectators`]; the whole text.
    NoSpectators(&'static str),
    /// See [`CloseCode::OutOfDate`].
    OutOfDate,
    /// See [`CloseCode::NoHello`].
    NoHello,
    /// See [`CloseCode::Idle`].
    Idle,
    /// See [`CloseCode::TooSlow`].
    TooSlow,
    /// See [`CloseCode::BadRoomName`].
    BadRoomName,
    /// See [`CloseCode::Afk`].
    Afk {
        /// How long a player may be idle.
        seconds: u32,
    },
    /// See [`CloseCode::Evicted`].
    Evicted,
    /// See [`CloseCode::Left`]; the client's own code.
    Left(Option<u16>),
}

impl CloseReason {
    /// A room has no place for one more of this role.
    #[must_use]
    pub fn room_full(role: Role) -> Self {
        match role {
            Role::Player => Self::Full("the room is full; join another or try again later"),
            Role::Spectator => Self::NoSpectators(
                "this room has no spectator seat left; watch another, or join to play",
            ),
        }
    }

    /// Which reason it is.
    #[must_use]
    pub fn kind(&self) -> CloseCode {
        match self {
            Self::ShuttingDown => CloseCode::ShuttingDown,
            Self::RoomClosed => CloseCode::RoomClosed,
            Self::Protocol(_) => CloseCode::Protocol,
            Self::NotBinary => CloseCode::NotBinary,
            Self::Malformed(_) => CloseCode::Malformed,
            Self::OutOfPlace(_) => CloseCode::OutOfPlace,
            Self::Flooding { .. } => CloseCode::Flooding,
            Self::TooBig { .. } => CloseCode::TooBig,
            Self::RoomFailed => CloseCode::RoomFailed,
            Self::Full(_) => CloseCode::Full,
            Self::NoSpectators(_) => CloseCode::NoSpectators,
            Self::OutOfDate => CloseCode::OutOfDate,
            Self::NoHello => CloseCode::NoHello,
            Self::Idle => CloseCode::Idle,
            Self::TooSlow => CloseCode::TooSlow,
            Self::BadRoomName => CloseCode::BadRoomName,
            Self::Afk { .. } => CloseCode::Afk,
            Self::Evicted => CloseCode::Evicted,
            Self::Left(_) => CloseCode::Left,
        }
    }

    /// The WebSocket close code; a client that closes gets its own code back.
    #[must_use]
    pub fn code(&self) -> u16 {
        match self {
            Self::Left(Some(code)) => *code,
            other => other.kind().code(),
        }
    }

    /// One word for counters and the log.
    #[must_use]
    pub fn label(&self) -> &'static str {
        self.kind().label()
    }

    /// The text for people, cut to the 123 bytes that a close frame holds.
    #[must_use]
    pub fn text(&self) -> Cow<'static, str> {
        let text: Cow<'static, str> = match self {
            Self::ShuttingDown => "the server is shutting down; reconnect in a moment".into(),
            Self::RoomClosed => "the room was closed; join another".into(),
            Self::Protocol(what) => format!("WebSocket protocol violation: {what}").into(),
            Self::NotBinary => "text message received; send only binary messages".into(),
            Self::Malformed(what) => format!("malformed message: {what}").into(),
            Self::OutOfPlace(what) => (*what).into(),
            Self::Flooding { messages_per_s_max } => format!(
                "too many messages or bytes; send at most {messages_per_s_max} messages a second"
            )
            .into(),
            Self::TooBig { bytes_max } => {
                format!("message too long; send at most {bytes_max} bytes").into()
            }
            Self::RoomFailed => "the room failed and was closed; reconnect to a new one".into(),
            Self::Full(what) | Self::NoSpectators(what) => (*what).into(),
            Self::OutOfDate => "this client does not match the server; reload the page".into(),
            Self::NoHello => "no hello in time; send it as the first message".into(),
            Self::Idle => {
                "you were idle too long: nothing was received; send a ping every second".into()
            }
            Self::TooSlow => "your connection is too slow".into(),
            Self::BadRoomName => {
                "not a valid room name; use up to 32 letters, digits, - and _".into()
            }
            Self::Afk { seconds } => format!(
                "you were idle too long: no new controls for {seconds} s; join again to play"
            )
            .into(),
            Self::Evicted => {
                "nobody was playing in this room, so it was closed for another; join another".into()
            }
            Self::Left(_) => "".into(),
        };
        truncate(text, 123)
    }
}

fn truncate(text: Cow<'static, str>, bytes_max: usize) -> Cow<'static, str> {
    if text.len() <= bytes_max {
        return text;
    }
    let end = (0..=bytes_max).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text[..end].to_owned().into()
}

/// A whole WebSocket close frame, as a server sends it (RFC 6455, section 5.5.1).
#[must_use]
pub fn close_frame(reason: &CloseReason) -> Vec<u8> {
    const FINAL_CLOSE: u8 = 0x88;
    let (code, text) = (reason.code(), reason.text());
    if code == NO_CODE {
        return vec![FINAL_CLOSE, 0];
    }
    let mut frame = vec![FINAL_CLOSE, text.len() as u8 + 2];
    frame.extend_from_slice(&code.to_be_bytes());
    frame.extend_from_slice(text.as_bytes());
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_close_frame_holds_code_and_text_and_a_client_gets_its_own_code_back() {
        let check = |reason: CloseReason, code: u16, part: &str| {
            let frame = close_frame(&reason);
            assert_eq!(frame[..2], [0x88, frame.len() as u8 - 2]);
            assert_eq!(frame[2..4], code.to_be_bytes());
            let text = str::from_utf8(&frame[4..]).unwrap();
            assert!(text.contains(part) && text.len() <= 123, "{part} in {text}");
        };
        check(
            CloseReason::Protocol("a frame is not masked"),
            1002,
            "protocol violation: a frame is not masked",
        );
        check(CloseReason::Malformed("ä".repeat(80)), 1007, "malformed message: ää");
        check(CloseReason::Left(Some(4999)), 4999, "");
        assert_eq!(close_frame(&CloseReason::Left(Some(1000))), [0x88, 2, 0x03, 0xe8]);
        assert_eq!(close_frame(&CloseReason::Left(None)), [0x88, 0]);
    }
}
