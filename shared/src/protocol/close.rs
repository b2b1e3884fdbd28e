//! How the server ends connections: the code of the close frame, one word for counters, logs and
//! documents, and the text for people. `PROTOCOL.md` says when each is sent.

/// Stands for a close without a code, and is never sent (RFC 6455, section 7.4.1).
pub const NO_CODE: u16 = 1005;

/// One entry per close code: name, code (RFC 6455, section 7.4; 4000 and up are the
/// application's), label and text.
macro_rules! close_codes {
    ($($(#[doc = $doc:literal])* $name:ident = $code:expr, $label:literal, $text:literal;)*) => {
        /// Why a connection ends. Several reasons may share a code; the label tells them apart.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum CloseCode {
            $($(#[doc = $doc])* $name,)*
        }

        impl CloseCode {
            /// All close codes, in the order of their codes.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The WebSocket close code.
            #[must_use]
            pub const fn code(self) -> u16 {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// One word, lower case.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self {
                    $(Self::$name => $label,)*
                }
            }

            /// What a person reads: what happened, and what to do unless details follow that say
            /// so.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

close_codes! {
    /// The server is shutting down.
    ShuttingDown = 1001, "shutting_down",
        "the server is shutting down; reconnect in a moment";
    /// The room was idle, or was closed.
    RoomClosed = 1001, "room_closed",
        "the room was closed; join another";
    /// The client sent a frame that no client may send.
    Protocol = 1002, "protocol",
        "WebSocket protocol violation";
    /// The client sent a text message.
    NotBinary = 1003, "not_binary",
        "text message received; send only binary messages, or request drumbeat.v1.json to type JSON";
    /// The client closed: it gets its own code back, or none if it gave none.
    Left = NO_CODE, "left",
        "";
    /// A message did not decode, or it held an input that no player can send.
    Malformed = 1007, "malformed",
        "malformed message";
    /// A second hello, or another message out of place.
    OutOfPlace = 1008, "out_of_place",
        "out of place";
    /// More messages, bytes or chat lines than allowed.
    Flooding = 1008, "flooding",
        "too many messages, bytes or chat lines";
    /// A message longer than allowed.
    TooBig = 1009, "too_big",
        "message too long";
    /// The room's rules failed.
    RoomFailed = 1011, "room_failed",
        "the room failed and was closed; reconnect to a new one";
    /// No seat is left.
    Full = 1013, "full",
        "the room is full; join another or try again later";
    /// No seat for a spectator is left.
    NoSpectators = 1013, "no_spectators",
        "this room has no spectator seat left; watch another, or join to play";
    /// The client's address has as many seats as it may have.
    AddressSeats = 1013, "address_seats",
        "your address has as many players here as it may have; try again later";
    /// The client's address plays in as many rooms as it may.
    AddressRooms = 1013, "address_rooms",
        "your address already plays in as many rooms as allowed; join one of those";
    /// The client was built with another game or version.
    OutOfDate = 4001, "out_of_date",
        "this client does not match the server; reload the page";
    /// No hello arrived in time.
    NoHello = 4002, "no_hello",
        "no hello in time; send it as the first message";
    /// The client sent nothing for too long.
    Idle = 4003, "idle",
        "you were idle too long: nothing was received; send a ping every second";
    /// The client took no frame for too long.
    TooSlow = 4004, "too_slow",
        "your connection is too slow";
    /// The room's name is not valid.
    BadRoomName = 4005, "bad_room_name",
        "not a valid room name; use up to 32 letters, digits, - and _";
    /// The player has been idle for too long.
    Afk = 4006, "afk",
        "you were idle too long";
    /// Nobody had played in the room for a while, and a player needed another one.
    Evicted = 4007, "evicted",
        "nobody was playing in this room, so it was closed for another; join another";
    /// The game's rules did not let the player in; the text is theirs.
    Refused = 4008, "refused",
        "this room does not let you in";
    /// Another connection has resumed the player.
    TakenOver = 4009, "taken_over",
        "you play on in another window or tab";
    /// The server lets nobody in without a ticket.
    NeedsTicket = 4010, "needs_ticket",
        "a ticket is needed to play here; sign in where this game is offered";
    /// The client's ticket has ended, or was for one use and has had it.
    TicketEnded = 4011, "ticket_ended",
        "your ticket has ended; get a new one";
    /// The client's ticket does not let it in.
    TicketRefused = 4012, "ticket_refused",
        "the ticket is not valid";
    /// Those who run the server sent the client away; the text may be theirs.
    Kicked = 4020, "kicked",
        "you were sent away from this room";
    /// Those who run the server have banned the client; the text says until when, and why.
    Banned = 4021, "banned",
        "you are banned";
}

/// Longest time after which a close reason asks a client to come back, milliseconds; a client takes
/// a longer one for a mistake.
pub const COME_BACK_MS_MAX: u32 = 600_000;
/// What stands before and behind that time, at the end of the reason.
const COME_BACK: (&str, &str) = ("; come back in ", " ms");

/// The reason with the time after which the client comes back, milliseconds.
#[must_use]
pub fn with_come_back(reason: &str, wait_ms: u32) -> String {
    format!("{reason}{}{}{}", COME_BACK.0, wait_ms.min(COME_BACK_MS_MAX), COME_BACK.1)
}

/// How long a client waits before it connects again, milliseconds, if the reason of its close frame
/// says so.
#[must_use]
pub fn come_back_ms(reason: &str) -> Option<u32> {
    let (_, number) = reason.strip_suffix(COME_BACK.1)?.rsplit_once(COME_BACK.0)?;
    // `parse` takes a sign, too.
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    number.parse().ok().filter(|wait_ms| is_number && *wait_ms <= COME_BACK_MS_MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn labels_are_words_of_their_own_and_codes_may_be_sent() {
        let labels: BTreeSet<_> = CloseCode::ALL.iter().map(|close| close.label()).collect();
        assert_eq!(labels.len(), CloseCode::ALL.len());
        for (index, close) in CloseCode::ALL.iter().enumerate() {
            assert_eq!(*close as usize, index);
            let may_be_sent = matches!(close.code(), 1000..=1003 | 1007..=1014 | 4000..=4999);
            assert!(may_be_sent || *close == CloseCode::Left, "{close:?}");
        }
        assert!(CloseCode::ALL.is_sorted_by_key(|close| close.code()));
    }
}
