//! Who gets what from the admin listener, and how little from the public port.

use drumbeat_server::config::{Config, Settings};
use drumbeat_server::{AdminError, RunError, Server as Program, net};
use drumbeat_shared::rng::Rng;
use drumbeat_shared::toy::Toy;
pub(crate) use drumbeat_tests::temp_file::TempFile;

use super::harness::{Player, Server, status};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// Every path that reads, with one for a room that is there.
const LOOKS: [&str; 6] =
    ["/healthz", "/metrics", "/api/server", "/api/rooms", "/api/rooms/main", "/api/bans"];
/// Every path that does something.
pub(crate) const ACTS: [&str; 14] = [
    "/api/rooms/main/kick",
    "/api/rooms/main/ban",
    "/api/rooms/main/mute",
    "/api/rooms/main/unmute",
    "/api/rooms/main/say",
    "/api/rooms/main/close",
    "/api/rooms/main/lock",
    "/api/rooms/main/unlock",
    "/api/say",
    "/api/bans",
    "/api/bans/1/lift",
    "/api/drain",
    "/api/undrain",
    "/api/log",
];

/// A request without a body, with these header lines.
fn get(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n")
}

/// A request with this body, and these header lines.
fn post(path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
}

fn code(answer: &str) -> u16 {
    status(answer).split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0)
}

const JSON: &str = "Host: localhost\r\nContent-Type: application/json\r\n";

#[tokio::test]
async fn without_the_token_nothing_is_read_or_done() {
    let tokens = TempFile::new(&format!("ada {TOKEN}\n"));
    let server = Server::start(|config| config.admin_token_file = Some(tokens.0.clone())).await;
    let _player = Player::join(&server, "Ada", "main").await;
    let wrong = TOKEN.replace('0', "1");
    for proof in
        ["", &format!("Authorization: Bearer {wrong}\r\n"), "Authorization: Basic YTpi\r\n"]
    {
        for path in LOOKS {
            let answer =
                server.exchange_admin(&get(path, &format!("Host: localhost\r\n{proof}"))).await;
            assert_eq!(code(&answer), 401, "{path}: {answer}");
            assert!(answer.contains("www-authenticate: Bearer"), "{answer}");
            assert!(answer.contains("--admin-token-file"), "{answer}");
        }
        for path in ACTS {
            let request = post(path, &format!("{JSON}{proof}"), "{}");
            assert_eq!(code(&server.exchange_admin(&request).await), 401, "{path}");
        }
    }
    let proof = format!("Host: localhost\r\nAuthorization: Bearer {TOKEN}\r\n");
    for path in LOOKS {
        let answer = server.exchange_admin(&get(path, &proof)).await;
        assert_eq!(code(&answer), 200, "{path}: {answer}");
    }
    let metrics = server.exchange_admin(&get("/metrics", &proof)).await;
    let refused = 3 * (LOOKS.len() + ACTS.len());
    let line = format!("drumbeat_admin_refused_total{{reason=\"token\"}} {refused}\n");
    assert!(metrics.contains(&line), "{line}{metrics}");
}

#[tokio::test]
async fn a_listener_for_this_machine_asks_for_no_token_and_answers_as_this_machine() {
    let server = Server::start(|_| {}).await;
    let _player = Player::join(&server, "Ada", "main").await;
    for path in LOOKS {
        for host in ["localhost", "127.0.0.1:1", "[::1]"] {
            let answer = server.exchange_admin(&get(path, &format!("Host: {host}\r\n"))).await;
            assert_eq!(code(&answer), 200, "{path}: {answer}");
            assert!(answer.contains("x-content-type-options: nosniff"), "{answer}");
            assert!(!answer.contains("access-control-allow-origin"), "{answer}");
        }
        let answer = server.exchange_admin(&get(path, "Host: evil.example\r\n")).await;
        assert_eq!(code(&answer), 421, "{path}: {answer}");
        let page = "Host: localhost\r\nOrigin: https://evil.example\r\n";
        let answer = server.exchange_admin(&get(path, page)).await;
        assert_eq!(code(&answer), 403, "{path}: {answer}");
    }
}

#[tokio::test]
async fn no_web_page_does_anything() {
    let server = Server::start(|_| {}).await;
    let _player = Player::join(&server, "Ada", "main").await;
    let check = async |path: &str, headers: &str, expected: u16| {
        let answer = server.exchange_admin(&post(path, headers, "{}")).await;
        assert_eq!(code(&answer), expected, "{path} {headers}: {answer}");
    };
    for path in ACTS {
        // What a form can send, and what a script can without asking first.
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
            check(path, &format!("Host: localhost\r\nContent-Type: {kind}\r\n"), 415).await;
        }
        check(path, "Host: localhost\r\n", 415).await;
        check(path, &format!("{JSON}Origin: https://evil.example\r\n"), 403).await;
        check(path, &format!("{JSON}Origin: null\r\n"), 403).await;
        let rebound = "Host: evil.example\r\nContent-Type: application/json\r\n";
        check(path, rebound, 421).await;
        // A picture's address is asked for with GET.
        let answer = server.exchange_admin(&get(path, "Host: localhost\r\n")).await;
        let reads = path == "/api/bans";
        assert_eq!(code(&answer), if reads { 200 } else { 405 }, "{path}: {answer}");
    }
    let answer = server.exchange_admin(
        "OPTIONS /api/drain HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Origin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n\r\n",
    );
    assert_eq!(code(&answer.await), 403);
    assert_eq!(server.metric("drumbeat_draining ").await, 0.0);
    assert_eq!(server.metric("drumbeat_players ").await, 1.0);
}

/// What a server says that has this admin listener and these settings.
fn refused(address: &str, change: impl FnOnce(&mut Config)) -> String {
    let mut config = Config::new(&Settings::default(), (), "1");
    change(&mut config);
    let listener = net::listen(address.parse().unwrap()).unwrap();
    let refused = Program::<Toy>::new(config).and_then(|server| server.with_admin(listener));
    refused.map(|_| ()).unwrap_err().to_string()
}

#[tokio::test]
async fn a_listener_that_others_reach_needs_a_token() {
    for address in ["0.0.0.0:0", "[::]:0"] {
        let text = refused(address, |_| {});
        for part in ["needs a token", "--admin-token-file FILE", "--admin off", "127.0.0.1"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
    let empty = TempFile::new("# nobody\n");
    let text = refused("0.0.0.0:0", |config| config.admin_token_file = Some(empty.0.clone()));
    assert!(text.contains("holds no token"), "{text}");
    let missing = |config: &mut Config| config.admin_token_file = Some("/nowhere".into());
    assert!(refused("127.0.0.1:0", missing).contains("/nowhere"));
    let unwritable = |config: &mut Config| config.audit_log = Some("/nowhere/audit".into());
    assert!(refused("127.0.0.1:0", unwritable).contains("--audit-log"));

    let tokens = TempFile::new(TOKEN);
    let mut config = Config::new(&Settings::default(), (), "1");
    config.admin_token_file = Some(tokens.0.clone());
    let listener = net::listen("0.0.0.0:0".parse().unwrap()).unwrap();
    let server = Program::<Toy>::new(config).unwrap().with_admin(listener);
    assert!(!matches!(server, Err(RunError::Admin(AdminError::NoToken(_)))));
}

/// Everything that strangers may ask the public port for without a name of their own, and the status.
const PUBLIC: [(&str, u16); 6] = [
    ("/", 200),
    ("/ws", 426),
    ("/healthz", 200),
    ("/readyz", 200),
    ("/api/rooms", 200),
    ("/js/net/index.js", 200),
];

#[tokio::test]
async fn the_public_port_answers_these_and_reveals_nothing() {
    let server = Server::start(|_| {}).await;
    let _player = Player::join(&server, "Ada Lovelace", "main").await;
    for (path, expected) in PUBLIC {
        let answer = server.get(path).await;
        assert_eq!(code(&answer), expected, "{path}: {answer}");
        assert!(!answer.contains("Ada Lovelace"), "{answer}");
    }
    let all: Vec<&str> = LOOKS.into_iter().chain(ACTS).collect();
    for path in all {
        if PUBLIC.iter().any(|(public, _)| *public == path) {
            continue;
        }
        for request in [get(path, "Host: x\r\n"), post(path, JSON, "{}")] {
            let answer = server.exchange(&request).await;
            assert_eq!(code(&answer), 404, "{path}: {answer}");
            assert!(answer.contains("the admin listener (--admin) answers it"), "{answer}");
            let at = server.admin.to_string();
            assert!(!answer.contains("Ada") && !answer.contains(&at), "{answer}");
        }
    }
    let rooms = server.get("/api/rooms").await;
    let (_, rooms) = rooms.split_once("\r\n\r\n").unwrap();
    assert_eq!(
        rooms,
        r#"[{"name":"main","players":1,"capacity":64,"spectators":0,"spectators_max":16}]"#
    );
}

#[tokio::test]
async fn the_list_of_rooms_can_be_turned_off() {
    let server = Server::start(|config| config.room_list = false).await;
    let _player = Player::join(&server, "Ada", "secret-room").await;
    let answer = server.get("/api/rooms").await;
    assert_eq!(code(&answer), 404, "{answer}");
    assert!(answer.contains("--admin") && !answer.contains("secret-room"), "{answer}");
    assert_eq!(server.json("/api/rooms").await[0]["name"], "secret-room");
}

/// Bodies that make no sense, and paths that are none, do no harm: each has an answer that is JSON,
/// and no server's fault.
#[tokio::test]
async fn whatever_is_sent_is_answered_and_harms_nobody() {
    const SEED: u64 = 20;
    let mut rng = Rng::new(SEED);
    let server = Server::start(|_| {}).await;
    let mut player = Player::join(&server, "Ada", "other").await;
    let words = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\"player\"",
        "\"name\"",
        "\"reason\"",
        "\"for\"",
        "1",
        "-1",
        "65536",
        "1e99",
        "null",
        "true",
        "\"2h\"",
        "\"kind\"",
        "\"address\"",
        "\"value\"",
        "\"192.0.2.7\"",
        "\"until\"",
        "\"9999-12-31T23:59:59Z\"",
        "\u{fffd}",
        "\\u0000",
        "\"text\"",
        "\"filter\"",
        "\"\\ud800\"",
        " ",
    ];
    for round in 0..600 {
        let pick = |rng: &mut Rng, n: usize| rng.below(n as u32) as usize;
        let mut path = ACTS[pick(&mut rng, ACTS.len())].to_owned();
        if round % 7 == 0 {
            path = path.replace("main", ["..", "%2e%2e", "a%20b", "%ff", "x"][round % 5]);
        }
        let length = pick(&mut rng, 12);
        let mut body: String = (0..length).map(|_| words[pick(&mut rng, words.len())]).collect();
        if round % 2 == 0 {
            body = format!("{{{body}}}");
        }
        let answer = server.exchange_admin(&post(&path, JSON, &body)).await;
        let code = code(&answer);
        assert!([200, 400, 404, 409].contains(&code), "seed {SEED}: {path} {body}: {answer}");
        let (_, said) = answer.split_once("\r\n\r\n").unwrap();
        // The framework's own answer to a path that does not decode is a text.
        let said: Result<serde_json::Value, _> = serde_json::from_str(said);
        assert!(said.is_ok() || code == 400, "{path}: {answer}");
    }
    let big = "x".repeat(20_000);
    let answer = server.exchange_admin(&post("/api/say", JSON, &big)).await;
    assert_eq!(code(&answer), 413, "{answer}");
    player.until("it plays on", |client| client.stats().pongs > 1).await;
}

/// Each such answer is in words, and ends the connection: there are few.
#[tokio::test]
async fn what_the_admin_listener_cannot_read_or_refuses_is_said_and_ends() {
    let server = Server::start(|_| {}).await;
    let proxied = "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n";
    for request in ["\x16\x03\x01 hello\r\n\r\n", proxied, "GET /metrics\r\n\r\n"] {
        let answer = server.exchange_admin(request).await;
        assert!(status(&answer).contains(" 400 "), "{answer}");
        assert!(answer.contains("docs/admin.md") && answer.contains("nosniff"), "{answer}");
    }
    let refused = "GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n";
    assert!(status(&server.exchange_admin(refused).await).contains(" 421 "));
}
