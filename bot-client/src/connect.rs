//! One WebSocket to the server, and how a connection ends.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use drumbeat_shared::limits::SERVER_MESSAGE_BYTES_MAX;
use drumbeat_shared::protocol::SUBPROTOCOL;
use drumbeat_shared::protocol::close::{NO_CODE, come_back_ms};
use futures_util::StreamExt;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::error::Elapsed;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::ClientRequestBuilder;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::http::{Response, StatusCode, Uri};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::arrival::Stamped;
use crate::throttle::Throttled;
use crate::url::ServerUrl;
use crate::wire::Wire;

/// Bytes of a connection's read buffer. It holds several frames and grows for the welcome.
const READ_BUFFER_BYTES: usize = 4 << 10;
/// Bytes of a connection's write buffer. It holds an input and a ping.
const WRITE_BUFFER_BYTES: usize = 1 << 10;
/// Limit of stored bytes of a refusal's text: each different one is stored.
const REASON_BYTES_MAX: usize = 400;

/// How long a send may block; the server gives its players the same time.
pub(crate) const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a leaving bot waits for the server to close the connection too.
const LEAVE_TIMEOUT: Duration = Duration::from_secs(1);

/// A bot's connection.
pub(crate) type Socket = WebSocketStream<Wire>;

/// A server that listens.
#[derive(Clone)]
pub struct Target {
    /// Its URL.
    pub url: ServerUrl,
    /// The address that answered.
    pub address: SocketAddr,
    /// What encrypts, for a URL of `wss://`.
    pub tls: Option<TlsConnector>,
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut target = f.debug_struct("Target");
        target.field("url", &self.url).field("address", &self.address).finish_non_exhaustive()
    }
}

impl Target {
    /// Resolves the host and takes its first address that accepts a connection.
    ///
    /// # Errors
    /// When there is no such host, or nobody listens.
    pub async fn find(url: &ServerUrl, tls: Option<TlsConnector>) -> Result<Self, io::Error> {
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
        for address in url.host().addresses().await? {
            match TcpStream::connect(address).await {
                Ok(_) => {
                    return Ok(Self { url: url.clone(), address, tls });
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    async fn encrypt<S>(&self, tls: &TlsConnector, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let name =
            ServerName::try_from(self.url.host().name().to_owned()).map_err(io::Error::other)?;
        tls.connect(name, stream).await
    }

    /// Opens a WebSocket. `receive_buffer_bytes` requests a small `SO_RCVBUF`.
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
        let stream = match &self.tls {
            Some(tls) => Wire::Tls(Box::new(self.encrypt(tls, stream).await?)),
            None => Wire::Plain(stream),
        };
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
        /// The server's close reason.
        text: String,
    },
    /// The peer is no Drumbeat server, or the game is not at this path.
    NoGame(String),
    /// Anything else: an I/O error, a refusal, an invalid message.
    Broken(String),
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed { code, text } if text.is_empty() => write!(f, "{code}"),
            Self::Closed { code, text } => write!(f, "{code} {text}"),
            Self::NoGame(what) | Self::Broken(what) => f.write_str(what),
        }
    }
}

impl From<io::Error> for Ending {
    fn from(error: io::Error) -> Self {
        // std has no `ErrorKind` for this process's limit of open files (EMFILE).
        if error.raw_os_error() == Some(24) {
            return Self::Broken("too many open files; raise the limit with `ulimit -n`".into());
        }
        match error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>()) {
            Some(error @ rustls::Error::InvalidCertificate(_)) => Self::NoGame(format!(
                "{error}; believe its certificate with --ca, or anybody's with --insecure"
            )),
            Some(error) => Self::NoGame(format!("{error}; give a ws:// URL if it has no TLS")),
            None => Self::Broken(error.kind().to_string()),
        }
    }
}

impl From<Error> for Ending {
    fn from(error: Error) -> Self {
        match error {
            Error::Io(error) => error.into(),
            Error::ConnectionClosed | Error::AlreadyClosed => Self::unannounced(),
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Self::unannounced(),
            Error::Protocol(ProtocolError::HandshakeIncomplete) => {
                Self::Broken("closed before the handshake was done".to_owned())
            }
            Error::Protocol(ProtocolError::WrongHttpVersion) => {
                Self::NoGame("HTTP/1.0, no WebSocket".to_owned())
            }
            Error::Protocol(
                error @ (ProtocolError::MissingConnectionUpgradeHeader
                | ProtocolError::MissingUpgradeWebSocketHeader
                | ProtocolError::SecWebSocketAcceptKeyMismatch
                | ProtocolError::SecWebSocketSubProtocolError(_)
                | ProtocolError::HttparseError(_)),
            ) => Self::NoGame(error.to_string()),
            Error::Http(response) => Self::refused(&response),
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
    /// The code and the start of the text: equal for all endings of one kind, whatever the details.
    #[must_use]
    pub fn label(&self) -> String {
        let text = self.to_string();
        let end = text.find([':', ';']).unwrap_or(text.len());
        text[..end].to_owned()
    }

    /// The ending for an HTTP response in place of the game. A Drumbeat server that refuses a
    /// player answers with one of a few statuses.
    fn refused(response: &Response<Option<Vec<u8>>>) -> Self {
        let body = response.body().as_deref().unwrap_or(&[]);
        let text = String::from_utf8_lossy(body);
        let status = response.status();
        // A Drumbeat server refuses in plain text; an HTML page comes from another server.
        let line = text.lines().next().unwrap_or("").trim();
        let line = if line.starts_with('<') { "" } else { line };
        let colon = if line.is_empty() { "" } else { ": " };
        let what = format!("HTTP {status}{colon}{}", shortened(line));
        match status {
            StatusCode::FORBIDDEN
            | StatusCode::MISDIRECTED_REQUEST
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::SERVICE_UNAVAILABLE => Self::Broken(what),
            _ => Self::NoGame(what),
        }
    }

    /// How long the server asks the client to stay away before it comes back, if it does.
    #[must_use]
    pub fn come_back(&self) -> Option<Duration> {
        let Self::Closed { text, .. } = self else { return None };
        come_back_ms(text).map(|wait_ms| Duration::from_millis(wait_ms.into()))
    }

    fn unannounced() -> Self {
        Self::Broken("ended without a close".to_owned())
    }
}

/// The binary message in an item of a socket's stream; `None` for a message that needs no
/// attention.
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

/// The outcome of a write limited by [`SEND_TIMEOUT`]. The server's close frame says more than a
/// failed write.
pub(crate) async fn sent(
    socket: &mut Socket,
    outcome: Result<Result<(), Ending>, Elapsed>,
) -> Result<(), Ending> {
    match outcome {
        Ok(Ok(())) => Ok(()),
        Ok(Err(ending)) => Err(last_words(socket).await.unwrap_or(ending)),
        Err(_) => {
            let seconds = SEND_TIMEOUT.as_secs();
            Err(Ending::Broken(format!("nothing could be sent for {seconds} s")))
        }
    }
}

/// The server's close frame if it has arrived.
async fn last_words(socket: &mut Socket) -> Option<Ending> {
    let reading = async {
        loop {
            if let Err(ending) = binary(socket.next().await) {
                return matches!(ending, Ending::Closed { .. }).then_some(ending);
            }
        }
    };
    timeout(LEAVE_TIMEOUT, reading).await.ok().flatten()
}

/// Leaves: closes the connection with the WebSocket closing handshake.
pub(crate) async fn leave(mut socket: Socket) {
    let goodbye = async {
        let frame = CloseFrame { code: CloseCode::Normal, reason: "".into() };
        if socket.close(Some(frame)).await.is_ok() {
            while let Some(Ok(_)) = socket.next().await {}
        }
    };
    // The bot ignores whether the server answers.
    let _ = timeout(LEAVE_TIMEOUT, goodbye).await;
}

/// A text that fits into a report: a longer one ends with its last whole word.
fn shortened(text: &str) -> Cow<'_, str> {
    if text.len() <= REASON_BYTES_MAX {
        return text.into();
    }
    let end = (0..=REASON_BYTES_MAX).rev().find(|end| text.is_char_boundary(*end));
    let start = &text[..end.unwrap_or(0)];
    let words = start.rsplit_once(' ').map_or(start, |(words, _)| words);
    format!("{words} …").into()
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

    #[test]
    fn a_text_that_is_too_long_ends_with_a_whole_word() {
        let words = "no more than this ";
        for text in [words.trim(), &"x".repeat(REASON_BYTES_MAX)] {
            assert_eq!(shortened(text), text);
        }
        let long = words.repeat(40);
        let short = shortened(&long);
        let start = short.strip_suffix(" …").unwrap();
        assert!(start.len() > REASON_BYTES_MAX - 8 && start.len() <= REASON_BYTES_MAX);
        assert!(long.starts_with(&format!("{start} ")), "{short}");
        let one = "é".repeat(REASON_BYTES_MAX);
        assert_eq!(shortened(&one), format!("{} …", &one[..REASON_BYTES_MAX]));
    }
}
