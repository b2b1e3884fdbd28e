//! A server with a certificate, and clients that believe it.

use std::time::Instant;

use drumbeat_server::config::Config;
use drumbeat_shared::client::Client;
use drumbeat_shared::protocol::CONTROL;
use drumbeat_shared::toy::{Steer, Toy};
use drumbeat_tests::identity::Identity;
use futures_util::{SinkExt, StreamExt};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::harness::{Player, Server, eventually, within};

/// A connection under TLS.
pub(super) type Line = TlsStream<TcpStream>;

/// A server with this certificate.
pub(super) async fn serve(identity: &Identity, change: impl FnOnce(&mut Config)) -> Server {
    let files = identity.files();
    let mut is_proxied = false;
    let server = Server::start(|config| {
        config.tls = Some(files);
        change(config);
        is_proxied = config.proxy_protocol;
    });
    let server = server.await;
    if !is_proxied {
        // From now on it has read the files.
        get(&server, &identity.client(), "/healthz").await;
    }
    server
}

/// Connects behind these bytes.
pub(super) async fn connect_behind(server: &Server, client: &TlsConnector, before: &[u8]) -> Line {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(before).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    within("the handshake", client.connect(name, stream)).await.unwrap()
}

pub(super) async fn connect(server: &Server, client: &TlsConnector) -> Line {
    connect_behind(server, client, b"").await
}

/// The whole answer to a request on this connection, which ends in order.
pub(super) async fn ask(mut line: Line, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    line.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    within("an answer", line.read_to_end(&mut answer)).await.unwrap();
    String::from_utf8(answer).unwrap()
}

/// The whole answer to a GET.
pub(super) async fn get(server: &Server, client: &TlsConnector, path: &str) -> String {
    ask(connect(server, client).await, path).await
}

/// How many were refused for this reason.
pub(super) async fn refused(server: &Server, reason: &str) -> f64 {
    let line = format!("drumbeat_refused_connections_total{{reason=\"{reason}\"}} ");
    server.metric(&line).await
}

/// Waits until this many have been refused for this reason: that is counted once their connection has
/// ended.
pub(super) async fn until_refused(server: &Server, reason: &str, count: f64) {
    eventually(reason, async || refused(server, reason).await == count).await;
}

/// A player under TLS.
pub(super) struct Encrypted {
    pub(super) client: Client<Toy>,
    pub(super) socket: WebSocketStream<Line>,
    began: Instant,
}

impl Encrypted {
    /// Joins, and waits for the first frame.
    pub(super) async fn join(server: &Server, client: &TlsConnector) -> Self {
        let line = connect(server, client).await;
        let request = Player::request(server);
        let (socket, _) = within("the upgrade", client_async(request, line)).await.unwrap();
        let mut player = Self { client: Client::new("Ada", ""), socket, began: Instant::now() };
        let hello = player.client.hello();
        player.socket.send(Message::binary(hello)).await.unwrap();
        player.frames(1).await;
        player
    }

    /// Says another hello on the same connection, and waits for the first frame.
    pub(super) async fn greet_again(&mut self) {
        self.client = Client::new("Eve", "");
        let hello = self.client.hello();
        self.socket.send(Message::binary(hello)).await.unwrap();
        let is_welcome =
            |message: &Message| matches!(message, Message::Binary(bytes) if bytes[0] == CONTROL);
        within("the welcome", async {
            loop {
                let message = self.socket.next().await.unwrap().unwrap();
                if is_welcome(&message) {
                    break self.client.receive(&message.into_data(), 0).unwrap();
                }
            }
        })
        .await;
        self.frames(1).await;
    }

    /// Plays until this many more frames have come.
    pub(super) async fn frames(&mut self, count: u64) {
        let until = self.client.stats().frames + count;
        within("frames", async {
            while self.client.stats().frames < until {
                let received = self.socket.next().await.unwrap().unwrap();
                let now_us = self.began.elapsed().as_micros() as u64;
                if let Message::Binary(bytes) = received {
                    self.client.receive(&bytes, now_us).unwrap();
                }
                let input = self.client.input(Steer(3, 0), now_us);
                for message in input.into_iter().chain(self.client.transmit(now_us)) {
                    self.socket.send(Message::binary(message)).await.unwrap();
                }
            }
        })
        .await;
        assert_eq!(self.client.stats().mismatches, 0);
    }
}
