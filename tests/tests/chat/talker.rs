//! A server of the chat, and somebody who talks there.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use drumbeat_chat::{Chat, Event, Settings};
use drumbeat_server::config::{self, Config};
use drumbeat_server::{Server as Program, net};
use drumbeat_shared::client::{Client, Notice};
use drumbeat_shared::document::RecordId;
use drumbeat_shared::game::Game;
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::protocol::SUBPROTOCOL;
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{WebSocketStream, client_async};

/// Time after which a wait fails the test: a safety limit, not a measure of speed.
const LIMIT: Duration = Duration::from_secs(30);
/// How long somebody waits for a message before it checks whether it has something to send.
const QUIET: Duration = Duration::from_millis(100);

async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match timeout(LIMIT, future).await {
        Ok(value) => value,
        Err(_) => panic!("{what}: not within {LIMIT:?}"),
    }
}

/// A running server, which ends with the test.
pub(crate) struct Server {
    address: SocketAddr,
    /// Its admin listener.
    admin: SocketAddr,
    _stop: oneshot::Sender<()>,
}

impl Server {
    /// Starts a server whose password of moderators is "sesame", at a quick beat.
    pub(crate) async fn start(change: impl FnOnce(&mut Config<Settings>)) -> Self {
        let mod_password = Some("sesame".parse().unwrap());
        let settings = Settings { topic: String::new(), mod_password };
        let mut config = Config::new(&config::Settings::default(), settings, "");
        config.room.game.tick_hz = 20;
        config.room.chat_per_10s = 50;
        change(&mut config);
        let [listener, admin] = [(); 2].map(|()| net::listen(([127, 0, 0, 1], 0).into()).unwrap());
        let [address, at] = [&listener, &admin].map(|listener| listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let server = Program::<Chat>::new(config).unwrap().with_admin(admin).unwrap();
        tokio::spawn(server.run(listener, async {
            let _ = stopped.await;
        }));
        Self { address, admin: at, _stop: stop }
    }

    /// The value of one line of `/metrics`.
    pub(crate) async fn metric(&self, line: &str) -> f64 {
        let mut stream = TcpStream::connect(self.admin).await.unwrap();
        let request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        within("the metrics", stream.read_to_string(&mut answer)).await.unwrap();
        let found = answer.lines().find_map(|found| found.strip_prefix(line)?.trim().parse().ok());
        found.unwrap_or_else(|| panic!("no {line} in {answer}"))
    }

    /// Waits until the metric has this value.
    pub(crate) async fn until(&self, line: &str, value: f64) {
        within(line, async {
            while self.metric(line).await != value {
                sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
    }
}

/// Somebody in the room "main".
pub(crate) struct Talker {
    pub(crate) client: Client<Chat>,
    socket: WebSocketStream<TcpStream>,
    began: Instant,
}

impl Talker {
    pub(crate) async fn join(server: &Server, name: &str) -> Self {
        let mut request = format!("ws://{}/ws", server.address).into_client_request().unwrap();
        let protocol = HeaderValue::from_static(SUBPROTOCOL);
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        let stream = TcpStream::connect(server.address).await.unwrap();
        let (socket, _) = within("the upgrade", client_async(request, stream)).await.unwrap();
        let mut talker = Self { client: Client::new(name, "main"), socket, began: Instant::now() };
        let hello = talker.client.hello();
        talker.send(Some(hello)).await;
        talker.until("the first frame", |client| client.tick().is_some()).await;
        talker
    }

    pub(crate) fn id(&self) -> PlayerId {
        self.client.welcome().unwrap().player.unwrap()
    }

    async fn send(&mut self, message: Option<Vec<u8>>) {
        let message = message.expect("there is something to send");
        self.socket.send(Message::binary(message)).await.unwrap();
    }

    pub(crate) async fn say(&mut self, text: &str) {
        let message = self.client.chat(text);
        self.send(message).await;
    }

    pub(crate) async fn whisper(&mut self, to: PlayerId, text: &str) {
        let message = self.client.whisper(to, text);
        self.send(message).await;
    }

    pub(crate) async fn report(&mut self, line: u32) {
        let message = self.client.report(RecordId(line));
        self.send(message).await;
    }

    pub(crate) async fn leave(mut self) {
        let frame = CloseFrame { code: CloseCode::Normal, reason: "".into() };
        self.socket.close(Some(frame)).await.unwrap();
    }

    async fn step(&mut self) {
        let now_us = |began: Instant| began.elapsed().as_micros() as u64;
        match timeout(QUIET, self.socket.next()).await {
            Ok(Some(Ok(Message::Binary(bytes)))) => {
                self.client.receive(&bytes, now_us(self.began)).unwrap();
            }
            Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) => panic!("the connection ended"),
            Ok(Some(Ok(_))) | Err(_) => {}
        }
        while let Some(message) = self.client.transmit(now_us(self.began)) {
            self.send(Some(message)).await;
        }
    }

    /// Waits until `holds` is true of the client.
    pub(crate) async fn until(&mut self, what: &str, holds: impl Fn(&Client<Chat>) -> bool) {
        within(what, async {
            while !holds(&self.client) {
                self.step().await;
            }
        })
        .await;
    }

    /// Waits for a notice; returns all up to it.
    pub(crate) async fn hears(
        &mut self,
        is: impl Fn(&Notice<Event>) -> bool,
    ) -> Vec<Notice<Event>> {
        let mut heard = Vec::new();
        let found = timeout(LIMIT, async {
            loop {
                match self.client.notice() {
                    Some(notice) => heard.push(notice),
                    None => self.step().await,
                }
                if heard.last().is_some_and(&is) {
                    return;
                }
            }
        })
        .await;
        assert!(found.is_ok(), "not within {LIMIT:?}; heard {heard:?} in {}", Chat::NAME);
        heard
    }
}
