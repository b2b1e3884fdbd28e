//! Messages from the server, and which of them a client refuses.

use crate::limits::{SERVER_MESSAGE_BYTES_MAX, TICK_HZ_MAX, TICK_HZ_MIN};
use crate::protocol::codec;
use crate::protocol::messages::Welcome;

/// What a message turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// The server's answer to the hello: map and player are known now.
    Welcome,
    /// A state frame: the view is at its tick now.
    Frame,
}

/// Why a message from the server was refused. The connection should be closed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ClientError(pub String);

/// Refuses a message that is empty or too long.
pub(crate) fn check_length(bytes: &[u8]) -> Result<(), ClientError> {
    match bytes.len() {
        0 => Err(ClientError("an empty message".into())),
        1..=SERVER_MESSAGE_BYTES_MAX => Ok(()),
        length => Err(ClientError(format!("a message of {length} bytes is too long"))),
    }
}

/// The welcome in a control message, if it fits a client with this schema.
pub(crate) fn open_welcome(bytes: &[u8], schema: u64) -> Result<Welcome, ClientError> {
    let welcome: Welcome = codec::decode_server(bytes).map_err(refused)?;
    if welcome.schema != schema {
        return Err(ClientError("the server runs another game or version".into()));
    }
    if !(TICK_HZ_MIN..=TICK_HZ_MAX).contains(&welcome.tick_hz) {
        return Err(ClientError(format!("a tick rate of {} Hz", welcome.tick_hz)));
    }
    Ok(welcome)
}

pub(crate) fn refused(error: impl std::fmt::Display) -> ClientError {
    ClientError(format!("the server sent what is not of the protocol: {error}"))
}
