//! Limits on connections, and on the time that one may take before it becomes a player.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::harness::{Player, Server, eventually, refusal, status, within};

#[tokio::test]
async fn players_of_one_address_are_bounded_and_leave_the_page_to_visitors() {
    let server = Server::start(|config| {
        config.exempt_loopback = false;
        config.connections_per_address_max = 2;
        // Three that ask to play count until each is upgraded or gone; the fourth is a visitor.
        config.http_per_address_max = 4;
    })
    .await;
    let first = Player::join(&server, "Ada", "").await;
    let _second = Player::join(&server, "Bob", "").await;
    let (code, text) = refusal(&server).await.unwrap();
    assert_eq!(code, 429, "{text}");
    assert!(text.contains("too many connections from your address"), "{text}");
    assert_eq!(status(&server.get("/").await), "HTTP/1.1 200 OK");
    drop(first);
    eventually("a place is free", async || refusal(&server).await.is_none()).await;
}

#[tokio::test]
async fn visitors_of_one_address_are_bounded_and_told_so_but_for_health_checks() {
    let server = Server::start(|config| {
        config.exempt_loopback = false;
        config.http_per_address_max = 1;
    })
    .await;
    // The visitor has sent a request, so it is admitted, and its connection stays open.
    let mut visitor = TcpStream::connect(server.address).await.unwrap();
    visitor.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut line = [0; 15];
    within("an answer", visitor.read_exact(&mut line)).await.unwrap();
    assert_eq!(&line, b"HTTP/1.1 200 OK");
    let refused = server.get("/").await;
    assert_eq!(status(&refused), "HTTP/1.1 429 Too Many Requests");
    assert!(refused.contains("too many connections from your address"), "{refused}");
    assert_eq!(status(&server.get("/healthz").await), "HTTP/1.1 200 OK");
    assert_eq!(status(&server.get("/readyz").await), "HTTP/1.1 200 OK");
    let counted =
        server.metric("drumbeat_refused_connections_total{reason=\"address_full\"} ").await;
    assert_eq!(counted, 1.0, "health checks are not refused");
}

#[tokio::test]
async fn the_server_has_only_so_many_players() {
    let server = Server::start(|config| config.connections_max = 2).await;
    let first = Player::join(&server, "Ada", "").await;
    assert!(server.get("/readyz").await.starts_with("HTTP/1.1 200"));
    let second = Player::join(&server, "Bob", "").await;
    assert!(server.get("/readyz").await.starts_with("HTTP/1.1 503"));
    assert_eq!(status(&server.get("/healthz").await), "HTTP/1.1 200 OK");
    let (code, text) = refusal(&server).await.unwrap();
    assert_eq!(code, 503, "{text}");
    assert!(text.contains("the server is full"), "{text}");
    drop((first, second));
    eventually("places are free", async || {
        server.get("/readyz").await.starts_with("HTTP/1.1 200 OK")
    })
    .await;
    assert_eq!(
        server.metric("drumbeat_refused_connections_total{reason=\"connections_full\"} ").await,
        1.0
    );
}

#[tokio::test]
async fn who_is_slow_to_ask_is_told_so_and_who_asks_nothing_is_closed() {
    let server = Server::start(|config| config.handshake_timeout = Duration::from_millis(50)).await;
    let answer = server.exchange("GET / HTTP/1.1\r\nHost").await;
    assert!(answer.starts_with("HTTP/1.1 408 Request Timeout"), "{answer}");
    assert!(answer.ends_with("send it at once\n"), "{answer}");
    assert_eq!(server.exchange("").await, "");
}

#[tokio::test]
async fn what_is_no_request_is_answered_in_words() {
    let server = Server::start(|_| {}).await;
    let check = async |sent: &[u8], code: &str, part: &str| {
        let answer = within("an answer", async {
            let mut stream = TcpStream::connect(server.address).await.unwrap();
            // The server need not read all of a long head, so the write may fail.
            let _ = stream.write_all(sent).await;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await.unwrap();
            String::from_utf8(answer).unwrap()
        })
        .await;
        assert!(status(&answer).contains(code), "{code} in {answer}");
        assert!(answer.contains(part), "{part} in {answer}");
    };
    let with = |fields: &str| format!("GET / HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n").into_bytes();
    check(&with(&format!("Cookie: {}", "x".repeat(200 << 10))), "431", "cookies").await;
    check(&with(&"X: y\r\n".repeat(400)), "431", "too long").await;
    let long = format!("GET /?room={} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(70_000));
    check(long.as_bytes(), "414", "address is too long").await;
    check(b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET / HTTP/1.1\r\n\r\n", "400", "PROXY").await;
    check(b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", "400", "plain HTTP").await;
    check(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505", "HTTP/1.1").await;
    check(b"\x00\x01\x02\r\n\r\n", "400", "not an HTTP/1.1 request").await;
    check(b"GET / HTTP/9.9\r\n\r\n", "400", "not an HTTP/1.1 request").await;
    let refused = "drumbeat_refused_connections_total{reason=\"proxy_protocol\"} ";
    assert_eq!(server.metric(refused).await, 1.0);
}

#[tokio::test]
async fn cookies_of_other_programs_are_no_obstacle() {
    let server = Server::start(|_| {}).await;
    let cookies = "x".repeat(64 << 10);
    let request =
        format!("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: c={cookies}\r\n\r\n");
    let page = server.exchange(&request).await;
    assert_eq!(status(&page), "HTTP/1.1 200 OK");
}
