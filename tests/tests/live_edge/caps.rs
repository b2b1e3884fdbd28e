//! Caps on connections, and on the time that one may take before it is a player.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::harness::{Player, Server, eventually, status, within};

#[tokio::test]
async fn an_address_has_only_so_many_connections() {
    let server = Server::start(|config| {
        config.exempt_loopback = false;
        config.connections_per_address_max = 2;
    })
    .await;
    let first = Player::join(&server, "Ada", "").await;
    let _second = Player::join(&server, "Bob", "").await;
    let refused = server.get("/").await;
    assert_eq!(status(&refused), "HTTP/1.1 429 Too Many Requests");
    assert!(refused.contains("too many connections from your address"), "{refused}");
    drop(first);
    eventually("a connection is free", async || {
        server.get("/healthz").await.starts_with("HTTP/1.1 200 OK")
    })
    .await;
}

#[tokio::test]
async fn the_server_has_only_so_many_connections() {
    let server = Server::start(|config| config.connections_max = 2).await;
    let first = Player::join(&server, "Ada", "").await;
    // The one that asks makes the server full, and so not ready.
    assert!(server.get("/readyz").await.starts_with("HTTP/1.1 503"));
    let second = Player::join(&server, "Bob", "").await;
    let refused = server.get("/healthz").await;
    assert_eq!(status(&refused), "HTTP/1.1 503 Service Unavailable");
    assert!(refused.contains("the server is full"), "{refused}");
    drop((first, second));
    eventually("connections are free", async || {
        server.get("/readyz").await.starts_with("HTTP/1.1 200 OK")
    })
    .await;
    assert!(
        server.metric("drumbeat_refused_connections_total{reason=\"connections_full\"} ").await
            >= 1.0
    );
}

#[tokio::test]
async fn who_is_slow_to_ask_is_closed() {
    let server = Server::start(|config| config.handshake_timeout = Duration::from_millis(50)).await;
    for sent in ["", "GET / HTTP/1.1\r\nHost"] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let read = within("the end", stream.read_to_end(&mut answer)).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(read.is_ok(), "{read:?}");
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
}

#[tokio::test]
async fn a_head_without_end_is_refused() {
    let server = Server::start(|_| {}).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "x".repeat(20 << 10));
    // The server may close before it has read all.
    let _ = stream.write_all(head.as_bytes()).await;
    let mut line = [0; 12];
    let read = within("an answer", stream.read_exact(&mut line)).await;
    assert!(read.is_err() || &line == b"HTTP/1.1 431", "{line:?}");
}
