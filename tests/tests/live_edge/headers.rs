//! The headers that tell a browser how little it may do with an answer: every answer has them.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::harness::{Player, Server, status, within};
use super::raw::REQUEST;

const CLOSE: &str = "Connection: close\r\n";

/// Every header of an answer, by its name, and what its value must contain.
const EXPECTED: [(&str, &str); 7] = [
    ("content-security-policy", "script-src 'self' 'wasm-unsafe-eval';"),
    ("content-security-policy", "connect-src 'self' wss://eu.example.org; "),
    ("content-security-policy", "frame-ancestors 'self' https://itch.io"),
    ("referrer-policy", "no-referrer"),
    ("permissions-policy", "camera=()"),
    ("cross-origin-opener-policy", "same-origin-allow-popups"),
    ("cross-origin-resource-policy", "same-origin"),
];

async fn server() -> Server {
    Server::start(|config| {
        config.exempt_loopback = false;
        config.handshake_timeout = std::time::Duration::from_secs(1);
        config.hosts = ["x", "127.0.0.1"].map(|host| host.parse().unwrap()).to_vec();
        config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        config.connections_per_address_max = 1;
        config.allowed_origins = vec!["https://play.example".parse().unwrap()];
        config.connect_src = vec!["wss://eu.example.org".parse().unwrap()];
        config.frame_ancestors =
            ["self", "https://itch.io"].map(|source| source.parse().unwrap()).to_vec();
    })
    .await
}

#[track_caller]
fn assert_headers(what: &str, answer: &str) {
    let (head, _) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{what}: {answer}"));
    let values = |name: &str| -> Vec<&str> {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        lines
            .filter(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .collect()
    };
    for (name, part) in EXPECTED {
        let [value] = values(name)[..] else { panic!("{what}: one {name} in {head}") };
        assert!(value.contains(part), "{what}: {part} in {value}");
        assert!(!value.contains("unsafe-inline") && !value.contains("'unsafe-eval'"), "{what}");
    }
    assert_eq!(values("x-content-type-options"), ["nosniff"], "{what}: {head}");
    assert_eq!(values("cache-control").len(), 1, "{what}: {head}");
}

#[tokio::test]
async fn every_route_answers_with_all_headers() {
    let server = server().await;
    let etag = server.get("/").await;
    let etag = etag.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().to_owned();
    let preflight = "Origin: https://play.example\r\nAccess-Control-Request-Method: GET\r\n";
    let check = async |line: &str, more: &str, code: &str| {
        let request = format!("{line} HTTP/1.1\r\nHost: x\r\n{CLOSE}{more}\r\n");
        let answer = server.exchange(&request).await;
        assert!(status(&answer).contains(code), "{line} {more}: {answer}");
        assert_headers(&format!("{line} {more}"), &answer);
    };
    for path in ["/", "/js/main.js", "/js/net/index.js"] {
        check(&format!("GET {path}"), "", " 200 ").await;
        check(&format!("HEAD {path}"), "Accept-Encoding: gzip, br\r\n", " 200 ").await;
    }
    for path in ["/healthz", "/readyz", "/api/rooms"] {
        check(&format!("GET {path}"), "", " 200 ").await;
        check(&format!("HEAD {path}"), "", " 200 ").await;
        check(&format!("POST {path}"), "Content-Length: 0\r\n", " 405 ").await;
    }
    check("HEAD /core.wasm", "", " 200 ").await;
    check("GET /", &format!("If-None-Match: {etag}\r\n"), " 304 ").await;
    check("POST /", "Content-Length: 0\r\n", " 405 ").await;
    check("OPTIONS /", "", " 405 ").await;
    check("OPTIONS /api/rooms", preflight, " 200 ").await;
    check("GET /api/rooms", preflight, " 200 ").await;
    check("GET /metrics", "", " 404 ").await;
    check("GET /api/rooms/none", "", " 404 ").await;
    check("GET /nothing", "", " 404 ").await;
    check("GET /js/../../Cargo.toml", "", " 404 ").await;
    check("GET /readyz?page=https://evil.example", "", " 403 ").await;
    check("GET /readyz?page=a&page=b", "", " 400 ").await;
}

/// Every kind of refusal: what is sent, and the status and reason of the answer.
fn refusals() -> Vec<(String, u16, &'static str)> {
    let get = |fields: &str| format!("GET / HTTP/1.1\r\n{CLOSE}{fields}\r\n");
    let ws = |changed: &str, to: &str| {
        let request = REQUEST.replacen("Connection: Upgrade", "Connection: close, Upgrade", 1);
        assert!(request.contains(changed), "{changed}");
        request.replacen(changed, to, 1)
    };
    let host = "Host: x\r\n";
    let origin =
        |host: &str, origin: &str| ws("Host: x\r\n", &format!("{host}Origin: {origin}\r\n"));
    vec![
        (get(""), 400, "bad_host"),
        (get("Host: x\r\nHost: x\r\n"), 400, "bad_host"),
        (get("Host: a b\r\n"), 400, "bad_host"),
        (get("Host: evil.example\r\n"), 421, "other_host"),
        (get("Host: x\r\nX-Forwarded-For: ?\r\n"), 400, "bad_forwarded"),
        (
            get("Host: x\r\nX-Forwarded-For: ::2\r\nForwarded: for=192.0.2.1\r\n"),
            400,
            "bad_forwarded",
        ),
        (ws("GET", "HEAD"), 405, "bad_handshake"),
        (ws("HTTP/1.1", "HTTP/1.0"), 400, "http_version"),
        (ws("Upgrade: websocket\r\n", ""), 426, "no_upgrade"),
        (format!("GET /ws HTTP/1.1\r\n{host}{CLOSE}\r\n"), 426, "not_websocket"),
        (ws("Version: 13", "Version: 8"), 426, "bad_handshake"),
        (ws("dGhlIHNhbXBsZSBub25jZQ==", "short"), 400, "bad_handshake"),
        (ws("drumbeat.v1", "chat"), 400, "subprotocol"),
        (origin("Host: x\r\n", "https://evil.example"), 403, "origin"),
        (origin("Host: x\r\n", "http://x:8080"), 403, "portless_host"),
        (ws("websocket", "websocket"), 429, "client_unnamed"),
        (ws("Host: x\r\n", "Host: x\r\nX-Forwarded-For: 192.0.2.1\r\n"), 429, "address_full"),
        ("\x16\x03\x01\0\x05\r\n\r\n".into(), 400, "tls"),
        ("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n\r\n".into(), 400, "proxy_protocol"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(), 505, "http2"),
        ("\0\x01\x02\r\n\r\n".into(), 400, "not_http"),
        (
            format!("GET / HTTP/1.1\r\n{host}Cookie: {}\r\n\r\n", "x".repeat(200 << 10)),
            431,
            "head_too_long",
        ),
        (format!("GET /?{} HTTP/1.1\r\n{host}\r\n", "x".repeat(70_000)), 414, "address_too_long"),
        ("GET / HTTP/1.1\r\nHost".into(), 408, "slow_request"),
    ]
}

#[tokio::test]
async fn every_refusal_has_all_headers_and_is_counted() {
    let server = server().await;
    // They take the places of two addresses.
    let _unnamed = Player::join(&server, "Ada", "").await;
    let mut request = Player::request(&server);
    request.headers_mut().insert("x-forwarded-for", "192.0.2.1".parse().unwrap());
    let mut named = Player::connect_with(&server, request).await.unwrap();
    let hello = named.client.hello();
    named.send(hello).await;
    named.until("the first frame", |client| client.tick().is_some()).await;
    let counter = |reason| format!("drumbeat_refused_connections_total{{reason=\"{reason}\"}} ");
    for (request, code, reason) in refusals() {
        let before = server.metric(&counter(reason)).await;
        let answer = server.exchange(&request).await;
        let what = format!("{reason}: {}", &request[..request.len().min(300)]);
        assert!(status(&answer).contains(&format!(" {code} ")), "{what}: {answer}");
        assert_headers(&what, &answer);
        assert_eq!(server.metric(&counter(reason)).await, before + 1.0, "{what}");
    }
}

#[tokio::test]
async fn who_finds_the_server_full_gets_all_headers() {
    let server = Server::start(|config| {
        config.connections_max = 1;
        config.connect_src = vec!["wss://eu.example.org".parse().unwrap()];
        config.frame_ancestors =
            ["self", "https://itch.io"].map(|source| source.parse().unwrap()).to_vec();
        config.proxy_protocol = true;
        config.trusted_proxies = vec!["127.0.0.2".parse().unwrap()];
        config.http_per_address_max = 1;
        config.exempt_loopback = false;
    })
    .await;
    let _player = Player::connect(&server).await;
    let request = REQUEST.replacen("Connection: Upgrade", "Connection: close, Upgrade", 1);
    let answer = server.exchange(&request).await;
    assert!(answer.contains("the server is full"), "{answer}");
    assert_headers("full", &answer);
    assert_headers("unready", &server.get("/readyz").await);
    let visitor = TcpStream::connect(server.address).await.unwrap();
    let answer = server.get("/").await;
    assert!(answer.starts_with("HTTP/1.1 429 "), "{answer}");
    assert_headers("too many visitors", &answer);
    drop(visitor);
}

/// The answer to an upgrade is no document: what a browser may do with one means nothing there.
#[tokio::test]
async fn the_answer_to_an_upgrade_is_short() {
    let server = server().await;
    let answer = within("an answer", async {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(REQUEST.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        String::from_utf8(head).unwrap()
    })
    .await;
    assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
    assert!(answer.contains("cache-control: no-store\r\n"), "{answer}");
    assert!(answer.len() < 400, "{answer}");
}
