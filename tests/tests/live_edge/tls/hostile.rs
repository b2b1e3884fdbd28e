//! Handshakes that are slow, long, broken or never end.

use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::time::Duration;

use drumbeat_server::config::Config;
use drumbeat_tests::identity::{HALF_HANDSHAKE, Identity};
use rustls::ClientConnection;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::client::{Encrypted, connect, get, refused, serve, until_refused};
use crate::harness::{Server, eventually, status, within};

fn impatient(config: &mut Config) {
    config.handshake_timeout = Duration::from_secs(1);
}

/// Opens a connection with these bytes.
async fn open(server: &Server, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

/// Waits until the server has ended the connection. Returns what it sent.
async fn end(mut stream: TcpStream) -> Vec<u8> {
    let mut said = Vec::new();
    // Bytes that the server has not read make this a reset.
    let _ = within("the end", stream.read_to_end(&mut said)).await;
    said
}

#[tokio::test]
async fn a_handshake_that_is_trickled_is_ended() {
    let identity = Identity::new();
    let server = serve(&identity, impatient).await;
    let (mut reading, mut writing) = open(&server, &HALF_HANDSHAKE).await.into_split();
    // Each byte arrives in time, and the whole does not.
    let trickle = async {
        while writing.write_all(&[0]).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let ended = async {
        let _ = reading.read_to_end(&mut Vec::new()).await;
    };
    within("the end", async {
        tokio::select! { () = trickle => {}, () = ended => {} }
    })
    .await;
    until_refused(&server, "tls_slow", 1.0).await;
}

#[tokio::test]
async fn who_says_nothing_is_let_go_without_a_word() {
    let identity = Identity::new();
    let server = serve(&identity, impatient).await;
    assert_eq!(end(open(&server, b"").await).await, b"");
    assert_eq!(refused(&server, "tls_slow").await, 0.0);
}

#[tokio::test]
async fn who_vanishes_in_the_middle_leaves_nothing_behind() {
    let identity = Identity::new();
    let server = serve(&identity, |_| {}).await;
    let open_now = async || server.metric("drumbeat_http_connections ").await;
    let half = open(&server, &HALF_HANDSHAKE).await;
    eventually("it is open", async || open_now().await == 1.0).await;
    drop(half);
    eventually("none is", async || open_now().await == 0.0).await;
    assert_eq!(refused(&server, "tls_failed").await, 0.0);
}

#[tokio::test]
async fn half_a_handshake_counts_in_the_caps() {
    let identity = Identity::new();
    let server = serve(&identity, |config| {
        config.exempt_loopback = false;
        config.http_per_address_max = 1;
    })
    .await;
    let client = identity.client();
    let half = open(&server, &HALF_HANDSHAKE).await;
    let counted = async || server.metric("drumbeat_http_connections ").await == 1.0;
    eventually("it counts", counted).await;
    let answer = get(&server, &client, "/").await;
    assert_eq!(status(&answer), "HTTP/1.1 429 Too Many Requests");
    drop(half);
    let free = async || status(&get(&server, &client, "/").await) == "HTTP/1.1 200 OK";
    eventually("a place", free).await;
}

#[tokio::test]
async fn nonsense_gets_an_alert() {
    let identity = Identity::new();
    let server = serve(&identity, |_| {}).await;
    let mut count = 0.0;
    for nonsense in [
        // A message of a handshake that no client begins with.
        &[0x16, 3, 1, 0, 4, 2, 0, 0, 0][..],
        // A hello in which nothing stands.
        &[0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0],
    ] {
        let said = end(open(&server, nonsense).await).await;
        assert_eq!(said.first(), Some(&0x15), "{nonsense:?}: {said:?}");
        count += 1.0;
        until_refused(&server, "tls_failed", count).await;
    }
}

#[tokio::test]
async fn a_handshake_of_many_bytes_is_ended_before_it_is_read() {
    let identity = Identity::new();
    let server = serve(&identity, |_| {}).await;
    // A hello of 60,000 bytes, in records of 3,000.
    let mut long = vec![0x16, 3, 1, 0x0b, 0xb8, 1, 0, 0xea, 0x60];
    long.extend([0; 2_996]);
    for _ in 0..19 {
        long.extend([0x16, 3, 1, 0x0b, 0xb8]);
        long.extend([0; 3_000]);
    }
    let stream = open(&server, &long).await;
    end(stream).await;
    until_refused(&server, "tls_failed", 1.0).await;
}

/// Does a handshake, and sends this in the same write as its end. Returns the begin of the answer.
async fn ask_with_the_end(server: &Server, identity: &Identity, sent: &[u8]) -> String {
    let config = Arc::clone(identity.client().config());
    let mut client = ClientConnection::new(config, "localhost".try_into().unwrap()).unwrap();
    // What is written waits until it can be encrypted.
    client.set_buffer_limit(None);
    client.writer().write_all(sent).unwrap();
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let mut answer = Vec::new();
    while answer.is_empty() {
        let mut packets = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut packets).unwrap();
        }
        stream.write_all(&packets).await.unwrap();
        let mut received = vec![0; 4_096];
        let count = within("an answer", stream.read(&mut received)).await.unwrap();
        assert!(count > 0, "the server has closed");
        let mut received = &received[..count];
        while !received.is_empty() {
            client.read_tls(&mut received).unwrap();
            client.process_new_packets().unwrap();
        }
        // It is an error that there is no more for now.
        let _ = client.reader().read_to_end(&mut answer);
    }
    String::from_utf8(answer).unwrap()
}

/// As long as a head may be, in the same packets as the end of the handshake.
#[tokio::test]
async fn a_long_request_right_behind_the_handshake_is_answered() {
    let identity = Identity::new();
    let server = serve(&identity, |_| {}).await;
    for kib in [8, 16, 90] {
        let head = format!("GET /healthz HTTP/1.1\r\nHost: x\r\nCookie: {}", "x".repeat(kib << 10));
        let answer =
            ask_with_the_end(&server, &identity, format!("{head}\r\n\r\n").as_bytes()).await;
        assert_eq!(status(&answer), "HTTP/1.1 200 OK", "{kib} KiB");
    }
}

#[tokio::test]
async fn who_takes_nothing_of_an_answer_is_let_go() {
    let identity = Identity::new();
    let server = serve(&identity, |_| {}).await;
    let mut deaf = connect(&server, &identity.client()).await;
    let request = "GET /core.wasm HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(20);
    deaf.write_all(request.as_bytes()).await.unwrap();
    until_refused(&server, "slow_reader", 1.0).await;
}

/// They hold places, and nobody who plays notices.
#[tokio::test]
async fn many_half_handshakes_disturb_nobody() {
    let identity = Identity::new();
    let server = serve(&identity, |_| {}).await;
    let client = identity.client();
    let mut player = Encrypted::join(&server, &client).await;
    let mut half = Vec::new();
    for _ in 0..200 {
        half.push(open(&server, &HALF_HANDSHAKE).await);
    }
    let counted = async || server.metric("drumbeat_http_connections ").await == 200.0;
    eventually("all count", counted).await;
    player.frames(5).await;
}
