//! Clients that send so slowly that a connection seems to last for ever: in each phase it ends at the
//! limit of that phase, however much arrives meanwhile.

use std::time::Duration;

use drumbeat_shared::protocol::messages::ClientMessage;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::sleep;

use super::harness::{Player, Server, eventually, hello, message, status, within};
use super::raw::{BINARY, CLOSE, CONTINUATION, FINAL, Raw, close_reason, frame};

/// Time between two bytes: many of them fit into each limit.
const PAUSE: Duration = Duration::from_millis(20);

/// Sends `first`, then `bytes` one at a time, over and over, until the server has closed. Returns all
/// that it sent.
async fn trickle(mut stream: TcpStream, first: &[u8], bytes: &[u8]) -> Vec<u8> {
    stream.write_all(first).await.unwrap();
    let (mut read, write) = stream.into_split();
    let mut answer = Vec::new();
    within("the end", async {
        tokio::select! {
            // A reset loses nothing that had arrived.
            _ = read.read_to_end(&mut answer) => {}
            never = drip(write, bytes) => never,
        }
    })
    .await;
    answer
}

async fn drip(mut write: OwnedWriteHalf, bytes: &[u8]) {
    for byte in bytes.iter().cycle() {
        // The server may have ended reading; its answer is still to be read.
        let _ = write.write_all(&[*byte]).await;
        sleep(PAUSE).await;
    }
}

/// The code with which the server closes.
async fn close_code(mut read: OwnedReadHalf) -> u16 {
    let mut sent = Vec::new();
    // A reset loses nothing that had arrived.
    let _ = within("the end", read.read_to_end(&mut sent)).await;
    let mut rest = &sent[..];
    loop {
        let length = match rest[1] {
            126 => 4 + usize::from(u16::from_be_bytes([rest[2], rest[3]])),
            short => 2 + usize::from(short),
        };
        let (frame, behind) = rest.split_at(length);
        if frame[0] == CLOSE | FINAL {
            return close_reason(&frame[2..]).0;
        }
        rest = behind;
    }
}

async fn quick() -> Server {
    Server::start(|config| {
        config.handshake_timeout = Duration::from_millis(300);
        config.idle_timeout = Duration::from_millis(100);
    })
    .await
}

async fn none_is_left(server: &Server) {
    eventually("nobody is left", async || {
        let players = server.metric("drumbeat_players ").await;
        // The one that asks is counted elsewhere.
        players == 0.0 && server.metric("drumbeat_connections ").await == 0.0
    })
    .await;
}

#[tokio::test]
async fn a_head_that_is_trickled_is_told_so_at_the_limit() {
    let server = quick().await;
    for (first, bytes) in [
        ("", "GET /"),
        ("GET /", "x"),
        ("GET / HTTP/1.1\r\n", "X: y\r\n"),
        ("GET / HTTP/1.1\r\nHost: x\r\nCookie: ", "c"),
        // The next request on a connection that has had an answer.
        ("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n", "X: y\r\n"),
    ] {
        let stream = TcpStream::connect(server.address).await.unwrap();
        let answer = trickle(stream, first.as_bytes(), bytes.as_bytes()).await;
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.contains("HTTP/1.1 408 Request Timeout"), "{first}: {answer}");
    }
    none_is_left(&server).await;
}

#[tokio::test]
async fn a_body_that_no_route_wants_is_not_waited_for() {
    let server = quick().await;
    for (head, code) in [
        ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n", " 200 OK"),
        ("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n", " 200 OK"),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n", " 405 "),
        ("GET /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n", " 404 "),
    ] {
        let stream = TcpStream::connect(server.address).await.unwrap();
        let answer = trickle(stream, head.as_bytes(), b"b").await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(status(&answer).contains(code), "{head}: {}", status(&answer));
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "one answer: {answer}");
    }
    none_is_left(&server).await;
}

#[tokio::test]
async fn a_hello_that_is_trickled_is_told_so_at_the_limit() {
    let server = quick().await;
    let hello = frame(BINARY | FINAL, &message(&ClientMessage::Hello(hello(""))));
    let endless = [frame(BINARY, b""), frame(CONTINUATION, b"")].concat();
    for (first, bytes) in [
        (&hello[..1], &hello[1..2]),
        // A frame whose length never ends, and fragments that never end.
        (&[BINARY | FINAL, 0x80 | 126, 9, 0, 0, 0, 0, 0][..], &b"x"[..]),
        (&endless[..endless.len() / 2], &endless[endless.len() / 2..]),
    ] {
        let raw = Raw::upgrade(&server, first).await;
        let (read, write) = raw.stream.into_split();
        let code = tokio::select! {
            code = close_code(read) => code,
            () = drip(write, bytes) => unreachable!("it never ends"),
        };
        assert!([1002, 4002].contains(&code), "{code}");
    }
    none_is_left(&server).await;
}

/// A player whose messages never end is as silent as one that sends nothing.
#[tokio::test]
async fn a_message_that_is_trickled_by_a_player_counts_as_silence() {
    let server = quick().await;
    let mut good = Player::join(&server, "Ada", "").await;
    let hello = frame(BINARY | FINAL, &message(&ClientMessage::Hello(hello(""))));
    for (first, bytes) in [
        (vec![BINARY | FINAL, 0x80 | 126, 9, 0, 0, 0, 0, 0], b"x".to_vec()),
        (frame(BINARY, b"x"), frame(CONTINUATION, b"")),
    ] {
        let mut raw = Raw::upgrade(&server, &hello).await;
        raw.frame_of(BINARY).await;
        raw.send(&first).await;
        let (read, write) = raw.stream.into_split();
        let playing = async {
            loop {
                good.step().await.expect("the good one plays on");
            }
        };
        let code = tokio::select! {
            code = close_code(read) => code,
            () = drip(write, &bytes) => unreachable!("it never ends"),
            () = playing => unreachable!("it plays on"),
        };
        assert_eq!(code, 4003);
    }
    assert_eq!(good.client.stats().mismatches, 0);
    drop(good);
    none_is_left(&server).await;
}

/// Who says that it closes, or is told so, and then never ends its stream, is not waited for.
#[tokio::test]
async fn a_close_that_is_not_finished_is_not_waited_for() {
    let server = quick().await;
    let hello = frame(BINARY | FINAL, &message(&ClientMessage::Hello(hello(""))));
    for last in [frame(CLOSE | FINAL, &1000_u16.to_be_bytes()), frame(0x1 | FINAL, b"text")] {
        for joins in [true, false] {
            let mut raw = Raw::upgrade(&server, if joins { &hello } else { &[] }).await;
            raw.send(&last).await;
            raw.frame_of(CLOSE).await;
            let answer = trickle(raw.stream, b"", b"more").await;
            assert!(answer.is_empty(), "{answer:?}");
        }
    }
    none_is_left(&server).await;
}
