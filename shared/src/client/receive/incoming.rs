//! What a client refuses of what comes from the server.

use crate::client::ClientError;
use crate::limits::{SERVER_MESSAGE_BYTES_MAX, TICK_HZ_MAX, TICK_HZ_MIN};
use crate::protocol::codec;
use crate::protocol::messages::Welcome;

/// Refuses what is empty or too long to be a message of the server.
pub(crate) fn check_length(bytes: &[u8]) -> Result<(), ClientError> {
    match bytes.len() {
        0 => Err(ClientError("an empty message".into())),
        1..=SERVER_MESSAGE_BYTES_MAX => Ok(()),
        length => Err(ClientError(format!("a message of {length} bytes is too long"))),
    }
}

/// The welcome in a control message, if it is one to a client with this schema.
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
