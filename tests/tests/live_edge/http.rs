//! The page, and requests for the game that are not valid.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use super::harness::{Player, Server, eventually, status, within};

#[tokio::test]
async fn the_page_comes_with_its_headers() {
    let server = Server::start(|_| {}).await;
    let page = server.get("/").await;
    assert_eq!(status(&page), "HTTP/1.1 200 OK");
    for header in [
        "content-type: text/html; charset=utf-8",
        "x-content-type-options: nosniff",
        "cache-control: no-cache",
    ] {
        assert!(page.contains(header), "{header} in {page}");
    }
    let length = page.split_once("\r\n\r\n").unwrap().1.len();
    assert!(page.contains(&format!("content-length: {length}\r\n")), "{page}");
    let etag = page.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    let ask = async |method: &str, path: &str, headers: &str| {
        let request =
            format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");
        server.exchange(&request).await
    };
    let again = ask("GET", "/", &format!("If-None-Match: {etag}\r\n")).await;
    assert_eq!(status(&again), "HTTP/1.1 304 Not Modified");
    assert!(again.contains("vary: accept-encoding, "), "{again}");
    assert!(again.ends_with("\r\n\r\n"), "no body: {again}");
    let head = ask("HEAD", "/", "").await;
    assert_eq!(status(&head), "HTTP/1.1 200 OK");
    assert!(head.contains(&format!("content-length: {length}\r\n")), "{head}");
    assert!(head.ends_with("\r\n\r\n"), "no body: {head}");
}

/// Crawlers of other sites, which show a picture of a link, want its address in full.
#[tokio::test]
async fn a_crawler_reads_where_the_picture_of_the_page_is() {
    let server = Server::start(|_| {}).await;
    let picture = async |host: &str, headers: &str| {
        let request =
            format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n");
        let page = server.exchange(&request).await;
        let (_, rest) = page.split_once("property=\"og:image\" content=\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let whole = "http://play.example.org:81/icons/preview.jpg";
    assert_eq!(picture("play.example.org:81", "").await, whole);
    // Nobody who is not trusted says how the page is reached.
    assert_eq!(picture("play.example.org:81", "X-Forwarded-Proto: https\r\n").await, whole);
    for browser in ["Sec-Fetch-Mode: navigate\r\n", "Upgrade-Insecure-Requests: 1\r\n"] {
        assert_eq!(picture("play.example.org:81", browser).await, "icons/preview.jpg");
    }
    let request = "HEAD /icons/preview.jpg HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let picture = server.exchange(request).await;
    assert_eq!(status(&picture), "HTTP/1.1 200 OK");
    assert!(picture.contains("content-type: image/jpeg\r\n"), "{picture}");
}

#[tokio::test]
async fn a_file_whose_address_has_its_hash_is_kept_for_good() {
    let server = Server::start(|_| {}).await;
    let now = server.get("/icon.svg").await;
    let etag = now.lines().find_map(|line| line.strip_prefix("etag: W/")).unwrap();
    let hash = etag.trim_matches('"');
    let stored = server.get(&format!("/icon.svg?content={hash}")).await;
    assert_eq!(status(&stored), "HTTP/1.1 200 OK");
    assert!(stored.contains("cache-control: public, max-age=31536000, immutable\r\n"), "{stored}");
    let other = server.get("/icon.svg?content=0123456789abcdef").await;
    assert_eq!(status(&other), "HTTP/1.1 404 Not Found");
    assert!(other.contains("cache-control: no-store\r\n"), "{other}");
}

#[tokio::test]
async fn what_is_not_there_or_not_done_is_said() {
    let server = Server::start(|_| {}).await;
    let check = async |request: &str, code: &str, part: &str| {
        let request = format!("{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answer = server.exchange(&request).await;
        assert!(status(&answer).contains(code), "{request}: {answer}");
        assert!(answer.contains(part), "{part} in {answer}");
    };
    check("GET /nothing", "404", "there is no /nothing here").await;
    check("GET /../Cargo.toml", "404", "there is no").await;
    check("GET /web/Cargo.toml", "404", "there is no").await;
    check("GET /maps/../web/Cargo.toml", "404", "there is no").await;
    check("GET /maps//belt.toml", "404", "there is no").await;
    check("POST /healthz", "405", "use GET").await;
    check("POST /", "405", "use GET").await;
    check("GET /ws", "426", "open / in a browser").await;
    check("GET /api/rooms/none", "404", "the admin listener (--admin) answers it").await;
    check("GET /metrics", "404", "the admin listener (--admin) answers it").await;
    check("GET /api/rooms", "200", "[]").await;
    check("GET /watch/lab", "307", "location: ../?watch&room=lab\r\n").await;
    check("GET /watch/%3Cscript%3E", "404", "/watch/main").await;
    check("GET /healthz", "200", "ok").await;
    check("GET /readyz", "200", "ok").await;
    check("HEAD /healthz", "200", "content-length: 3").await;
}

/// The status and text of the refusal of an upgrade with this header; `None` if it is accepted.
async fn refusal(server: &Server, name: &'static str, value: &str) -> Option<(u16, String)> {
    let mut request = Player::request(server);
    request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
    match Player::connect_with(server, request).await {
        Ok(_) => None,
        Err(Error::Http(answer)) => {
            let text = answer.body().clone().unwrap_or_default();
            Some((answer.status().as_u16(), String::from_utf8(text).unwrap()))
        }
        Err(error) => panic!("{name}: {value}: {error}"),
    }
}

#[tokio::test]
async fn pages_of_other_origins_may_not_connect_unless_listed() {
    let server = Server::start(|config| {
        config.allowed_origins = vec!["https://play.example.org".parse().unwrap()];
    })
    .await;
    let own = format!("http://{}", server.address);
    assert_eq!(refusal(&server, "origin", &own).await, None);
    assert_eq!(refusal(&server, "origin", "https://play.example.org").await, None);
    let (code, text) = refusal(&server, "origin", "https://evil.example").await.unwrap();
    assert_eq!(code, 403, "{text}");
    assert_eq!(server.metric("drumbeat_refused_connections_total{reason=\"origin\"} ").await, 1.0);
}

#[tokio::test]
async fn another_subprotocol_or_version_is_refused() {
    let server = Server::start(|_| {}).await;
    let (code, text) = refusal(&server, "sec-websocket-protocol", "drumbeat.v0").await.unwrap();
    assert_eq!(code, 400, "{text}");
    let (code, text) = refusal(&server, "sec-websocket-version", "8").await.unwrap();
    assert_eq!(code, 426, "{text}");
}

/// As `printf ... | nc -N` does, and programs that only ask one thing.
#[tokio::test]
async fn who_ends_its_half_after_a_request_is_answered() {
    let server = Server::start(|_| {}).await;
    for (address, path) in [(server.address, "/"), (server.admin, "/metrics")] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        within("the answer", stream.read_to_end(&mut answer)).await.unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n"), "{path}");
    }
}

#[tokio::test]
async fn a_badge_counts_the_players_of_a_room_for_every_site() {
    let server = Server::start(|_| {}).await;
    let mut ada = Player::join(&server, "Ada", "lab").await;
    let holds = async || server.get("/badge/lab.svg").await.contains("lab: 1 online");
    eventually("it counts her", holds).await;
    let answer = server.get("/badge/nobody.svg").await;
    assert!(answer.contains(" 200 ") && answer.contains("nobody: 0 online"), "{answer}");
    for line in [
        "content-type: image/svg+xml",
        "cache-control: public, max-age=5",
        "cross-origin-resource-policy: cross-origin",
        "x-content-type-options: nosniff",
    ] {
        assert!(answer.lines().any(|found| found == line), "{line} in {answer}");
    }
    for path in ["/badge/lab.png", "/badge/%3Cscript%3E.svg", "/badge/.svg"] {
        let answer = server.get(path).await;
        assert!(answer.contains(" 404 ") && answer.contains("/badge/main.svg"), "{answer}");
    }
    ada.leave().await;
    server.stop().await.unwrap().unwrap();
    let server = Server::start(|config| config.room_list = false).await;
    let answer = server.get("/badge/lab.svg").await;
    assert!(answer.contains(" 404 ") && answer.contains("--room-list"), "{answer}");
    server.stop().await.unwrap().unwrap();
}
