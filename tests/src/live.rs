//! A server, and a well-behaved player built on the client core.
//!
//! Here, and not in a test, so that the server of [`Toy`] is compiled once for all that use it.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use drumbeat_server::config::{Config, Settings};
use drumbeat_server::{RunError, Server as Program, net};
use drumbeat_shared::client::Client;
use drumbeat_shared::game::Game;
use drumbeat_shared::protocol::codec::encode;
use drumbeat_shared::protocol::messages::{ClientMessage, Hello};
use drumbeat_shared::protocol::{CONTROL, SUBPROTOCOL};
use drumbeat_shared::schema_hash::schema_hash;
use drumbeat_shared::toy::{Steer, Toy};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::page::page;

/// Time after which a wait fails the test: a safety limit, not a measure of speed.
pub const LIMIT: Duration = Duration::from_secs(30);

/// How long a player waits for a message before it checks whether it has something to send.
const QUIET: Duration = Duration::from_millis(100);

/// Waits for `future`; if it takes too long, panics with a message that calls it `what`.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match timeout(LIMIT, future).await {
        Ok(value) => value,
        Err(_) => panic!("{what}: not within {LIMIT:?}"),
    }
}

/// Polls until `holds` returns true.
pub async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    within(what, async {
        while !holds().await {
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

/// A running server.
pub struct Server {
    /// Where players find it.
    pub address: SocketAddr,
    /// Its admin listener.
    pub admin: SocketAddr,
    drain: Box<dyn Fn() + Send + Sync>,
    stop: oneshot::Sender<()>,
    running: JoinHandle<Result<(), RunError>>,
}

impl Server {
    /// Starts a server with the default configuration, modified by `change`.
    pub async fn start(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_at(IpAddr::from([127, 0, 0, 1]), change).await
    }

    /// The same, at this address of the machine.
    pub async fn start_at(at: IpAddr, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::new(&Settings::default(), (), "1");
        config.page = page();
        change(&mut config);
        Self::of::<Toy>(at, config)
    }

    /// Starts a server of another game.
    ///
    /// # Panics
    /// When the configuration is invalid.
    pub fn of<G: Game>(at: IpAddr, config: Config<G::Settings>) -> Self {
        let listener = net::listen((at, 0).into()).unwrap();
        let admin = net::listen(([127, 0, 0, 1], 0).into()).unwrap();
        let [address, at] = [&listener, &admin].map(|listener| listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let server = Program::<G>::new(config).unwrap().with_admin(admin).unwrap();
        let drain = Box::new(server.drain());
        let running = tokio::spawn(server.run(listener, async {
            let _ = stopped.await;
        }));
        Self { address, admin: at, drain, stop, running }
    }

    /// Begins to drain the server, as a signal does.
    pub fn drain(&self) {
        (self.drain)();
    }

    /// Asks the server to shut down; the handle completes once it has.
    pub fn stop(self) -> JoinHandle<Result<(), RunError>> {
        self.stop.send(()).unwrap();
        self.running
    }

    /// Sends `request` as it is; returns what the server sends until it closes.
    pub async fn exchange(&self, request: &str) -> String {
        String::from_utf8(exchange(self.address, request.as_bytes()).await).unwrap()
    }

    /// The same with the admin listener.
    pub async fn exchange_admin(&self, request: &str) -> String {
        String::from_utf8(exchange(self.admin, request.as_bytes()).await).unwrap()
    }

    /// The whole answer to a GET.
    pub async fn get(&self, path: &str) -> String {
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        self.exchange(&request).await
    }

    /// The JSON in the admin listener's answer to a GET.
    pub async fn json(&self, path: &str) -> serde_json::Value {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let answer = self.exchange_admin(&request).await;
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{error} in {answer}"))
    }

    /// The value of one line of `/metrics`.
    pub async fn metric(&self, line: &str) -> f64 {
        let request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let answer = self.exchange_admin(request).await;
        let found = answer.lines().find_map(|found| found.strip_prefix(line)?.trim().parse().ok());
        found.unwrap_or_else(|| panic!("no {line} in {answer}"))
    }
}

/// Sends bytes; returns what comes back until the end.
///
/// # Panics
/// When the server does not listen, or does not end the connection.
pub async fn exchange(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    within("an answer", async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        answer
    })
    .await
}

/// The first line of an answer.
pub fn status(answer: &str) -> &str {
    answer.lines().next().unwrap_or("")
}

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// With a close frame.
    Closed(u16, String),
    /// Without one.
    Cut,
}

/// An open game connection, and the client core that could play on it.
pub struct Player {
    /// The client core.
    pub client: Client<Toy>,
    /// Its connection.
    pub socket: WebSocketStream<TcpStream>,
    /// Whether frames of the room that it has left may still come.
    lags: bool,
    began: Instant,
}

impl Player {
    /// The upgrade request of a well-behaved client.
    pub fn request(server: &Server) -> Request {
        let url = format!("ws://{}/ws", server.address);
        let mut request = url.into_client_request().unwrap();
        request
            .headers_mut()
            .insert("sec-websocket-protocol", HeaderValue::from_static(SUBPROTOCOL));
        request
    }

    /// Connects with this request.
    pub async fn connect_with(server: &Server, request: Request) -> Result<Self, Error> {
        Self::connect_behind(server, b"", request).await
    }

    /// Connects with this request, behind these bytes.
    pub async fn connect_behind(
        server: &Server,
        header: &[u8],
        request: Request,
    ) -> Result<Self, Error> {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(header).await.unwrap();
        let (socket, _) = within("the upgrade", client_async(request, stream)).await?;
        Ok(Self { client: Client::new("Ada", ""), socket, lags: false, began: Instant::now() })
    }

    /// Connects, and sends nothing yet.
    pub async fn connect(server: &Server) -> Self {
        let request = Self::request(server);
        Self::connect_with(server, request).await.unwrap()
    }

    /// Connects, sends the hello and waits for the first frame.
    pub async fn join(server: &Server, name: &str, room: &str) -> Self {
        Self::join_as(server, Client::new(name, room)).await
    }

    /// The same with this client.
    pub async fn join_as(server: &Server, client: Client<Toy>) -> Self {
        let mut player = Self::connect(server).await;
        player.client = client;
        let hello = player.client.hello();
        player.send(hello).await;
        player.until("the first frame", |client| client.tick().is_some()).await;
        player
    }

    /// Says another hello on the same connection, as this client.
    pub async fn greet_again(&mut self, client: Client<Toy>) {
        (self.client, self.lags) = (client, true);
        let hello = self.client.hello();
        self.send(hello).await;
    }

    /// Sends one binary message. It ignores errors, since reading reports a closed connection.
    pub async fn send(&mut self, message: Vec<u8>) {
        let _ = self.socket.send(Message::binary(message)).await;
    }

    /// Sends controls.
    pub async fn steer(&mut self, steer: Steer) {
        let message = self.client.input(steer, self.now_us()).unwrap();
        self.send(message).await;
    }

    /// Receives the server's next message, if one comes soon, then sends what the core has to send.
    pub async fn step(&mut self) -> Result<(), End> {
        match timeout(QUIET, self.socket.next()).await {
            Ok(Some(Ok(Message::Binary(bytes)))) if self.lags && bytes[0] != CONTROL => {}
            Ok(Some(Ok(Message::Binary(bytes)))) => {
                self.lags = false;
                let now_us = self.now_us();
                self.client.receive(&bytes, now_us).unwrap();
            }
            Ok(Some(Ok(Message::Close(Some(close))))) => {
                // Reading on answers the close, as a browser does.
                let _ = within("the end", self.socket.next()).await;
                return Err(End::Closed(close.code.into(), close.reason.to_string()));
            }
            Ok(Some(Err(_)) | None) => return Err(End::Cut),
            Ok(Some(Ok(_))) | Err(_) => {}
        }
        while let Some(message) = self.client.transmit(self.now_us()) {
            self.send(message).await;
        }
        Ok(())
    }

    /// Closes the connection as a client that means to leave.
    pub async fn leave(&mut self) {
        let frame = CloseFrame { code: CloseCode::Normal, reason: "".into() };
        self.socket.close(Some(frame)).await.unwrap();
    }

    fn now_us(&self) -> u64 {
        self.began.elapsed().as_micros() as u64
    }

    /// Plays until `holds` is true of the client.
    pub async fn until(&mut self, what: &str, holds: impl Fn(&Client<Toy>) -> bool) {
        within(what, async {
            while !holds(&self.client) {
                if let Err(end) = self.step().await {
                    panic!("{what}: the connection ended: {end:?}");
                }
            }
        })
        .await;
    }

    /// Plays until the connection ends.
    pub async fn end(&mut self) -> End {
        within("the end", async {
            loop {
                if let Err(end) = self.step().await {
                    return end;
                }
            }
        })
        .await
    }
}

/// The player, of whom the server knows that it has got a frame.
pub async fn known(mut player: Player) -> Player {
    player.until("a pong", |client| client.stats().pongs > 1).await;
    player
}

/// The status and text of the refusal of an upgrade; `None` if it is accepted.
pub async fn refusal(server: &Server) -> Option<(u16, String)> {
    match Player::connect_with(server, Player::request(server)).await {
        Ok(_) => None,
        Err(Error::Http(answer)) => {
            let text = answer.body().clone().unwrap_or_default();
            Some((answer.status().as_u16(), String::from_utf8(text).unwrap()))
        }
        Err(error) => panic!("{error}"),
    }
}

/// A message of the client, encoded.
pub fn message(message: &ClientMessage<Steer>) -> Vec<u8> {
    encode(message)
}

/// A valid hello for this room.
pub fn hello(room: &str) -> Hello {
    Hello::new(schema_hash::<Toy>(), "Ada", room)
}
