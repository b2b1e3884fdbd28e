//! A connection, which may follow the protocol or not.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use drumbeat_shared::client::{Client, Received};
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::protocol::messages::Welcome;
use drumbeat_shared::protocol::{CONTROL, SUBPROTOCOL};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::live::within;
use crate::pad::Pad;

/// How long to wait for what may not come.
const QUIET: Duration = Duration::from_millis(10);

/// How far a connection has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The upgrade was refused.
    Refused,
    /// Nothing was heard of the server.
    Open,
    /// The welcome has arrived.
    Playing,
    /// A close frame has arrived.
    Closed(u16, String),
    /// It ended without one.
    Cut,
}

/// A player of a room.
pub(super) type Seat = (String, PlayerId);

/// Who a client is: the player that it plays or has played, and whose ticket it has brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Who {
    pub(super) seat: Option<Seat>,
    pub(super) subject: Option<&'static str>,
}

/// What a client says hello with.
pub(super) struct Hello {
    pub(super) client: Client<Pad>,
    /// Whose ticket it brings.
    pub(super) subject: Option<&'static str>,
    /// Who it says that it is, by a token.
    pub(super) before: Who,
}

pub(super) struct Connection {
    socket: Option<WebSocketStream<TcpStream>>,
    client: Client<Pad>,
    state: State,
    who: Who,
    before: Who,
    has_greeted: bool,
    /// Whether frames of the room that it has left may still come.
    lags: bool,
    /// Whether it has sent only what a client of the protocol sends.
    is_honest: bool,
    began: Instant,
}

impl Connection {
    pub(super) async fn open(to: SocketAddr, path: &str) -> Self {
        let request = format!("ws://{to}{path}").into_client_request();
        let mut request = request.expect("a valid request");
        let protocol = HeaderValue::from_static(SUBPROTOCOL);
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        let stream = TcpStream::connect(to).await.expect("the server listens");
        let socket = within("the upgrade", client_async(request, stream)).await.ok();
        let state = if socket.is_some() { State::Open } else { State::Refused };
        Self {
            socket: socket.map(|(socket, _)| socket),
            client: Client::new("", ""),
            state,
            who: Who::default(),
            before: Who::default(),
            has_greeted: false,
            lags: false,
            is_honest: true,
            began: Instant::now(),
        }
    }

    pub(super) const fn state(&self) -> &State {
        &self.state
    }

    pub(super) const fn client(&self) -> &Client<Pad> {
        &self.client
    }

    pub(super) fn was_welcomed(&self) -> bool {
        self.client.welcome().is_some()
    }

    pub(super) const fn who(&self) -> &Who {
        &self.who
    }

    pub(super) fn has_resumed(&self) -> bool {
        self.client.welcome().is_some_and(|welcome| welcome.resumed.is_some())
    }

    /// Says hello, and waits until that is answered: with a close, or with a welcome and a first frame.
    /// Where it plays already, it leaves and joins anew.
    pub(super) async fn greet(&mut self, hello: Hello) {
        if self.has_greeted && self.state == State::Playing {
            (self.state, self.lags, self.who.seat) = (State::Open, true, None);
        }
        (self.client, self.before, self.has_greeted) = (hello.client, hello.before, true);
        self.who.subject = hello.subject;
        let greeting = self.client.hello();
        self.write(Message::binary(greeting)).await;
        if self.is_honest {
            within("the answer to a hello", async {
                while self.state == State::Open
                    || (self.state == State::Playing && self.client.tick().is_none())
                {
                    self.read().await;
                }
            })
            .await;
        }
    }

    /// Sends what the client has to send.
    pub(super) async fn send_honest(&mut self) {
        while let Some(message) = self.client.transmit(self.now_us()) {
            self.write(Message::binary(message)).await;
        }
    }

    /// Sends a message that the client knows nothing of.
    pub(super) async fn send(&mut self, message: Vec<u8>) {
        self.is_honest = false;
        self.write(Message::binary(message)).await;
    }

    /// Sends a frame that begins with this byte: a type, perhaps reserved bits, perhaps the last of its
    /// message.
    pub(super) async fn send_frame(&mut self, first: u8, payload: &[u8]) {
        let length = u8::try_from(payload.len().min(125)).unwrap_or(125);
        let mask = [0x5a, 0x00, 0xc3, 0x77];
        let masked = payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask);
        let mut frame = vec![first, 0x80 | length];
        frame.extend(mask);
        frame.extend(masked.take(length.into()));
        self.send_raw(&frame).await;
    }

    /// Sends bytes that are no frame, or one that a library would not send.
    pub(super) async fn send_raw(&mut self, bytes: &[u8]) {
        self.is_honest = false;
        let Some(socket) = &mut self.socket else { return };
        let _ = within("a write", socket.get_mut().write_all(bytes)).await;
    }

    /// Begins to close.
    pub(super) async fn close(&mut self, code: u16) {
        self.is_honest = false;
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        self.write(Message::Close(Some(frame))).await;
    }

    /// Is gone, perhaps with a reset.
    pub(super) fn lose(mut self, resets: bool) -> Self {
        if let Some(socket) = self.socket.take().filter(|_| resets) {
            let _ = socket.get_ref().set_zero_linger();
        }
        self
    }

    async fn write(&mut self, message: Message) {
        let Some(socket) = &mut self.socket else { return };
        // Reading finds whether it is closed.
        let _ = within("a write", socket.send(message)).await;
    }

    /// Takes the server's next message, if one comes soon.
    pub(super) async fn read(&mut self) {
        let Some(socket) = &mut self.socket else { return };
        if let Ok(next) = timeout(QUIET, socket.next()).await {
            self.take(next.and_then(Result::ok));
        }
    }

    /// Reads until the server has ended the connection.
    pub(super) async fn read_to_end(mut self) -> Self {
        within("the end of a connection", async {
            while let Some(socket) = &mut self.socket {
                let next = socket.next().await;
                self.take(next.and_then(Result::ok));
            }
        })
        .await;
        self
    }

    /// Takes what has arrived; `None` at the end.
    fn take(&mut self, message: Option<Message>) {
        match message {
            Some(Message::Binary(bytes)) => self.take_binary(&bytes),
            Some(Message::Close(close)) => {
                let (code, text) = close.map_or((1005, String::new()), |close| {
                    (close.code.into(), close.reason.to_string())
                });
                let is_documented = CloseCode::ALL.iter().any(|known| known.code() == code);
                assert!(is_documented || !self.is_honest, "{code} {text}");
                self.state = State::Closed(code, text);
            }
            Some(_) => {}
            None => {
                self.socket = None;
                if !matches!(self.state, State::Closed(..)) {
                    assert!(!self.is_honest, "cut without a word while {:?}", self.state);
                    self.state = State::Cut;
                }
            }
        }
    }

    fn take_binary(&mut self, bytes: &[u8]) {
        if self.lags && bytes.first() != Some(&CONTROL) {
            return;
        }
        self.lags = false;
        assert!(self.has_greeted || !self.is_honest, "a message before the hello");
        let received = self.client.receive(bytes, self.now_us());
        let expected = if self.state == State::Open { Received::Welcome } else { Received::Frame };
        assert!(received == Ok(expected) || !self.is_honest, "{received:?} of {bytes:?}");
        if self.state == State::Open && received.is_ok() {
            self.welcomed();
        }
        while self.client.notice().is_some() {}
    }

    fn welcomed(&mut self) {
        self.state = State::Playing;
        let welcome = self.client.welcome();
        let seat = |welcome: &Welcome| Some((welcome.room.clone(), welcome.player?));
        self.who.seat = welcome.and_then(seat);
        if self.has_resumed() {
            // Without another ticket, it goes on with the one of before.
            self.who.subject = self.who.subject.or(self.before.subject);
            let before =
                Who { subject: self.before.subject.or(self.who.subject), ..self.before.clone() };
            assert_eq!(self.who, before, "somebody else came back");
        }
    }

    fn now_us(&self) -> u64 {
        self.began.elapsed().as_micros() as u64
    }
}
