//! What clients must not do, and how the server closes them for it.

use std::time::Duration;

use drumbeat_server::config::Config;
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::limits::{CLIENT_MESSAGE_BYTES_MAX, NAMES_PER_REQUEST_MAX};
use drumbeat_shared::protocol::messages::{ClientMessage, Hello};
use drumbeat_shared::toy::Steer;
use tokio_tungstenite::tungstenite::Message;

use super::harness::{End, Player, Server, eventually, hello, message};
use super::raw::{BINARY, CLOSE, CONTINUATION, FINAL, Raw, close_reason, frame};

fn input(tick: u32, input: Steer) -> Vec<u8> {
    message(&ClientMessage::Input { tick: Tick(tick), seen: Tick(0), view_delay: 0, input })
}

/// Makes a joined player send `sent`; returns how its connection ends.
async fn end_after(server: &Server, sent: Vec<Message>) -> End {
    let mut player = Player::join(server, "Eve", "").await;
    for message in sent {
        let _ = futures_util::SinkExt::send(&mut player.socket, message).await;
    }
    player.end().await
}

#[track_caller]
fn assert_closed(end: &End, code: u16, part: &str) {
    match end {
        End::Closed(found, text) => {
            assert_eq!(*found, code, "{text}");
            assert!(text.contains(part), "{part} in {text}");
        }
        End::Cut => panic!("cut without a reason instead of {code} {part}"),
    }
}

#[tokio::test]
async fn who_breaks_the_rules_is_told_and_the_others_see_nothing_of_it() {
    let server = Server::start(|_| {}).await;
    let mut good = Player::join(&server, "Ada", "").await;
    let binary = |bytes: Vec<u8>| vec![Message::binary(bytes)];
    let too_many = vec![PlayerId(0); NAMES_PER_REQUEST_MAX + 1];
    let cases = [
        (binary(vec![0xff; 40]), 1007, "malformed", "malformed"),
        (binary(Vec::new()), 1007, "malformed", "malformed"),
        (binary([input(1, Steer(0, 0)), vec![0]].concat()), 1007, "1 bytes too many", "malformed"),
        (binary(input(1, Steer(10, 0))), 1007, "dx = 10, outside -9..=9", "malformed"),
        (
            binary(message(&ClientMessage::Names { players: too_many })),
            1007,
            "at most 32 names",
            "malformed",
        ),
        (vec![Message::text("hello")], 1003, "binary", "not_binary"),
        (binary(vec![0; CLIENT_MESSAGE_BYTES_MAX + 1]), 1009, "at most 2560 bytes", "too_big"),
    ];
    for (sent, code, part, label) in cases {
        let line = format!("drumbeat_closes_total{{reason=\"{label}\"}} ");
        let before = server.metric(&line).await;
        let end = end_after(&server, sent).await;
        assert_closed(&end, code, part);
        eventually(label, async || server.metric(&line).await == before + 1.0).await;
    }
    let tick = good.client.tick().unwrap().0;
    good.until("the beat goes on", |client| client.tick().unwrap().0 > tick + 20).await;
    assert_eq!(good.client.stats().mismatches, 0);
    eventually("only the good one is left", async || {
        server.metric("drumbeat_players ").await == 1.0
    })
    .await;
}

#[tokio::test]
async fn a_flood_is_stopped() {
    let server = Server::start(|_| {}).await;
    let pings = (0..2_000).map(|_| Message::Ping(Vec::new().into()));
    let inputs = (1..=2_000).map(|tick| Message::binary(input(tick, Steer(1, 1))));
    assert_closed(
        &end_after(&server, inputs.collect()).await,
        1008,
        "at most 160 messages a second",
    );
    assert_closed(
        &end_after(&server, pings.collect()).await,
        1008,
        "at most 160 messages a second",
    );
    assert!(server.metric("drumbeat_rejected_messages_total{reason=\"inbox_full\"} ").await > 0.0);
}

#[tokio::test]
async fn a_flood_of_fragments_is_stopped_before_and_after_the_hello() {
    let server = Server::start(|_| {}).await;
    let flood = [frame(BINARY, b""), frame(CONTINUATION, b"").repeat(40_000)].concat();
    for (first, counter) in [(Vec::new(), "refused_connections"), (joining(), "closes")] {
        let mut raw = Raw::upgrade(&server, &first).await;
        raw.send(&flood).await;
        let (code, text) = close_reason(&raw.frame_of(CLOSE).await);
        assert_eq!(code, 1008, "{text}");
        assert!(text.contains("at most 160 messages a second"), "{text}");
        raw.read_to_end().await;
        let line = format!("drumbeat_{counter}_total{{reason=\"flooding\"}} ");
        eventually(&line, async || server.metric(&line).await == 1.0).await;
    }
}

#[tokio::test]
async fn chat_beyond_the_rate_is_dropped_and_then_ends_the_connection() {
    let server = Server::start(|config| config.room.chat_per_10s = 3).await;
    let line = Message::binary(message(&ClientMessage::Chat { text: "hi".into() }));
    let mut player = Player::join(&server, "Eve", "").await;
    let welcome = player.client.welcome().unwrap();
    assert_eq!(welcome.chat_per_10s, 3);
    for _ in 0..6 {
        futures_util::SinkExt::send(&mut player.socket, line.clone()).await.unwrap();
    }
    let dropped = "drumbeat_rejected_messages_total{reason=\"chat_rate\"} ";
    eventually("three lines are dropped", async || server.metric(dropped).await == 3.0).await;
    futures_util::SinkExt::send(&mut player.socket, line).await.unwrap();
    assert_closed(&player.end().await, 1008, "wait a few seconds between chat lines");
    let closed = "drumbeat_closes_total{reason=\"flooding\"} ";
    eventually(closed, async || server.metric(closed).await == 1.0).await;
}

#[tokio::test]
async fn a_silent_player_is_let_go() {
    let server = Server::start(|config| config.idle_timeout = Duration::from_millis(100)).await;
    let mut raw = Raw::upgrade(&server, &joining()).await;
    let (code, text) = close_reason(&raw.frame_of(CLOSE).await);
    assert_eq!(code, 4003, "{text}");
    raw.read_to_end().await;
}

fn joining() -> Vec<u8> {
    frame(BINARY | FINAL, &message(&ClientMessage::Hello(hello(""))))
}

/// How a connection ends whose first message is `first`.
async fn rejected(first: Option<Message>, change: impl FnOnce(&mut Config)) -> End {
    let server = Server::start(change).await;
    let mut player = Player::connect(&server).await;
    if let Some(first) = first {
        futures_util::SinkExt::send(&mut player.socket, first).await.unwrap();
    }
    player.end().await
}

#[tokio::test]
async fn who_does_not_say_a_good_hello_is_rejected() {
    let check = async |first: Option<Vec<u8>>, code, part| {
        let quick = |config: &mut Config| {
            if first.is_none() {
                config.handshake_timeout = Duration::from_millis(50);
            }
        };
        let end = rejected(first.clone().map(Message::binary), quick).await;
        assert_closed(&end, code, part);
    };
    let hello_with = |change: &dyn Fn(&mut Hello)| {
        let mut hello = hello("");
        change(&mut hello);
        Some(message(&ClientMessage::Hello(hello)))
    };
    check(None, 4002, "no hello in time").await;
    check(Some(vec![0xff; 9]), 1007, "malformed").await;
    check(Some(vec![0; CLIENT_MESSAGE_BYTES_MAX + 1]), 1009, "too long").await;
    check(Some(input(1, Steer(0, 0))), 1008, "must be a hello").await;
    check(hello_with(&|hello| hello.schema ^= 1), 4001, "reload the page").await;
    let mut older = hello_with(&|hello| hello.schema ^= 1);
    older.as_mut().unwrap().pop();
    check(older, 4001, "reload the page").await;
    check(hello_with(&|hello| hello.room = "a b".into()), 4005, "not a valid room name").await;
    check(hello_with(&|hello| hello.room = "x".repeat(33)), 4005, "not a valid room name").await;
    let end = rejected(Some(Message::text("hello")), |_| {}).await;
    assert_closed(&end, 1003, "binary");
}

#[tokio::test]
async fn a_full_room_and_a_full_house_say_so() {
    let server = Server::start(|config| {
        config.room.game.capacity = 1;
        config.rooms_max = 2;
    })
    .await;
    let join = async |room: &str| {
        let mut player = Player::connect(&server).await;
        player.send(message(&ClientMessage::Hello(hello(room)))).await;
        player
    };
    let _ada = Player::join(&server, "Ada", "one").await;
    assert_closed(&join("one").await.end().await, 1013, "the room is full");
    let bob = Player::join(&server, "Bob", "two").await;
    assert_closed(&join("").await.end().await, 1013, "every room is full");
    assert_closed(&join("three").await.end().await, 1013, "every room is full");
    assert_eq!(server.metric("drumbeat_refused_connections_total{reason=\"full\"} ").await, 3.0);
    // Bob's seat is released.
    drop(bob);
    eventually("the seat is free", async || {
        let room = server.json("/api/rooms/two").await;
        room["players"] == 0
    })
    .await;
    let again = Player::join(&server, "Bob", "two").await;
    assert_eq!(again.client.welcome().unwrap().room, "two");
}
