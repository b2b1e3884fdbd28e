//! Why a connection ends, as a WebSocket close code and as a text for people.

use std::borrow::Cow;

use drumbeat_shared::protocol::close::{CloseCode, NO_CODE, with_come_back};

use super::come_back::ComeBack;
use super::viewer::Role;
use crate::bans::Ban;

/// Bytes that the text of a close frame may have (RFC 6455, section 5.5): 125 without the code.
const TEXT_BYTES_MAX: usize = 123;

/// The code of an end that was meant (RFC 6455, section 7.4.1).
const NORMAL_CODE: u16 = 1000;

/// Why the server ends a connection: a [`CloseCode`], and the text for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseReason {
    kind: CloseCode,
    code: u16,
    text: Cow<'static, str>,
    /// When the clients come back, if they are told.
    come_back: Option<ComeBack>,
}

impl From<CloseCode> for CloseReason {
    /// The reason with the text of its table.
    fn from(kind: CloseCode) -> Self {
        Self::new(kind, kind.text())
    }
}

impl CloseReason {
    /// A reason with a text of its own, cut to the 123 bytes that a close frame holds.
    #[must_use]
    pub fn new(kind: CloseCode, text: impl Into<Cow<'static, str>>) -> Self {
        let text = truncate(text.into(), TEXT_BYTES_MAX);
        Self { kind, code: kind.code(), text, come_back: None }
    }

    /// A reason whose text goes into detail: that of the table, then `what`.
    #[must_use]
    pub fn detailed(kind: CloseCode, what: &str) -> Self {
        Self::new(kind, format!("{}: {what}", kind.text()))
    }

    /// The client closed, with this code if it gave one. It gets the same back.
    #[must_use]
    pub fn left(code: Option<u16>) -> Self {
        Self { code: code.unwrap_or(NO_CODE), ..CloseCode::Left.into() }
    }

    /// The server shuts down, and its clients come back later.
    #[must_use]
    pub fn shutting_down(come_back: ComeBack) -> Self {
        let reason = Self::new(CloseCode::ShuttingDown, "the server is shutting down");
        Self { come_back: Some(come_back), ..reason }
    }

    /// The reason as the client of this connection is told it: with the time after which it comes
    /// back, if there is one.
    #[must_use]
    pub fn to(&self, connection: u64) -> Self {
        let Some(come_back) = self.come_back else { return self.clone() };
        Self::new(self.kind, with_come_back(&self.text, come_back.wait_ms(connection)))
    }

    /// The client is banned.
    #[must_use]
    pub fn banned(ban: &Ban) -> Self {
        Self::new(CloseCode::Banned, ban.text())
    }

    /// A room has no seat left for this role.
    #[must_use]
    pub fn room_full(role: Role) -> Self {
        match role {
            Role::Player => CloseCode::Full.into(),
            Role::Spectator => CloseCode::NoSpectators.into(),
        }
    }

    /// Whether a player who ends for this reason may come back to its place: the connection has
    /// failed, and neither the person nor the server wanted the end. A client that wants it closes
    /// with the code 1000; a page that is left or loaded again gives another one.
    #[must_use]
    pub fn keeps_place(&self) -> bool {
        match self.kind {
            CloseCode::Left => self.code != NORMAL_CODE,
            CloseCode::Idle | CloseCode::TooSlow | CloseCode::TicketEnded => true,
            _ => false,
        }
    }

    /// Whether those who run the server end the player's stay, whether it is connected or not.
    #[must_use]
    pub fn sends_away(&self) -> bool {
        matches!(self.kind, CloseCode::Kicked | CloseCode::Banned)
    }

    /// Which reason it is.
    #[must_use]
    pub fn kind(&self) -> CloseCode {
        self.kind
    }

    /// The WebSocket close code; a client that closes gets its own code back.
    #[must_use]
    pub fn code(&self) -> u16 {
        self.code
    }

    /// One word for counters and the log.
    #[must_use]
    pub fn label(&self) -> &'static str {
        self.kind.label()
    }

    /// The text for people, at most 123 bytes; empty if the client closed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
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
            CloseReason::detailed(CloseCode::Protocol, "a frame is not masked"),
            1002,
            "protocol violation: a frame is not masked",
        );
        check(
            CloseReason::detailed(CloseCode::Malformed, &"ä".repeat(80)),
            1007,
            "malformed message: ää",
        );
        check(CloseReason::left(Some(4999)), 4999, "");
        assert_eq!(close_frame(&CloseReason::left(Some(1000))), [0x88, 2, 0x03, 0xe8]);
        assert_eq!(close_frame(&CloseReason::left(None)), [0x88, 0]);
    }
}
