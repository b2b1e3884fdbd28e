//! bincode, with its traps closed: the only file that names it.
//!
//! Without a limit a nine-byte message can ask for an allocation that ends the process; trailing
//! bytes are ignored unless the consumed length is checked. The limit does not stop a sequence of
//! zero-sized elements, so no message holds one.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::limits::{CLIENT_MESSAGE_BYTES_MAX, NOTE_BYTES_MAX, SERVER_MESSAGE_BYTES_MAX};

/// Why bytes were refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not a value of the expected type, or larger than its limit.
    #[error("not a valid message: {0}")]
    Invalid(String),
    /// A valid value, and then more.
    #[error("{0} bytes too many at the end of the message")]
    Trailing(usize),
}

/// What a value may claim while it is decoded, for each byte it may have on the wire: bincode
/// charges every integer and length at its full width, up to 8 bytes, however few it takes.
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
/// Only for a type that serde cannot write without knowing its length first; no message is one.
#[must_use]
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    bincode::serde::encode_to_vec(value, bincode::config::standard())
        .expect("messages have known lengths")
}

/// Decodes a message of a client: at most `CLIENT_MESSAGE_BYTES_MAX` bytes.
///
/// # Errors
/// When the bytes are not exactly one such message.
pub fn decode_client<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    decode_all::<T, { CLAIM_PER_BYTE * CLIENT_MESSAGE_BYTES_MAX }>(bytes)
}

/// Decodes a message of the server, or a part of one: at most `SERVER_MESSAGE_BYTES_MAX` bytes.
///
/// # Errors
/// When the bytes are not exactly one such value.
pub fn decode_server<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    decode_all::<T, { CLAIM_PER_BYTE * SERVER_MESSAGE_BYTES_MAX }>(bytes)
}

/// Decodes the note at the start of `bytes` and returns how many bytes it took.
///
/// # Errors
/// When the bytes do not start with a note of at most `NOTE_BYTES_MAX` bytes.
pub fn decode_note<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, usize), DecodeError> {
    let note = &bytes[..bytes.len().min(NOTE_BYTES_MAX)];
    decode::<T, { CLAIM_PER_BYTE * NOTE_BYTES_MAX }>(note)
}
