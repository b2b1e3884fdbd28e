//! Why a connection ends, in the words of the WebSocket protocol and of a person.

use std::borrow::Cow;

use super::viewer::Role;

/// Stands for a close without a code, and is never sent (RFC 6455, section 7.4.1).
const NO_CODE: u16 = 1005;

/// Why the server ends a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// The server is ending (1001).
    ShuttingDown,
    /// The player's room was idle, or was closed (1001).
    RoomClosed,
    /// A frame came that no client may send (1002).
    Protocol(&'static str),
    /// A text message came (1003).
    NotBinary,
    /// A message did not decode, or its input was not one a player can send (1007).
    Malformed(String),
    /// A second hello, or another message out of place (1008).
    OutOfPlace(&'static str),
    /// More messages, bytes or chat lines than allowed (1008).
    Flooding {
        /// Messages a second that are allowed for long.
        messages_per_s_max: u32,
    },
    /// A message longer than allowed (1009).
    TooBig {
        /// Bytes that are allowed.
        bytes_max: usize,
    },
    /// The room's rules failed (1011).
    RoomFailed,
    /// No place is left (1013).
    Full(&'static str),
    /// No place for a spectator is left (1013).
    NoSpectators(&'static str),
    /// The client was built with another game or version (4001).
    OutOfDate,
    /// No hello in time (4002).
    NoHello,
    /// Nothing was heard for too long (4003).
    Idle,
    /// Nothing was taken for too long (4004).
    TooSlow,
    /// The room's name is not one (4005).
    BadRoomName,
    /// The player has been idle for too long (4006).
    Afk {
        /// For how long it may be.
        seconds: u32,
    },
    /// Nobody played in the room, and another was asked for (4007).
    GaveWay,
    /// The client closed: it gets its own code back, or none if it gave none.
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

    /// The WebSocket close code (RFC 6455, section 7.4; 4000 and up are the application's).
    #[must_use]
    pub fn code(&self) -> u16 {
        match self {
            Self::ShuttingDown | Self::RoomClosed => 1001,
            Self::Protocol(_) => 1002,
            Self::NotBinary => 1003,
            Self::Malformed(_) => 1007,
            Self::OutOfPlace(_) | Self::Flooding { .. } => 1008,
            Self::TooBig { .. } => 1009,
            Self::RoomFailed => 1011,
            Self::Full(_) | Self::NoSpectators(_) => 1013,
            Self::OutOfDate => 4001,
            Self::NoHello => 4002,
            Self::Idle => 4003,
            Self::TooSlow => 4004,
            Self::BadRoomName => 4005,
            Self::Afk { .. } => 4006,
            Self::GaveWay => 4007,
            Self::Left(code) => code.unwrap_or(NO_CODE),
        }
    }

    /// One word for counters.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::ShuttingDown => "shutting_down",
            Self::RoomClosed => "room_closed",
            Self::Protocol(_) => "protocol",
            Self::NotBinary => "not_binary",
            Self::Malformed(_) => "malformed",
            Self::OutOfPlace(_) => "out_of_place",
            Self::Flooding { .. } => "flooding",
            Self::TooBig { .. } => "too_big",
            Self::RoomFailed => "room_failed",
            Self::Full(_) => "full",
            Self::NoSpectators(_) => "no_spectators",
            Self::OutOfDate => "out_of_date",
            Self::NoHello => "no_hello",
            Self::Idle => "idle",
            Self::TooSlow => "too_slow",
            Self::BadRoomName => "bad_room_name",
            Self::Afk { .. } => "afk",
            Self::GaveWay => "gave_way",
            Self::Left(_) => "left",
        }
    }

    /// What a person is told; cut to the 123 bytes that a close frame holds.
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
            Self::GaveWay => {
                "nobody was playing in this room, so it gave way to another; join another".into()
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
