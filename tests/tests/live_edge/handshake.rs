//! The WebSocket handshake: which requests the server accepts, and what it answers to others.

use super::harness::{Player, Server, status, within};
use super::raw::{BINARY, FINAL, Raw, frame};
use drumbeat_shared::protocol::messages::ClientMessage;

/// The headers of a valid request.
const GOOD: [(&str, &str); 6] = [
    ("Host", "127.0.0.1:7777"),
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Protocol", "drumbeat.v1"),
];

/// A request with the valid headers, then those of `more`.
///
/// A header in `changed` replaces the valid one of the same name; one with an empty value removes
/// it.
fn request(line: &str, changed: &[(&str, &str)], more: &[(&str, &str)]) -> String {
    let good = GOOD.map(|(name, value)| {
        let change = changed.iter().find(|(changed, _)| *changed == name);
        (name, change.map_or(value, |(_, value)| value))
    });
    let headers: String = good
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .chain(more)
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    format!("{line}\r\n{headers}\r\n")
}

const LINE: &str = "GET /ws HTTP/1.1";

#[tokio::test]
async fn what_gets_a_101_can_join() {
    let server = Server::start(|_| {}).await;
    let hello = frame(
        FINAL | BINARY,
        &super::harness::message(&ClientMessage::Hello(super::harness::hello(""))),
    );
    let check = async |request: String| {
        let mut raw = Raw::upgrade_by(&server, request.as_bytes(), &hello).await;
        raw.frame_of(BINARY).await;
    };
    check(request(LINE, &[], &[])).await;
    check(request(LINE, &[("Connection", "keep-alive, Upgrade")], &[])).await;
    check(request(LINE, &[("Connection", "close, upgrade")], &[])).await;
    check(request(LINE, &[("Upgrade", "h2c, WEBSOCKET")], &[])).await;
    check(request(LINE, &[("Sec-WebSocket-Protocol", "chat ,\tdrumbeat.v1 , x")], &[])).await;
    check(request(
        LINE,
        &[("Sec-WebSocket-Protocol", "a")],
        &[("sec-websocket-protocol", "drumbeat.v1")],
    ))
    .await;
    check(request(LINE, &[], &[("Content-Length", "0")])).await;
    check(request(LINE, &[], &[("Sec-WebSocket-Extensions", "permessage-deflate")])).await;
    check(request(LINE, &[], &[("Origin", "http://127.0.0.1:7777")])).await;
    check(request("GET /ws?token=x HTTP/1.1", &[], &[])).await;
    check(request("GET http://127.0.0.1:7777/ws HTTP/1.1", &[], &[])).await;
}

#[tokio::test]
async fn what_cannot_become_a_websocket_is_refused_in_words() {
    let server = Server::start(|_| {}).await;
    let check = async |request: String, code: u16, part: &str| {
        let answer = server.exchange(&request).await;
        assert!(status(&answer).ends_with(&format!(" {}", reason(code))), "{request}: {answer}");
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(body.contains(part), "{part} in {answer}");
    };
    // Makes the server close the connection instead of waiting for another request.
    let end = [("Connection", "close, upgrade")];
    let once = |name: &'static str, value: &'static str| request(LINE, &end, &[(name, value)]);
    let with =
        |name: &'static str, value: &'static str| request(LINE, &[end[0], (name, value)], &[]);
    check(request("GET /ws HTTP/1.0", &end, &[]), 400, "HTTP/1.1").await;
    check(request("GET /ws HTTP/1.0", &[end[0], ("Host", "")], &[]), 400, "HTTP/1.1").await;
    check(request("POST /ws HTTP/1.1", &end, &[("Content-Length", "0")]), 405, "GET").await;
    check(once("Content-Length", "5") + "hello", 400, "no body").await;
    check(once("Transfer-Encoding", "chunked") + "0\r\n\r\n", 400, "no body").await;
    check(with("Host", ""), 400, "Host header").await;
    check(with("Host", "somebody@127.0.0.1"), 400, "Host header").await;
    check(once("Host", "127.0.0.1:7777"), 400, "Host header").await;
    check(once("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="), 400, "sec-websocket-key").await;
    check(once("Sec-WebSocket-Version", "13"), 400, "sec-websocket-version").await;
    check(with("Sec-WebSocket-Version", "8"), 426, "version 13").await;
    check(with("Upgrade", "websocket2"), 426, "lacks its headers Upgrade").await;
    check(with("Sec-WebSocket-Protocol", "DRUMBEAT.V1"), 400, "lower case").await;
    check(with("Sec-WebSocket-Protocol", "drumbeat.v10"), 400, "drumbeat.v1").await;
    let own = ("Origin", "http://127.0.0.1:7777");
    let other = ("Origin", "http://evil.example");
    check(request(LINE, &end, &[own, other]), 400, "origin must come once").await;
    check(request(LINE, &end, &[other]), 403, "--allow-origin http://evil.example").await;
    check(once("Origin", "http://127.0.0.1:1"), 403, "Host $http_host").await;
    check(once("Origin", "http://somebody@127.0.0.1:7777"), 403, "not the origin").await;
}

fn reason(code: u16) -> &'static str {
    match code {
        400 => "400 Bad Request",
        403 => "403 Forbidden",
        405 => "405 Method Not Allowed",
        426 => "426 Upgrade Required",
        _ => panic!("{code}"),
    }
}

#[tokio::test]
async fn every_route_wants_one_host() {
    let server = Server::start(|_| {}).await;
    for path in ["/", "/ws", "/readyz", "/api/rooms", "/metrics", "/nothing"] {
        for hosts in ["", "Host: a\r\nHost: b\r\n", "Host: a b\r\n"] {
            let request = format!("GET {path} HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
            let answer = server.exchange(&request).await;
            assert_eq!(status(&answer), "HTTP/1.1 400 Bad Request", "{request}");
            assert!(answer.contains("Host header"), "{answer}");
        }
    }
    // HTTP/1.0 does not require a Host header.
    let answer = server.exchange("GET /healthz HTTP/1.0\r\n\r\n").await;
    assert!(status(&answer).ends_with(" 200 OK"), "{answer}");
}

#[tokio::test]
async fn a_page_is_told_whether_its_origin_may_connect() {
    let server = Server::start(|config| {
        config.allowed_origins = vec!["https://play.example:443".parse().unwrap()];
    })
    .await;
    let check = async |page: &str, code: &str, part: &str| {
        let answer = server.get(&format!("/readyz?page={page}")).await;
        assert!(status(&answer).contains(code), "{page}: {answer}");
        assert!(answer.contains(part), "{part} in {answer}");
    };
    // The harness sends `Host: x`.
    check("http%3A%2F%2Fx", "200", "ok").await;
    check("https%3A%2F%2Fplay.example", "200", "ok").await;
    check("http%3A%2F%2Fx%3A8080", "403", "--allow-origin http://x:8080").await;
    check("null", "403", "--allow-origin null").await;
}

#[tokio::test]
async fn origins_of_apps_may_connect_once_they_are_named() {
    let named = ["capacitor://localhost", "tauri://localhost", "file://", "null"];
    let server = Server::start(|config| {
        config.allowed_origins = named.iter().map(|origin| origin.parse().unwrap()).collect();
    })
    .await;
    let strict = Server::start(|_| {}).await;
    for origin in named {
        let connect = async |server: &Server| {
            let mut request = Player::request(server);
            request.headers_mut().insert("origin", origin.parse().unwrap());
            within(origin, Player::connect_with(server, request)).await.is_ok()
        };
        assert!(connect(&server).await, "{origin}");
        assert!(!connect(&strict).await, "{origin}");
    }
}
