//! What pages of other origins may read.

use super::harness::{Server, status};

const PAGE: &str = "https://play.example";

async fn server() -> Server {
    Server::start(|config| {
        config.allowed_origins =
            [PAGE, "capacitor://localhost"].map(|origin| origin.parse().unwrap()).to_vec();
    })
    .await
}

/// The answer to a request from a page of this origin.
async fn ask(server: &Server, line: &str, origin: &str, more: &str) -> String {
    let request = format!(
        "{line} HTTP/1.1\r\nHost: game.example\r\nConnection: close\r\nOrigin: {origin}\r\n{more}\r\n"
    );
    server.exchange(&request).await
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let (head, _) = answer.split_once("\r\n\r\n").unwrap();
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

const ALLOW: &str = "access-control-allow-origin";

#[tokio::test]
async fn an_allowed_page_reads_the_api_and_readiness_and_no_other_does() {
    let server = server().await;
    for path in ["/api/rooms", "/readyz"] {
        for origin in [PAGE, "capacitor://localhost"] {
            let answer = ask(&server, &format!("GET {path}"), origin, "").await;
            assert_eq!(header(&answer, ALLOW), Some(origin), "{path}: {answer}");
            assert_eq!(header(&answer, "access-control-allow-credentials"), None);
        }
        for origin in ["https://evil.example", "null", "http://play.example"] {
            let answer = ask(&server, &format!("GET {path}"), origin, "").await;
            assert_eq!(header(&answer, ALLOW), None, "{path}: {answer}");
        }
        // A cache must not give one page's answer to another.
        let answer = server.get(path).await;
        assert!(header(&answer, "vary").is_some_and(|vary| vary.contains("origin")), "{answer}");
    }
    for path in ["/", "/metrics", "/api/rooms/none", "/healthz"] {
        let answer = ask(&server, &format!("GET {path}"), PAGE, "").await;
        assert_eq!(header(&answer, ALLOW), None, "{path}: {answer}");
    }
}

#[tokio::test]
async fn a_browser_that_asks_before_it_reads_is_answered() {
    let server = server().await;
    let more = "Access-Control-Request-Method: GET\r\n";
    let answer = ask(&server, "OPTIONS /api/rooms", PAGE, more).await;
    assert_eq!(status(&answer), "HTTP/1.1 200 OK");
    assert_eq!(header(&answer, ALLOW), Some(PAGE), "{answer}");
    assert_eq!(header(&answer, "access-control-allow-methods"), Some("GET,HEAD"), "{answer}");
    let answer = ask(&server, "OPTIONS /api/rooms", "https://evil.example", more).await;
    assert_eq!(header(&answer, ALLOW), None, "{answer}");
    let answer = ask(&server, "POST /api/rooms", PAGE, "Content-Length: 0\r\n").await;
    assert_eq!(status(&answer), "HTTP/1.1 405 Method Not Allowed");
}

#[tokio::test]
async fn a_page_that_is_refused_may_read_why() {
    let server = server().await;
    let page = "https://evil.example";
    let answer = ask(&server, &format!("GET /readyz?page={page}"), page, "").await;
    assert_eq!(status(&answer), "HTTP/1.1 403 Forbidden");
    assert_eq!(header(&answer, ALLOW), Some("*"), "{answer}");
    assert!(answer.contains("--allow-origin"), "{answer}");
}
