//! One WebSocket to the server, and the ways in which a connection ends.

use std::fmt;
use std::io;
use std::net::SocketAddr;

use drumbeat_shared::limits::SERVER_MESSAGE_BYTES_MAX;
use drumbeat_shared::protocol::SUBPROTOCOL;
use drumbeat_shared::protocol::close::NO_CODE;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::ClientRequestBuilder;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::http::Uri;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::arrival::Stamped;
use crate::throttle::Throttled;
use crate::url::ServerUrl;

/// Bytes of a connection's read buffer. It holds several frames, and grows for the welcome.
const READ_BUFFER_BYTES: usize = 4 << 10;
/// Bytes of a connection's write buffer. It holds an input and a ping.
const WRITE_BUFFER_BYTES: usize = 1 << 10;
/// Bytes of an answer's text that are kept.
const REASON_BYTES_MAX: usize = 160;

/// A bot's connection.
pub(crate) type Socket = WebSocketStream<Throttled<Stamped>>;

/// A server that was found to listen.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its URL.
    pub url: ServerUrl,
    /// The address that answered.
    pub address: SocketAddr,
}

impl Target {
    /// Looks the host up and takes its first address where somebody listens.
    ///
    /// # Errors
    /// When there is no such host, or nobody listens.
    pub async fn find(url: &ServerUrl) -> Result<Self, io::Error> {
        let host = url.host().trim_matches(['[', ']']);
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
        for address in tokio::net::lookup_host((host, url.port())).await? {
            match TcpStream::connect(address).await {
                Ok(_) => {
                    return Ok(Self { url: url.clone(), address });
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// What an HTTP request names as its host.
    #[must_use]
    pub fn host(&self) -> String {
        format!("{}:{}", self.url.host(), self.url.port())
    }

    /// Opens a WebSocket. `receive_buffer_bytes` asks for a small `SO_RCVBUF`.
    pub(crate) async fn connect(
        &self,
        receive_buffer_bytes: Option<u32>,
    ) -> Result<Socket, Ending> {
        let socket = match self.address {
            SocketAddr::V4(_) => TcpSocket::new_v4(),
            SocketAddr::V6(_) => TcpSocket::new_v6(),
        }?;
        if let Some(bytes) = receive_buffer_bytes {
            socket.set_recv_buffer_size(bytes)?;
        }
        socket.set_nodelay(true)?;
        let stream = socket.connect(self.address).await?;
        let uri = self.url.to_string().parse::<Uri>().expect("it was parsed before");
        let request = ClientRequestBuilder::new(uri).with_sub_protocol(SUBPROTOCOL);
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(WRITE_BUFFER_BYTES)
            .max_message_size(Some(SERVER_MESSAGE_BYTES_MAX))
            .max_frame_size(Some(SERVER_MESSAGE_BYTES_MAX));
        let stream = Throttled::new(Stamped::new(stream)?);
        let (socket, _) =
            tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await?;
        Ok(socket)
    }
}

/// How a connection ended, or why there was none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The server closed it.
    Closed {
        /// The WebSocket close code; [`NO_CODE`] when there was none.
        code: u16,
        /// The server's words.
        text: String,
    },
    /// Something else: an I/O error, an HTTP status, a message that is not one.
    Broken(String),
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed { code, text } if text.is_empty() => write!(f, "{code}"),
            Self::Closed { code, text } => write!(f, "{code} {text}"),
            Self::Broken(what) => f.write_str(what),
        }
    }
}

impl From<io::Error> for Ending {
    fn from(error: io::Error) -> Self {
        // What this process itself may open is no kind of its own in std.
        if error.raw_os_error() == Some(24) {
            return Self::Broken("too many open files; raise the limit with `ulimit -n`".into());
        }
        Self::Broken(error.kind().to_string())
    }
}

impl From<Error> for Ending {
    fn from(error: Error) -> Self {
        match error {
            Error::Io(error) => error.into(),
            Error::ConnectionClosed | Error::AlreadyClosed => Self::unannounced(),
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Self::unannounced(),
            Error::Http(response) => {
                let body = response.body().as_deref().unwrap_or(&[]);
                let text = String::from_utf8_lossy(&body[..body.len().min(REASON_BYTES_MAX)]);
                let line = text.lines().next().unwrap_or("").trim();
                Self::Broken(format!("HTTP {} {line}", response.status()).trim().to_owned())
            }
            error => Self::Broken(error.to_string()),
        }
    }
}

impl From<Option<CloseFrame>> for Ending {
    fn from(frame: Option<CloseFrame>) -> Self {
        let (code, text) = frame.map_or((NO_CODE, String::new()), |frame| {
            (frame.code.into(), frame.reason.as_str().to_owned())
        });
        Self::Closed { code, text }
    }
}

impl Ending {
    /// The code and the first words: the same for all endings of one sort, whatever their details.
    #[must_use]
    pub fn label(&self) -> String {
        let text = self.to_string();
        let end = text.find([':', ';']).unwrap_or(text.len());
        text[..end].to_owned()
    }

    fn unannounced() -> Self {
        Self::Broken("ended without a close".to_owned())
    }
}

/// The binary message in what a socket's stream gave; `None` for another that needs no attention.
///
/// # Errors
/// When the connection ended.
pub(crate) fn binary(
    item: Option<Result<Message, Error>>,
) -> Result<Option<tokio_tungstenite::tungstenite::Bytes>, Ending> {
    match item {
        Some(Ok(Message::Binary(bytes))) => Ok(Some(bytes)),
        Some(Ok(Message::Close(frame))) => Err(frame.into()),
        Some(Ok(_)) => Ok(None),
        Some(Err(error)) => Err(error.into()),
        None => Err(Ending::unannounced()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_say_code_and_text() {
        let closed = |code, text: &str| Ending::Closed { code, text: text.into() }.to_string();
        assert_eq!(closed(1008, "too many messages"), "1008 too many messages");
        assert_eq!(closed(1005, ""), "1005");
        let malformed =
            Ending::Closed { code: 1007, text: "malformed message: 12 bytes too many".into() };
        assert_eq!(malformed.label(), "1007 malformed message");
        let reset = io::Error::from(io::ErrorKind::ConnectionReset);
        assert_eq!(Ending::from(reset).to_string(), "connection reset");
    }
}
