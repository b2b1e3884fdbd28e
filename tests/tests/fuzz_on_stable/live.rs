//! What a running server takes: requests and sessions.

use drumbeat_tests::fuzz::requests::{NEXT, requests};
use drumbeat_tests::fuzz::sessions::{Outcome, sessions};
use proptest::prelude::*;

use super::{any_bytes, spoilt};

/// Requests as honest visitors and those who run the server send them.
pub(super) fn honest_requests() -> Vec<Vec<u8>> {
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let post = |path: &str, body: &str| {
        let length = body.len();
        format!(
            "!POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        )
    };
    let upgrade = "GET /ws/main HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n\
        Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nOrigin: http://localhost\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: drumbeat.v1\r\n\r\n";
    let public = ["/healthz", "/readyz?page=http://localhost", "/api/rooms"].map(get);
    let admin = ["/healthz", "/metrics", "/api/server", "/api/rooms", "/api/bans"];
    let admin = admin.map(|path| format!("!{}", get(path)));
    let acts = [
        post("/api/bans", r#"{"kind":"subnet","value":"10.0.0.0/8","for":"1h","reason":"no"}"#),
        post("/api/bans", r#"{"kind":"subject","value":"eve","until":"2100-01-01T00:00:00Z"}"#),
        post("/api/bans/1/lift", "{}"),
        post("/api/say", r#"{"text":"hello"}"#),
        post("/api/drain", "{}"),
        post("/api/undrain", "{}"),
    ];
    let all = [upgrade.to_owned()].into_iter().chain(public).chain(admin).chain(acts);
    all.map(String::into_bytes).collect()
}

/// Requests that are answered with success only where there is such a room, or somebody in it.
pub(super) fn honest_room_requests() -> Vec<Vec<u8>> {
    let acts = [
        ("", ""),
        ("/kick", r#"{"player":0,"name":"Ada","reason":"no"}"#),
        ("/ban", r#"{"spectator":0,"kind":"address","for":"1h"}"#),
        ("/mute", r#"{"player":0,"for":"1h"}"#),
        ("/unmute", r#"{"player":0}"#),
        ("/say", r#"{"text":"hello"}"#),
        ("/close", r#"{"reason":"no"}"#),
        ("/lock", "{}"),
        ("/unlock", "{}"),
    ];
    let request = |(act, body): &(&str, &str)| {
        let (method, length) = (if act.is_empty() { "GET" } else { "POST" }, body.len());
        format!(
            "!{method} /api/rooms/main{act} HTTP/1.1\r\nHost: localhost\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    };
    acts.iter().map(request).collect()
}

/// Steps of sessions that follow the protocol: somebody plays, somebody watches, the player comes back,
/// on a new connection after the first is lost, then while it is open.
pub(super) fn honest_steps() -> Vec<u8> {
    let open = |connection: u8| vec![connection, 0];
    let (plays, watches) = (vec![0, 0, 0], vec![1, 1, 0]);
    let (comes_back, takes_over) = (vec![0, 2, 0, 0], vec![2, 2, 0, 1]);
    // An answer, by which the server knows that the welcome has arrived.
    let (answers, is_lost) = (vec![6], vec![30, 1]);
    [
        open(0),
        plays,
        open(1),
        watches,
        answers.clone(),
        is_lost,
        open(0),
        comes_back,
        answers,
        open(2),
        takes_over,
    ]
    .concat()
}

#[test]
fn honest_requests_are_answered_with_success() {
    let all = honest_requests();
    assert_eq!(requests(&all.join(&NEXT)), all.len());
    let all = honest_room_requests();
    assert_eq!(requests(&all.join(&NEXT)), 2, "a room that is not open can be locked and unlocked");
}

#[test]
fn honest_sessions_are_welcomed() {
    let outcome = Outcome { welcomed: 4, resumed: 2, closed: 1 };
    assert_eq!(sessions(&honest_steps()), outcome, "the connection before is closed");
}

fn spoilt_requests() -> impl Strategy<Value = Vec<u8>> {
    let honest = [honest_requests(), honest_room_requests()].concat();
    prop::collection::vec(spoilt(honest), 1..4).prop_map(|requests| requests.join(&NEXT))
}

/// Honest steps of which a few bytes are spoilt, and any steps.
fn steps() -> impl Strategy<Value = Vec<u8>> {
    (spoilt(vec![honest_steps(), vec![0, 0]]), any_bytes(120))
        .prop_map(|(first, then)| [first, then].concat())
}

proptest! {
    // Each starts a server.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn spoilt_requests_are_answered_and_end(bytes in spoilt_requests()) {
        requests(&bytes);
    }

    #[test]
    fn any_requests_are_answered_and_end(bytes in any_bytes(300)) {
        requests(&bytes);
    }

    #[test]
    fn sessions_in_any_order_end_and_disturb_nobody(bytes in steps()) {
        sessions(&bytes);
    }
}
