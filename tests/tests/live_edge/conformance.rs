//! Conformance to RFC 6455, frame by frame: each case before the hello and after joining.

use std::time::Duration;

use drumbeat_server::config::Config;
use drumbeat_shared::limits::CLIENT_MESSAGE_BYTES_MAX;
use drumbeat_shared::protocol::messages::ClientMessage;
use tokio::io::AsyncWriteExt;

use super::harness::{Server, eventually, hello, message};
use super::raw::{BINARY, CLOSE, CONTINUATION, FINAL, PING, PONG, Raw, close_reason, frame};

const TEXT: u8 = 0x1;

/// The response that is due to what a client sent.
#[derive(Clone, Copy, Debug)]
enum Due<'a> {
    /// A close with this code, and nothing after it.
    Close(u16),
    /// A close without a code, and nothing after it.
    EmptyClose,
    /// A pong with these bytes; the connection goes on.
    Pong(&'a [u8]),
}

fn joining() -> Vec<u8> {
    frame(BINARY | FINAL, &message(&ClientMessage::Hello(hello(""))))
}

fn close(code: u16, reason: &[u8]) -> Vec<u8> {
    frame(CLOSE | FINAL, &[&code.to_be_bytes(), reason].concat())
}

/// A masked frame whose length field is `length`, in 2 or 8 bytes.
fn with_length(first: u8, length: u64, length_bytes: usize) -> Vec<u8> {
    let short = if length_bytes == 2 { 126 } else { 127 };
    [&[first, 0x80 | short], &length.to_be_bytes()[8 - length_bytes..], b"maskhello"].concat()
}

fn unmasked(first: u8) -> Vec<u8> {
    vec![first, 1, b'x']
}

async fn check(server: &Server, sent: &[u8], due: Due<'_>) {
    for joined in [false, true] {
        let case = format!("joined: {joined}, sent: {:02x?}", &sent[..sent.len().min(24)]);
        let mut raw = Raw::upgrade(server, if joined { &[] } else { sent }).await;
        if joined {
            raw.send(&joining()).await;
            raw.frame_of(BINARY).await;
            raw.send(sent).await;
        }
        match due {
            Due::Pong(payload) => assert_eq!(raw.frame_of(PONG).await, payload, "{case}"),
            Due::EmptyClose => {
                assert_eq!(raw.frame_of(CLOSE).await, b"", "{case}");
                assert_eq!(raw.read_to_end().await, b"", "{case}");
            }
            Due::Close(code) => {
                let payload = raw.frame_of(CLOSE).await;
                assert_eq!(close_reason(&payload).0, code, "{case}: {payload:?}");
                assert_eq!(raw.read_to_end().await, b"", "{case}");
            }
        }
    }
}

async fn server() -> Server {
    Server::start(|config: &mut Config| config.room.game.capacity = 1_000).await
}

#[tokio::test]
async fn breaches_of_the_protocol_close_with_1002() {
    let server = server().await;
    let mut cases: Vec<Vec<u8>> = Vec::new();
    for reserved in [0x10, 0x20, 0x40, 0x70] {
        cases.push(frame(BINARY | FINAL | reserved, b"x"));
        cases.push(frame(PING | FINAL | reserved, b"x"));
    }
    for unknown in (3..=7).chain(11..=15) {
        cases.push(frame(unknown | FINAL, b"x"));
    }
    for control in [PING, PONG, CLOSE] {
        cases.push(frame(control, b""));
        cases.push(frame(control | FINAL, &[0; 126]));
        cases.push(unmasked(control | FINAL));
    }
    cases.extend([
        unmasked(BINARY | FINAL),
        with_length(BINARY | FINAL, 5, 2),
        with_length(PING | FINAL, 5, 8),
        with_length(BINARY | FINAL, 1 << 63 | 5, 8),
        frame(CONTINUATION, b"x"),
        frame(CONTINUATION | FINAL, b"x"),
        [frame(BINARY, b"x"), frame(BINARY | FINAL, b"x")].concat(),
        [frame(BINARY, b"x"), frame(TEXT | FINAL, b"x")].concat(),
        frame(CLOSE | FINAL, b"\x03"),
    ]);
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, u16::MAX] {
        cases.push(close(code, b""));
    }
    for sent in &cases {
        check(&server, sent, Due::Close(1002)).await;
    }
    let counted = cases.len() as f64;
    for counter in ["refused_connections", "closes"] {
        let line = format!("drumbeat_{counter}_total{{reason=\"protocol\"}} ");
        eventually(&line, async || server.metric(&line).await == counted).await;
    }
}

#[tokio::test]
async fn bad_data_closes_with_the_code_for_it() {
    let server = server().await;
    let half = [0; CLIENT_MESSAGE_BYTES_MAX / 2 + 1];
    let endless = [frame(BINARY, &half), frame(CONTINUATION, &half)].concat();
    let cases = [
        (frame(TEXT | FINAL, b"hello"), 1003),
        (frame(TEXT | FINAL, b""), 1003),
        (frame(TEXT, b"\xce\xba\xff"), 1003),
        (close(1000, b"\xce\xba\xff"), 1007),
        (frame(BINARY | FINAL, b"\xff"), 1007),
        (frame(BINARY | FINAL, &[2; CLIENT_MESSAGE_BYTES_MAX + 1]), 1009),
        (with_length(BINARY | FINAL, 1 << 30, 8), 1009),
        (endless, 1009),
    ];
    for (sent, code) in cases {
        check(&server, &sent, Due::Close(code)).await;
    }
}

#[tokio::test]
async fn a_close_is_answered_with_its_own_code_and_nothing_counts_behind_it() {
    let server = server().await;
    check(&server, &frame(CLOSE | FINAL, b""), Due::EmptyClose).await;
    for code in [1000, 1001, 1003, 1007, 1008, 1011, 1012, 3000, 3999, 4000, 4999] {
        check(&server, &close(code, b""), Due::Close(code)).await;
    }
    let good = close(1000, b"bye");
    for behind in [frame(PING | FINAL, b"late"), vec![0xff; 40], close(1001, b"")] {
        check(&server, &[&good[..], &behind].concat(), Due::Close(1000)).await;
    }
    let between = [frame(BINARY, b"\x02"), close(1000, &[b'r'; 123])].concat();
    check(&server, &between, Due::Close(1000)).await;
    // The close follows enough pings for their pongs to overflow.
    let pings = frame(PING | FINAL, &[7; 125]).repeat(20);
    check(&server, &[pings, good].concat(), Due::Close(1000)).await;
}

#[tokio::test]
async fn pings_are_answered_with_what_they_bear() {
    let server = server().await;
    let all: Vec<u8> = (0..125).collect();
    for payload in [&b""[..], b"p", &all] {
        check(&server, &frame(PING | FINAL, payload), Due::Pong(payload)).await;
    }
    let between = [frame(BINARY, b"\x02"), frame(PING | FINAL, b"mid")].concat();
    check(&server, &between, Due::Pong(b"mid")).await;
    let unasked = [frame(PONG | FINAL, b"x"), frame(PING | FINAL, b"next")].concat();
    check(&server, &unasked, Due::Pong(b"next")).await;
}

#[tokio::test]
async fn pings_before_the_hello_are_answered_one_by_one_and_then_it_still_counts() {
    let server = server().await;
    let mut raw = Raw::upgrade(&server, &[]).await;
    for number in 0..20 {
        raw.send(&frame(PING | FINAL, &[number])).await;
        assert_eq!(raw.frame_of(PONG).await, [number]);
    }
    raw.send(&joining()).await;
    raw.frame_of(BINARY).await;
}

#[tokio::test]
async fn pings_do_not_put_off_the_hello_nor_come_without_bound() {
    let server = Server::start(|config| config.handshake_timeout = Duration::from_secs(1)).await;
    let mut raw = Raw::upgrade(&server, &[]).await;
    let mut numbers = 0..100;
    let closed = loop {
        let Some(number) = numbers.next() else { break raw.frame_of(CLOSE).await };
        // On a slow machine the time for the hello may run out before this.
        let sent = raw.stream.write_all(&frame(PING | FINAL, &[number])).await;
        match raw.frame().await {
            (PONG, payload) => assert_eq!(payload, [number], "{sent:?}"),
            (CLOSE, payload) => break payload,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(close_reason(&closed).0, 4002);
    let server = self::server().await;
    let mut raw = Raw::upgrade(&server, &[]).await;
    raw.send(&frame(PING | FINAL, b"").repeat(2_000)).await;
    let (code, text) = close_reason(&raw.frame_of(CLOSE).await);
    assert_eq!(code, 1008, "{text}");
}
