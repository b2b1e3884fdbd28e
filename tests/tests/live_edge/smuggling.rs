//! Requests whose end two programs could see in different places, and requests for parts of a page or
//! for strange encodings of it.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::harness::{Server, status, within};
use super::raw::REQUEST;

/// What somebody would have a server take for a request of its own.
const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

/// All that the server answers to these bytes before it closes.
async fn answers(server: &Server, sent: &[u8]) -> String {
    within("an answer", async {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(sent).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    })
    .await
}

#[tokio::test]
async fn nothing_is_smuggled_behind_a_request_whose_end_is_not_clear() {
    let server = Server::start(|_| {}).await;
    let end = "0\r\n\r\n";
    for (fields, body, code) in [
        ("Content-Length: 5\r\nTransfer-Encoding: chunked", end, "405"),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5", end, "405"),
        ("Content-Length: 5\r\nContent-Length: 6", "hello", "400"),
        ("Content-Length: 5, 6", "hello", "400"),
        ("Content-Length: +5", "hello", "400"),
        ("Content-Length: -5", "hello", "400"),
        ("Content-Length: 5 5", "hello", "400"),
        ("Content-Length: 99999999999999999999", "hello", "400"),
        ("Content-Length : 5", "hello", "400"),
        ("Content-Length: 5\r\n X: y", "hello", "400"),
        ("X: y\r\n Content-Length: 5", "hello", "400"),
        ("X: y\rContent-Length: 5", "hello", "400"),
        ("X: y\0", "", "400"),
        ("Transfer-Encoding: xchunked", end, "400"),
        ("Transfer-Encoding: identity", end, "400"),
        ("Transfer-Encoding: chunked, identity", end, "400"),
        ("Transfer-Encoding : chunked", end, "400"),
        ("Transfer-Encoding: chunked", "fffffffffffffffff\r\n", "405"),
        ("Transfer-Encoding: chunked", "5\r\nhelloX0\r\n\r\n", "405"),
        ("Transfer-Encoding: chunked", "0x0\r\n\r\n", "405"),
    ] {
        let sent = format!("POST / HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n{body}{SMUGGLED}");
        let answer = answers(&server, sent.as_bytes()).await;
        assert!(status(&answer).starts_with(&format!("HTTP/1.1 {code}")), "{fields:?}: {answer}");
        assert!(!answer.contains("/smuggled"), "{fields:?} {body:?}: {answer}");
    }
}

/// What follows an upgrade that succeeds are frames, and what follows one that is refused with a body
/// is nothing.
#[tokio::test]
async fn nothing_is_smuggled_behind_an_upgrade() {
    let server = Server::start(|_| {}).await;
    let answer = answers(&server, [REQUEST, SMUGGLED].concat().as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
    assert!(!answer.contains("/smuggled"), "{answer}");
    for body in ["Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"] {
        let sent = [REQUEST.trim_end(), "\r\n", body, SMUGGLED].concat();
        let answer = answers(&server, sent.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(!answer.contains("HTTP/1.1 101 "), "{answer}");
    }
}

/// Neither many ranges nor many encodings make an answer larger, or make the server work for it: pages
/// are compressed when the server is built.
#[tokio::test]
async fn parts_and_strange_encodings_of_a_page_are_answered_with_the_page() {
    let server = Server::start(|_| {}).await;
    let body = |answer: &str| answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
    let page = body(&server.get("/").await);
    let many: Vec<String> = (0..2_000).map(|at| format!("{at}-")).collect();
    let ranges = format!("Range: bytes={}", many.join(","));
    let codings: Vec<String> = (0..1_000).map(|at| format!("x{at};q=0.{at:03}")).collect();
    let codings = format!("Accept-Encoding: {}", codings.join(", "));
    for field in [
        "Range: bytes=0-0",
        "Range: bytes=0-18446744073709551615",
        "Range: bytes=-1,-1,-1",
        &ranges,
        "If-Range: \"x\"\r\nRange: bytes=0-",
        &codings,
        "Accept-Encoding: identity;q=0, *;q=0",
        "Accept-Encoding: gzip;q=0",
        "Accept-Encoding: ,,,;;q=x",
    ] {
        let request = format!("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{field}\r\n\r\n");
        let answer = server.exchange(&request).await;
        assert_eq!(status(&answer), "HTTP/1.1 200 OK", "{field:.60}");
        assert_eq!(body(&answer), page, "{field:.60}");
    }
}
