//! bincode with its traps closed; no other file names it.
//!
//! Without a limit a nine-byte message can ask for an allocation that ends the process, and bincode
//! ignores trailing bytes unless the consumed length is checked. The limit does not stop a sequence
//! of zero-sized elements, so no message holds one.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::limits::{
    CHECKPOINT_BYTES_MAX, CLIENT_MESSAGE_BYTES_MAX, NOTE_BYTES_MAX, SERVER_MESSAGE_BYTES_MAX,
};

/// Why bytes were refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not a value of the expected type, or larger than its limit.
    #[error("not a valid message: {0}")]
    Invalid(String),
    /// A valid value, followed by more bytes.
    #[error("{0} bytes too many at the end of the message")]
    Trailing(usize),
}

/// Bytes that a value may claim while it is decoded, for each byte on the wire: bincode charges
/// every integer and length at its full width, up to 8 bytes, however few it takes.
const CLAIM_PER_BYTE: usize = 8;

fn config<const LIMIT: usize>() -> impl bincode::config::Config {
    bincode::config::standard().with_limit::<LIMIT>()
}

fn decode<T: DeserializeOwned, const CLAIM: usize>(
    bytes: &[u8],
) -> Result<(T, usize), DecodeError> {
    bincode::serde::decode_from_slice(bytes, config::<CLAIM>())
        .map_err(|error| DecodeError::Invalid(error.to_string()))
}

fn decode_all<T: DeserializeOwned, const CLAIM: usize>(bytes: &[u8]) -> Result<T, DecodeError> {
    if bytes.len() > CLAIM / CLAIM_PER_BYTE {
        return Err(DecodeError::Invalid(format!("{} bytes are too many", bytes.len())));
    }
    let (value, used) = decode::<T, CLAIM>(bytes)?;
    match bytes.len() - used {
        0 => Ok(value),
        more => Err(DecodeError::Trailing(more)),
    }
}

/// Encodes a value: variable-length little-endian integers, no field names.
///
/// # Panics
/// Only for a type that serde cannot write without knowing its length first, which no message is.
#[must_use]
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    bincode::serde::encode_to_vec(value, bincode::config::standard())
        .expect("messages have known lengths")
}

/// Decodes a client's message of up to `CLIENT_MESSAGE_BYTES_MAX` bytes.
///
/// # Errors
/// When the bytes are not exactly one such message.
pub fn decode_client<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    decode_all::<T, { CLAIM_PER_BYTE * CLIENT_MESSAGE_BYTES_MAX }>(bytes)
}

/// The `schema` of a client's message if it is a hello: its place is the same in all revisions of the
/// protocol, so that a client of another one is known by it, whatever follows.
#[must_use]
pub fn schema_of_hello(bytes: &[u8]) -> Option<u64> {
    const HELLO: u32 = 0;
    let head = decode::<(u32, u64), { CLAIM_PER_BYTE * CLIENT_MESSAGE_BYTES_MAX }>(bytes);
    let ((message, schema), _) = head.ok()?;
    (message == HELLO).then_some(schema)
}

/// Decodes a server's message, or a part of one, of up to `SERVER_MESSAGE_BYTES_MAX` bytes.
///
/// # Errors
/// When the bytes are not exactly one such value.
pub fn decode_server<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    decode_all::<T, { CLAIM_PER_BYTE * SERVER_MESSAGE_BYTES_MAX }>(bytes)
}

/// Decodes the content of a checkpoint, of up to `CHECKPOINT_BYTES_MAX` bytes.
///
/// # Errors
/// When the bytes are not exactly one such value.
pub fn decode_checkpoint<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    decode_all::<T, { CLAIM_PER_BYTE * CHECKPOINT_BYTES_MAX }>(bytes)
}

/// Decodes the note at the start of `bytes` and returns how many bytes it took.
///
/// # Errors
/// When the bytes do not start with a note of up to `NOTE_BYTES_MAX` bytes.
pub fn decode_note<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, usize), DecodeError> {
    let note = &bytes[..bytes.len().min(NOTE_BYTES_MAX)];
    decode::<T, { CLAIM_PER_BYTE * NOTE_BYTES_MAX }>(note)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{PlayerId, Tick};
    use crate::limits::{
        CHAT_BYTES_MAX, CHAT_SENT_BYTES_MAX, COMMAND_BYTES_MAX, MAP_BYTES_MAX, NAME_BYTES_MAX,
        NAMES_PER_REQUEST_MAX, RECORD_BYTES_MAX, REFUSAL_BYTES_MAX, ROOM_NAME_BYTES_MAX,
        SCHEMA_BYTES_MAX, TICKET_BYTES_MAX,
    };
    use crate::protocol::messages::{
        ClientMessage, Hello, Note, ResumeOffer, ResumeRequest, ResumeToken, Watch, Welcome,
    };

    type FromClient = ClientMessage<[u64; 8], Vec<u8>>;

    const PLAYER: PlayerId = PlayerId(u16::MAX);
    const TICK: Tick = Tick(u32::MAX);

    /// Every client message at its largest.
    fn largest_of_client() -> Vec<FromClient> {
        let (tick, seen) = (TICK, TICK);
        vec![
            ClientMessage::Hello(Hello {
                schema: u64::MAX,
                room: "r".repeat(ROOM_NAME_BYTES_MAX),
                name: "n".repeat(NAME_BYTES_MAX),
                spectate: true,
                resume: Some(ResumeRequest { token: ResumeToken([0xff; 16]), seen: TICK }),
                ticket: Some("t".repeat(TICKET_BYTES_MAX)),
                encoding: u8::MAX,
            }),
            ClientMessage::Ticket { ticket: "t".repeat(TICKET_BYTES_MAX) },
            ClientMessage::Input { tick: seen, seen, view_delay: i16::MIN, input: [u64::MAX; 8] },
            ClientMessage::Ping { sent_us: u64::MAX, seen },
            ClientMessage::Chat { text: "t".repeat(CHAT_SENT_BYTES_MAX) },
            ClientMessage::Names { players: vec![PLAYER; NAMES_PER_REQUEST_MAX] },
            ClientMessage::Resync { tick, expected: u32::MAX, actual: u32::MAX },
            ClientMessage::Watch(Watch::Place { x: i32::MIN, y: i32::MIN }),
            ClientMessage::Command { number: u32::MAX, command: vec![255; COMMAND_BYTES_MAX - 3] },
            ClientMessage::Whisper { to: PLAYER, text: "t".repeat(CHAT_SENT_BYTES_MAX) },
            ClientMessage::Report { line: u32::MAX },
            ClientMessage::Reread { document: 255, expected: u32::MAX, actual: u32::MAX },
        ]
    }

    /// Every note at its largest; the event makes it exactly `NOTE_BYTES_MAX` bytes.
    fn largest_notes() -> Vec<Note<Vec<u8>>> {
        let name = "n".repeat(NAME_BYTES_MAX);
        vec![
            Note::Pong {
                sent_us: u64::MAX,
                held_us: u32::MAX,
                margin_us: Some(i32::MIN),
                late: u16::MAX,
            },
            Note::Names(vec![(PLAYER, name.clone()); NAMES_PER_REQUEST_MAX]),
            Note::Event(vec![255; NOTE_BYTES_MAX - 4]),
            Note::Record { document: 255, id: u32::MAX, record: vec![255; RECORD_BYTES_MAX] },
            Note::Removed { document: 255, id: u32::MAX },
            Note::Cleared { document: 255 },
            Note::Whole { document: 255, checksum: u32::MAX },
            Note::Taken { number: u32::MAX },
            Note::Refused { number: Some(u32::MAX), reason: "r".repeat(REFUSAL_BYTES_MAX) },
            Note::Whisper {
                from: PLAYER,
                from_name: name.clone(),
                to: PLAYER,
                to_name: name,
                text: "t".repeat(CHAT_BYTES_MAX),
            },
            Note::Missed { events: u32::MAX },
            Note::TicketEnds { in_s: u16::MAX },
        ]
    }

    #[test]
    fn a_hello_of_any_revision_says_its_schema() {
        let hello = FromClient::Hello(Hello::new(u64::MAX - 7, "Ada", ""));
        let bytes = encode(&hello);
        assert_eq!(schema_of_hello(&bytes), Some(u64::MAX - 7));
        assert_eq!(schema_of_hello(&bytes[..bytes.len() - 1]), Some(u64::MAX - 7));
        assert_eq!(schema_of_hello(&[bytes, vec![9; 40]].concat()), Some(u64::MAX - 7));
        assert_eq!(schema_of_hello(&encode(&FromClient::Chat { text: "hello".into() })), None);
        assert_eq!(schema_of_hello(&[]), None);
    }

    #[test]
    fn the_largest_messages_of_a_client_decode() {
        for message in largest_of_client() {
            let bytes = encode(&message);
            assert!(bytes.len() <= CLIENT_MESSAGE_BYTES_MAX, "{} bytes", bytes.len());
            assert_eq!(decode_client::<FromClient>(&bytes).as_ref(), Ok(&message));
        }
    }

    #[test]
    fn the_largest_notes_decode() {
        for note in largest_notes() {
            let mut bytes = encode(&note);
            let used = bytes.len();
            assert!(used <= NOTE_BYTES_MAX, "{used} bytes");
            // Whatever follows it in the frame.
            bytes.extend([255; 100]);
            assert_eq!(decode_note(&bytes), Ok((note, used)));
        }
        assert_eq!(encode(&largest_notes()[2]).len(), NOTE_BYTES_MAX);
        let longer = encode(&Note::Event(vec![0_u8; NOTE_BYTES_MAX - 3]));
        assert!(decode_note::<Note<Vec<u8>>>(&longer).is_err());
    }

    #[test]
    fn the_largest_welcome_decodes_and_so_does_its_map() {
        // Each takes one byte on the wire and is charged as eight.
        let map = vec![0_u64; MAP_BYTES_MAX - 5];
        let welcome = Welcome {
            schema: u64::MAX,
            player: Some(PLAYER),
            name: "n".repeat(NAME_BYTES_MAX),
            room: "r".repeat(ROOM_NAME_BYTES_MAX),
            tick_hz: u16::MAX,
            chat_per_10s: u16::MAX,
            predictions: u64::MAX,
            map: encode(&map),
            resume: Some(ResumeOffer { token: ResumeToken([0xff; 16]), keep_s: u16::MAX }),
            resumed: Some(u32::MAX),
            schema_text: Some("s".repeat(SCHEMA_BYTES_MAX)),
        };
        assert_eq!(welcome.map.len(), MAP_BYTES_MAX);
        let bytes = encode(&welcome);
        assert!(bytes.len() < SERVER_MESSAGE_BYTES_MAX);
        assert_eq!(decode_server::<Welcome>(&bytes).as_ref(), Ok(&welcome));
        assert_eq!(decode_server::<Vec<u64>>(&welcome.map), Ok(map));
    }

    #[test]
    fn trailing_and_missing_bytes_are_errors() {
        for message in largest_of_client() {
            let mut bytes = encode(&message);
            for end in 0..bytes.len() {
                assert!(decode_client::<FromClient>(&bytes[..end]).is_err(), "{end} bytes");
            }
            bytes.push(0);
            let error = decode_client::<FromClient>(&bytes).unwrap_err();
            assert_eq!(error, DecodeError::Trailing(1));
        }
        let long = vec![0; CLIENT_MESSAGE_BYTES_MAX + 1];
        assert!(decode_client::<Vec<u8>>(&long).is_err());
    }

    /// An allocation of the lengths claimed here would end the process.
    #[test]
    fn huge_lengths_are_errors() {
        let lengths =
            [9_000, 1 << 24, 1 << 32, 1 << 40, i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX];
        for length in lengths {
            let claim = encode(&length);
            let behind = |start: &[u8]| [start, &claim[..], &[b'x'; 64][..]].concat();
            // Chat, names, and the hello's room and name, by the number of their variant.
            for start in [&[3][..], &[4], &[0, 7], &[0, 7, 1, b'r']] {
                let bytes = behind(start);
                assert!(decode_client::<FromClient>(&bytes).is_err(), "{length} at {start:?}");
            }
            for start in [&[1][..], &[1, 1, 5], &[2], &[3, 5], &[3, 5, 1, b'n']] {
                let bytes = behind(start);
                assert!(decode_note::<Note<Vec<u8>>>(&bytes).is_err(), "{length} at {start:?}");
            }
            for start in [&[7, 5][..], &[7, 5, 1, b'n'], &[7, 5, 1, b'n', 1, b'r', 20]] {
                let bytes = behind(start);
                assert!(decode_server::<Welcome>(&bytes).is_err(), "{length} at {start:?}");
            }
            assert!(decode_server::<Vec<u64>>(&behind(&[])).is_err(), "a map of {length}");
        }
    }
}
