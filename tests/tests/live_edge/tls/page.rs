//! The page under TLS.

use drumbeat_tests::identity::Identity;
use rustls::HandshakeKind;
use rustls::version::{TLS12, TLS13};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::client::{ask, connect, connect_behind, get, serve};
use crate::harness::{Server, status, within};

const HSTS: &str = "strict-transport-security: ";

#[tokio::test]
async fn a_page_comes_by_both_versions_and_browsers_are_told_to_stay() {
    let identity = Identity::new();
    let server = serve(&identity, |_| {}).await;
    for version in [&TLS12, &TLS13] {
        let answer = get(&server, &identity.client_of(version), "/").await;
        assert_eq!(status(&answer), "HTTP/1.1 200 OK");
        assert!(answer.contains("strict-transport-security: max-age=15552000\r\n"), "{answer}");
    }
    let missing = get(&server, &identity.client(), "/nothing").await;
    assert!(status(&missing).contains(" 404 ") && missing.contains(HSTS), "{missing}");
    let line = connect(&server, &identity.client()).await;
    let wrong = ask(line, "/ HTTP/1.1\r\nHost").await;
    assert!(status(&wrong).contains(" 400 ") && wrong.contains(HSTS), "{wrong}");
}

#[tokio::test]
async fn only_answers_under_tls_tell_browsers_to_stay_and_only_if_so_set() {
    let identity = Identity::new();
    let server = serve(&identity, |config| config.hsts_s = 0).await;
    assert!(!get(&server, &identity.client(), "/").await.contains(HSTS));
    let plain = Server::start(|_| {}).await;
    assert!(!plain.get("/").await.contains(HSTS));
}

#[tokio::test]
async fn a_client_that_comes_back_resumes_its_session() {
    let identity = Identity::new();
    let server = serve(&identity, |_| {}).await;
    for (before, version) in [(0.0, &TLS12), (1.0, &TLS13)] {
        let client = identity.client_of(version);
        for kind in [HandshakeKind::Full, HandshakeKind::Resumed] {
            let line = connect(&server, &client).await;
            assert_eq!(line.get_ref().1.handshake_kind(), Some(kind), "{version:?}");
            ask(line, "/healthz").await;
        }
        let resumed = "drumbeat_tls_resumptions_total ";
        assert_eq!(server.metric(resumed).await, before + 1.0);
    }
}

#[tokio::test]
async fn a_proxy_announces_before_tls() {
    let identity = Identity::new();
    let server = serve(&identity, |config| {
        config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
        config.proxy_protocol = true;
    })
    .await;
    let header = b"PROXY TCP4 192.0.2.1 192.0.2.2 1000 443\r\n";
    let line = connect_behind(&server, &identity.client(), header).await;
    assert_eq!(status(&ask(line, "/").await), "HTTP/1.1 200 OK");
}

#[tokio::test]
async fn who_ends_its_half_after_a_request_is_answered() {
    let identity = Identity::new();
    let server = serve(&identity, |_| {}).await;
    let mut line = connect(&server, &identity.client()).await;
    line.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    line.shutdown().await.unwrap();
    let mut answer = Vec::new();
    within("the answer", line.read_to_end(&mut answer)).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n"));
}
