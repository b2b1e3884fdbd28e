//! Clients that do not speak TLS where they must, or speak it where they must not.

use drumbeat_tests::identity::Identity;

use super::client::{refused, serve};
use crate::harness::{Server, status};

const EXPECTED: &str = "this port speaks TLS: use https:// or wss://; a proxy in front must do so too \
    (nginx: proxy_pass https://...; HAProxy: ssl verify required), or start the server without \
    --tls-cert\n";

#[tokio::test]
async fn who_does_not_speak_tls_is_told_so() {
    let identity = Identity::new();
    let server = serve(&identity, |_| {}).await;
    let mut before = 0.0;
    for request in [
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        crate::raw::REQUEST,
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\0\x01\x02 nonsense\r\n\r\n",
    ] {
        let answer = server.exchange(request).await;
        assert_eq!(status(&answer), "HTTP/1.1 400 Bad Request", "{request:?}");
        assert!(answer.ends_with(EXPECTED), "{request:?}: {answer}");
        assert!(answer.contains("connection: close\r\n"), "{request:?}: {answer}");
        // A browser must not believe this from anybody but the server.
        assert!(!answer.contains("strict-transport-security"), "{request:?}: {answer}");
        before += 1.0;
        assert_eq!(refused(&server, "tls_expected").await, before, "{request:?}");
    }
}

#[tokio::test]
async fn a_proxy_that_announces_unasked_is_told_so() {
    let identity = Identity::new();
    let server = serve(&identity, |_| {}).await;
    let answer = server.exchange("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n\r\n").await;
    assert!(answer.contains("--proxy-protocol"), "{answer}");
    assert_eq!(refused(&server, "proxy_protocol").await, 1.0);
}

#[tokio::test]
async fn who_speaks_tls_to_a_plain_port_is_told_so() {
    let server = Server::start(|_| {}).await;
    let answer = server.exchange("\x16\x03\x01\0\x05\r\n\r\n").await;
    assert_eq!(status(&answer), "HTTP/1.1 400 Bad Request");
    let cure = "this port speaks plain HTTP, not TLS; use http:// or ws://, start the server with \
                --tls-cert and --tls-key, or put a proxy that ends TLS in front\n";
    assert!(answer.ends_with(cure), "{answer}");
    let line = "drumbeat_refused_connections_total{reason=\"tls\"} ";
    assert_eq!(server.metric(line).await, 1.0);
}
